"""Rules of what makes pods: Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob, and the custom resources around them."""

from typing import Any

from attrs import evolve

from constructs_dra.kubernetes.kinds import pod_templates
from constructs_dra.kubernetes.metadata import check_template_metadata
from constructs_dra.kubernetes.objects.jobs import check_cron_job, check_job
from constructs_dra.kubernetes.objects.pods import check_pod_spec
from constructs_dra.kubernetes.objects.storage import check_claim_spec
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text, whole
from constructs_dra.lexical import names
from constructs_dra.paths import child
from constructs_dra.rules import is_stricter

__all__ = ["check_workload", "container_port_names"]

_CUSTOM = frozenset({"DisaggregatedSet", "LeaderWorkerSet"})
"""Kinds whose templates no API server judges before the pods are made."""

_SELECTING = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"}
_DEFAULT_DEADLINE = 600


def check_workload(manifest: dict[str, Any], rules: Rules) -> None:
    """Everything about the pods an object makes, and how it makes them."""
    kind = text(manifest.get("kind"))
    if kind in _CUSTOM:
        _check_custom_templates(manifest, kind, rules)
        return
    spec = mapping(manifest.get("spec"))
    for template, path in pod_templates(manifest):
        _check_template(manifest, kind, template, path, rules)
        _check_restart(kind, template, path, rules)
    if kind in _SELECTING:
        _check_selector(spec, rules)
    elif kind == "ReplicationController":
        _check_plain_selector(spec, rules)
    if kind in _SELECTING - {"DaemonSet"} or kind == "ReplicationController":
        rules.number(spec, "replicas", "spec")
    rules.number(spec, "minReadySeconds", "spec")
    if kind == "Deployment":
        _check_deployment(spec, rules)
    elif kind == "StatefulSet":
        _check_stateful_set(spec, rules)
    elif kind == "DaemonSet":
        _check_daemon_set(spec, rules)
    elif kind == "Job":
        check_job(spec, "spec", rules)
    elif kind == "CronJob":
        check_cron_job(spec, rules)


def _check_template(manifest: dict[str, Any], kind: str, template: dict[str, Any], path: str, rules: Rules) -> None:
    claimed = {text(at(claim, "metadata", "name")) for claim in sequence(mapping(manifest.get("spec")).get("volumeClaimTemplates"))}
    place = child(path, "spec")
    if path:
        check_template_metadata(template.get("metadata"), child(path, "metadata"), rules.problems)
    if isinstance(template.get("spec"), dict):
        check_pod_spec(template["spec"], place, rules, kind=kind, more_volumes=claimed)
    if at(template, "spec", "ephemeralContainers") and not at(manifest, "metadata", "uid"):
        rules.value(child(place, "ephemeralContainers"), "cannot be there from the start", "kubectl debug adds them to a pod that runs")


def _check_custom_templates(manifest: dict[str, Any], kind: str, rules: Rules) -> None:
    """Templates of custom resources: an API server takes them as they are and refuses the pods made from them."""
    inner = Rules(version=rules.version, gates=rules.gates)
    for template, path in pod_templates(manifest):
        _check_template(manifest, "", template, path, inner)
        _check_restart(kind, template, path, inner)
    for problem in inner.problems:
        own = is_stricter(problem.rule)
        rules.problems.extend([problem if own else evolve(problem, rule="strict-pod-template")])


def _check_restart(kind: str, template: dict[str, Any], path: str, rules: Rules) -> None:
    """Which restart policies a kind of workload allows."""
    policy = at(template, "spec", "restartPolicy")
    place = f"{path}.spec.restartPolicy"
    if kind in {"Job", "CronJob"}:
        if text(policy) not in {"OnFailure", "Never"}:
            found = "is missing" if policy in (None, "") else f"{policy!r} is not allowed"
            rules.problems.add(place, found, f"a {kind} needs OnFailure or Never", rule="value" if policy else "required")
    elif kind in _SELECTING or kind == "ReplicationController":
        if policy not in (None, "", "Always") and isinstance(policy, str):
            hint = f"the pods of a {kind} always restart; use a Job for work that ends"
            rules.problems.add(place, f"{policy!r} is not allowed", hint, rule="value")
        if at(template, "spec", "activeDeadlineSeconds") is not None:
            rules.problems.add(f"{path}.spec.activeDeadlineSeconds", f"is not allowed in a {kind}", rule="value")


def _check_selector(spec: dict[str, Any], rules: Rules) -> None:
    selector, labels = spec.get("selector"), at(spec, "template", "metadata", "labels")
    rules.label_selector(selector, "spec.selector")
    if not isinstance(selector, dict):
        return
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        rules.problems.add("spec.selector", "selects nothing", "repeat the template's labels that tell its pods apart", rule="selector")
    elif not rules.selects(selector, labels):
        wanted = mapping(selector.get("matchLabels"))
        off = [f"{key}: {value}" for key, value in wanted.items() if mapping(labels).get(key) != value]
        hint = f"add {', '.join(off)} to the template's labels" if off else "make the labels fit the expressions"
        rules.problems.add("spec.template.metadata.labels", "are not selected by spec.selector", hint, rule="selector")


