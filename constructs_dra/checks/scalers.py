"""Autoscalers and what they scale: the workload, its replicas, each other, and the names in their queries."""

import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from attrs import frozen

from constructs_dra.checks.cluster import Cluster
from constructs_dra.checks.collect import Item
from constructs_dra.checks.pickers import config_of, picker_containers
from constructs_dra.engines.served import served_names
from constructs_dra.errors import Problem, did_you_mean
from constructs_dra.kubernetes.shapes import at, items, mapping, text
from constructs_dra.lazy import lazy_pattern
from constructs_dra.paths import child
from constructs_dra.picker.throughput import peak_throughput

__all__ = ["scalers"]

_SCALERS: Final = ("HorizontalPodAutoscaler", "ScaledObject")
_FIXED: Final = frozenset({"DaemonSet", "Job", "CronJob", "Pod", "DisaggregatedSet", "Service", "InferencePool"})
"""Kinds without a scale subresource."""

_SELECTOR: Final = lazy_pattern(r"([A-Za-z_:][\w:]*)\s*\{([^{}]*)\}")
_MATCHER: Final = lazy_pattern(r"""(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
_DIVISOR: Final = lazy_pattern(r"llm_d_epp_inflight_tokens\b.*?/\s*([0-9]+(?:\.[0-9]+)?)", re.DOTALL)
_PICKER: Final = "llm_d_epp_"
_SERVER: Final = "vllm:"


def scalers(cluster: Cluster) -> Iterator[Problem]:
    """What is wrong with the autoscalers of a cluster, and with queries and the names they hold."""
    owners: dict[tuple[str, str, str], Item] = {}
    for item in cluster.of(*_SCALERS):
        yield from map(item.placed, _target(item, cluster))
        target = mapping(item.spec.get("scaleTargetRef"))
        key = (item.namespace, _kind(target), text(target.get("name")))
        if not key[2]:
            continue
        first = owners.setdefault(key, item)
        if first is not item and first.value != item.value:
            shown = f"{key[1]} {key[2]!r} has an autoscaler already: {first.title}"
            yield item.placed(Problem("spec.scaleTargetRef.name", shown, "keep one of the two", rule="scaler-twice"))
    for item in cluster.of("ScaledObject"):
        for trigger, place in items(item.spec, "triggers", "spec"):
            if trigger.get("type") == "prometheus":
                path = child(child(place, "metadata"), "query")
                query = text(at(trigger, "metadata", "query"))
                yield from map(item.placed, (*_query(query, path, item, cluster), *_throughput(query, path, item, cluster)))
    for item in cluster.of("PrometheusRule"):
        for group, place in items(item.spec, "groups", "spec"):
            for rule, inner in items(group, "rules", place):
                yield from map(item.placed, _query(text(rule.get("expr")), child(inner, "expr"), item, cluster))


def _kind(target: dict[str, Any]) -> str:
    return text(target.get("kind")) or "Deployment"


def _target(item: Item, cluster: Cluster) -> Iterator[Problem]:
    target = mapping(item.spec.get("scaleTargetRef"))
    kind, name = _kind(target), text(target.get("name"))
    if kind in _FIXED:
        hint = f"name its role scaler: kind DisaggregatedSetRoleScaler, name {name}-<role>" if kind == "DisaggregatedSet" else ""
        yield Problem("spec.scaleTargetRef.kind", f"a {kind} cannot be scaled", hint, rule="scaler-target")
        return
    if kind == "DisaggregatedSetRoleScaler":
        yield from _role_scaler(name, item, cluster)
        return
    workload = cluster.find(kind, name, item)
    if workload is None:
        return
    wanted = text(target.get("apiVersion"))
    has = text(workload.value.get("apiVersion"))
    if wanted.rpartition("/")[0] != has.rpartition("/")[0] and (wanted or item.kind != "ScaledObject"):
        yield Problem("spec.scaleTargetRef.apiVersion", f"{kind} {name!r} is of {has}, not {wanted or 'v1'}", f"write {has}", rule="scaler-target")
    if "replicas" in workload.spec:
        shown = f"{workload.title} sets replicas, which this autoscaler controls"
        yield Problem("spec.scaleTargetRef", shown, "leave spec.replicas out of it", rule="scaler-replicas")


def _role_scaler(name: str, item: Item, cluster: Cluster) -> Iterator[Problem]:
    """The controller makes such scalers itself, for roles whose scaling is external; they are called `<set>-<role>`."""
    known: dict[str, bool] = {}
    for combined in cluster.near(item, "DisaggregatedSet"):
        for role, _ in items(combined.spec, "roles", "spec"):
            known[f"{combined.name}-{text(role.get('name'))}"] = at(role, "scaling", "mode") == "External"
    if not known or known.get(name):
        return
    if name in known:
        shown = f"the role that {name!r} is for sets its replicas itself"
        yield Problem("spec.scaleTargetRef.name", shown, "write scaling: {mode: External} for the role", rule="scaler-target")
    else:
        yield Problem("spec.scaleTargetRef.name", f"no role here has a scaler {name!r}", did_you_mean(name, sorted(known)), rule="reference")


def _query(query: str, path: str, item: Item, cluster: Cluster) -> Iterator[Problem]:
    """The names in a query are names of objects here, where there are any of the kind."""
    known = cluster.once(("names in queries", item.namespace), lambda: _Known.near(item, cluster))
    for series, inner in _SELECTOR.findall(query):
        labels = {name: double or single for name, double, single in _MATCHER.findall(inner)}
        if series.startswith(_PICKER):
            yield from _one_of(labels, "inference_pool", known.pools, path)
            yield from _one_of(labels, "service", known.services, path)
        if series.startswith((_PICKER, _SERVER)):
            yield from _one_of(labels, "model_name", known.models, path)
            yield from _one_of(labels, "namespace", known.namespaces, path)
        if series.startswith(_SERVER) and "/" in labels.get("job", ""):
            yield from _one_of(labels, "job", known.jobs, path)
        if series == "wva_desired_replicas" and item.kind == "ScaledObject":
            yield from _one_of(labels, "variant_name", {item.name: None}, path)


def _throughput(query: str, path: str, item: Item, cluster: Cluster) -> Iterator[Problem]:
    """Tokens are divided by what the picker takes one server to work off."""
    divisor = _DIVISOR.search(query)
    texts = [config_of(found, cluster) for found in picker_containers(cluster) if found.item.near(item)] if divisor is not None else []
    peaks = {peak for text_ in texts if text_ is not None and (peak := peak_throughput(text_)) is not None}
    if divisor is not None and peaks and float(divisor[1]) not in peaks:
        listed = " or ".join(f"{peak:g}" if peak != int(peak) else str(int(peak)) for peak in sorted(peaks))
        shown = f"divides tokens by {divisor[1]}, and the picker's peakPrefillThroughput is {listed}"
        yield Problem(path, shown, f"write {listed}", rule="query-throughput")


_Names: TypeAlias = dict[str, None]


@frozen(kw_only=True, eq=False, repr=False)
class _Known:
    """Names that queries of one namespace may hold; none where that cannot be known here."""

    pools: _Names
    services: _Names
    models: _Names
    namespaces: _Names
    jobs: _Names

    @classmethod
    def near(cls, user: Item, cluster: Cluster) -> "_Known":
        """What is near an object; the same for all of its namespace."""
        scraped = {other.namespace for other in cluster.near(user, "InferencePool", "PodMonitor", "ServiceMonitor")}
        jobs = [f"{other.namespace}/{other.name}" for other in cluster.near(user, "PodMonitor") if other.namespace]
        return cls(
            pools=dict.fromkeys(cluster.names("InferencePool", user)),
            services=dict.fromkeys(cluster.names("Service", user)),
            models=dict.fromkeys(_served(cluster, user)),
            namespaces=dict.fromkeys(sorted(filter(None, scraped))),
            jobs=dict.fromkeys(jobs),
        )


def _one_of(labels: dict[str, str], name: str, known: _Names, path: str) -> Iterator[Problem]:
    value = labels.get(name)
    if value is not None and known and value not in known:
        yield Problem(path, f"{name} is {value!r}, and nothing here has that name", did_you_mean(value, known), rule="query-names")


def _served(cluster: Cluster, user: Item) -> Iterator[str]:
    """Names by which model servers here answer; none where one of them does not say."""
    found: list[str] = []
    for _, template, _ in cluster.pods_near(user):
        for container, _ in items(mapping(template.get("spec")), "containers", ""):
            names = served_names(container)
            if names is None:
                return
            found += sorted(names)
    yield from found