def _check_plain_selector(spec: dict[str, Any], rules: Rules) -> None:
    """The selector of a ReplicationController: labels by themselves, by default those of the template."""
    if spec.get("template") is None:
        rules.missing(spec, "spec", "template")
        return
    labels = mapping(at(spec, "template", "metadata", "labels"))
    selector = mapping(spec.get("selector")) or labels
    if not selector:
        rules.problems.add("spec.selector", "selects nothing", "give the template labels", rule="selector")
    elif any(labels.get(key) != value for key, value in selector.items()):
        rules.problems.add("spec.template.metadata.labels", "are not selected by spec.selector", rule="selector")


def _check_deployment(spec: dict[str, Any], rules: Rules) -> None:
    rules.number(spec, "revisionHistoryLimit", "spec")
    _check_strategy(mapping(spec.get("strategy")), "spec.strategy", rules)
    ready, deadline = whole(spec.get("minReadySeconds")) or 0, whole(spec.get("progressDeadlineSeconds"))
    deadline = _DEFAULT_DEADLINE if deadline is None else deadline
    if deadline <= ready:
        rules.value("spec.progressDeadlineSeconds", f"{deadline} must be greater than minReadySeconds of {ready}")


def _amount(rolling: Any, key: str, default: int) -> int:
    """A number or percentage as a number; a string that is neither counts as 0, as in the API server."""
    value = mapping(rolling).get(key)
    if isinstance(value, str):
        return int(value[:-1]) if value.endswith("%") and value[:-1].isdigit() and value.isascii() else 0
    number = whole(value)
    return default if number is None else number


def _check_strategy(strategy: dict[str, Any], path: str, rules: Rules) -> None:
    rules.word(strategy, "type", ("RollingUpdate", "Recreate"), path)
    rolling, place = strategy.get("rollingUpdate"), child(path, "rollingUpdate")
    if strategy.get("type") == "Recreate" and rolling is not None:
        rules.problems.add(place, "must be absent with type Recreate", rule="one-of")
        return
    rules.share(mapping(rolling), "maxSurge", place)
    rules.share(mapping(rolling), "maxUnavailable", place, limit=100)
    if isinstance(rolling, dict) and not _amount(rolling, "maxSurge", 25) and not _amount(rolling, "maxUnavailable", 25):
        rules.problems.add(child(place, "maxUnavailable"), "must not be 0 where maxSurge is 0", rule="value")


def _check_daemon_set(spec: dict[str, Any], rules: Rules) -> None:
    rules.number(spec, "revisionHistoryLimit", "spec")
    strategy = mapping(spec.get("updateStrategy"))
    rules.word(strategy, "type", ("RollingUpdate", "OnDelete"), "spec.updateStrategy")
    rolling, place = strategy.get("rollingUpdate"), "spec.updateStrategy.rollingUpdate"
    if strategy.get("type") not in (None, "", "RollingUpdate") or not isinstance(rolling, dict):
        return
    for key in ("maxUnavailable", "maxSurge"):
        rules.share(rolling, key, place, limit=100)
    surge, unavailable = _amount(rolling, "maxSurge", 0), _amount(rolling, "maxUnavailable", 1)
    if surge and unavailable:
        rules.value(child(place, "maxSurge"), "must be 0 where maxUnavailable is not", "maxUnavailable is 1 where it is not written")
    elif not surge and not unavailable:
        rules.problems.add(child(place, "maxUnavailable"), "must not be 0 where maxSurge is 0", rule="required")


def _check_stateful_set(spec: dict[str, Any], rules: Rules) -> None:
    rules.number(spec, "revisionHistoryLimit", "spec", rule="strict-number")
    rules.word(spec, "podManagementPolicy", ("OrderedReady", "Parallel"), "spec")
    rules.name(spec, "serviceName", names.dns_label_problem, "spec")
    rules.number(mapping(spec.get("ordinals")), "start", "spec.ordinals")
    for key in ("whenDeleted", "whenScaled"):
        place = "spec.persistentVolumeClaimRetentionPolicy"
        rules.word(mapping(spec.get("persistentVolumeClaimRetentionPolicy")), key, ("Retain", "Delete"), place)
    strategy, place = mapping(spec.get("updateStrategy")), "spec.updateStrategy"
    types = ("RollingUpdate", "OnDelete", "Recreate") if rules.on("StatefulSetRecreateStrategy") else ("RollingUpdate", "OnDelete")
    rules.word(strategy, "type", types, place)
    rolling = strategy.get("rollingUpdate")
    if rolling is not None and strategy.get("type") not in (None, "", "RollingUpdate"):
        rules.value(child(place, "rollingUpdate"), "is only for type RollingUpdate")
    rules.number(mapping(rolling), "partition", child(place, "rollingUpdate"))
    if rules.on("MaxUnavailableStatefulSet"):
        rules.share(mapping(rolling), "maxUnavailable", child(place, "rollingUpdate"), limit=100)
        if mapping(rolling).get("maxUnavailable") is not None and not _amount(rolling, "maxUnavailable", 1):
            rules.value(f"{place}.rollingUpdate.maxUnavailable", "must not be 0")
    for claim, where in items(spec, "volumeClaimTemplates", "spec"):
        check_claim_spec(mapping(claim.get("spec")), child(where, "spec"), rules)


def container_port_names(template: dict[str, Any]) -> set[str]:
    """Names of all ports of a pod template."""
    spec = mapping(template.get("spec"))
    return {
        text(port.get("name"))
        for key in ("containers", "initContainers")
        for container, place in items(spec, key, "")
        for port, _ in items(container, "ports", place)
    } - {""}
