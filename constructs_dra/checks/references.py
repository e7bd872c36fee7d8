"""What objects say about each other: claims of pods, things named twice, backends, accounts, volumes, selectors that fit nothing."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from attrs import field, frozen

from constructs_dra.checks.collect import Item
from constructs_dra.checks.mentions import is_everywhere, pod_mentions
from constructs_dra.errors import Problem, Severity, did_you_mean
from constructs_dra.kubernetes.kinds import pod_templates
from constructs_dra.kubernetes.labels import MODEL, ROLE, SERVING
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text
from constructs_dra.paths import child

__all__ = ["Cluster", "duplicates", "references"]

T = TypeVar("T")


_MANY = 200
"""Names that a missing one is compared with one by one; among more, only those one slip away are looked up."""


_MOST_ALIKE = 1_000
"""Objects written twice that are reported; the others are the same mistake."""


@frozen(kw_only=True, eq=False, repr=False)
class Cluster:
    """All objects of a set, by kind.

    Attributes:
        objects: All of them.
        complete: Whether nothing else exists, so that a reference to something missing is an error.
        partial: Whether others certainly exist, so that nothing is said of what only is not here.
        pods: The pod templates of all objects, each with its object and its place in it.
    """

    objects: Sequence[Item]
    complete: bool = False
    partial: bool = False
    _by_kind: dict[str, list[Item]] = field(factory=dict, init=False)
    _by_name: dict[tuple[str, str], list[Item]] = field(factory=dict, init=False)
    pods: list[tuple[Item, dict[str, Any], str]] = field(factory=list, init=False)
    _by_label: dict[tuple[str, Any], list[int]] = field(factory=dict, init=False)
    _services: dict[tuple[str, Any], list[Item]] = field(factory=dict, init=False)
    _namespaces: set[str] = field(factory=set, init=False)
    _known: dict[Any, Any] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        for item in self.objects:
            self._by_kind.setdefault(item.kind, []).append(item)
            self._by_name.setdefault((item.kind, item.name), []).append(item)
            if item.kind == "Service":
                for key, value in item.labels.items():
                    if isinstance(value, str):
                        self._services.setdefault((key, value), []).append(item)
            for template, path in pod_templates(item.value):
                for key, value in mapping(at(template, "metadata", "labels")).items():
                    if isinstance(value, str):
                        self._by_label.setdefault((key, value), []).append(len(self.pods))
                self.pods.append((item, template, path))
                self._namespaces.add(item.namespace)

    def once(self, key: object, find: Callable[[], T]) -> T:
        """What `find` gives, found once for all rules that ask for the same key."""
        if key not in self._known:
            self._known[key] = find()
        found: T = self._known[key]
        return found

    def of(self, *kinds: str) -> list[Item]:
        """The objects of these kinds."""
        return [item for kind in kinds for item in self._by_kind.get(kind, ())]

    def find(self, kind: str, name: str, user: Item) -> Item | None:
        """The object of this kind and name that `user` means."""
        return next(self.all_of(kind, name, user), None)

    def all_of(self, kind: str, name: str, user: Item) -> Iterator[Item]:
        """Every such object; several where a set holds one of them twice."""
        return (item for item in self._by_name.get((kind, name), ()) if item.near(user))

    def names(self, kind: str, user: Item) -> list[str]:
        """Names of this kind in reach of `user`."""
        return [item.name for item in self._by_kind.get(kind, ()) if item.near(user)]

    def has_pods(self, user: Item) -> bool:
        """Whether a selector of `user` could reach any pod."""
        return bool(self._namespaces) and (not user.namespace or not self._namespaces.isdisjoint({user.namespace, ""}))

    def selected(self, selector: dict[str, Any], user: Item) -> list[dict[str, Any]]:
        """The pod templates that a selector of `user` fits; the list is shared, and nobody changes it."""
        written = _written(selector)
        return self.once(("selected", user.namespace, written), lambda: self._selected(selector, user)) if written else self._selected(selector, user)

    def _selected(self, selector: dict[str, Any], user: Item) -> list[dict[str, Any]]:
        pairs = [(key, value) for key, value in mapping(selector.get("matchLabels")).items() if isinstance(value, str)]
        # the rarest label leaves the fewest pods to look at
        candidates = min((self._by_label.get(pair, []) for pair in pairs), key=len, default=range(len(self.pods)))
        chosen = (self.pods[number] for number in candidates)
        return [template for item, template, _ in chosen if item.near(user) and _fit(selector, at(template, "metadata", "labels"))]

    def services(self, selector: dict[str, Any], user: Item) -> list[Item]:
        """The Services that a selector of `user` fits."""
        pairs = [(key, value) for key, value in mapping(selector.get("matchLabels")).items() if isinstance(value, str)]
        candidates = min((self._services.get(pair, []) for pair in pairs), key=len, default=self.of("Service"))
        return [service for service in candidates if service.near(user) and _fit(selector, service.labels)]

    def is_elsewhere(self, selector: dict[str, Any], *, services: bool = False) -> bool:
        """Whether a selector that fits nothing here may well be for what is not here: none of its labels is on anything here."""
        if not self.partial:
            return False
        asked = {*mapping(selector.get("matchLabels")), *(text(entry.get("key")) for entry, _ in items(selector, "matchExpressions", ""))}
        return not self.has_labels(asked, services=services)

    def has_labels(self, keys: Collection[str], *, services: bool = False) -> bool:
        """Whether a pod here, or a Service, has a label with one of these keys."""
        labels = self._services if services else self._by_label
        known = self.once(("keys of labels", services), lambda: {key for key, _ in labels})
        return not known.isdisjoint(keys)

    def missing(self, kind: str, name: str, path: str, user: Item, *, always: Severity | None = None) -> Iterator[Problem]:
        """A reference to nothing in the set: an error when that is complete, else a warning where `always` or a near name says so."""
        if not name or self.find(kind, name, user) is not None:
            return
        near = self.once(("nearest", kind, name, user.namespace), lambda: self._nearest(kind, name, user))
        elsewhere = next(iter(self._by_name.get((kind, name), ())), None)
        if elsewhere is not None:
            hint = f"it is in namespace {elsewhere.namespace!r} ({elsewhere.where}), and nothing can be used across namespaces"
            yield Problem(path, f"there is no {kind} {name!r} in namespace {user.namespace!r}", hint, rule="reference")
            return
        severity: Severity | None = "error" if self.complete else "warning" if near else None if self.partial else always
        if severity is not None:
            hint = near or ("" if self.complete else "nothing is wrong if the cluster has it")
            yield Problem(path, f"there is no {kind} {name!r} here", hint, rule="reference", severity=severity)

    def _nearest(self, kind: str, name: str, user: Item) -> str:
        """The hint that names what was probably meant; empty where nothing is near. Among many names only those one slip away are."""
        names = self.once(("names", kind, user.namespace), lambda: tuple(dict.fromkeys(self.names(kind, user))))
        if len(names) > _MANY:
            slips = self.once(("slips", kind, user.namespace), lambda: _slips(names))
            names = tuple(dict.fromkeys(known for slip in _shortened(name) for known in slips.get(slip, ())))
        return did_you_mean(name, names, fallback=lambda _: "")


def _slips(names: Iterable[str]) -> dict[str, list[str]]:
    """Names by what is left of them without one of their letters, so that a name with one slip is found at once."""
    found: dict[str, list[str]] = {}
    for name in names:
        for slip in _shortened(name):
            found.setdefault(slip, []).append(name)
    return found


def _shortened(name: str) -> set[str]:
    return {name, *(name[:index] + name[index + 1 :] for index in range(len(name)))}


def _written(selector: Any) -> str:
    """What tells a selector from others; nothing, where it cannot be written."""
    try:
        return repr(selector)
    except Exception:  # noqa: BLE001  (somebody's object that cannot write itself)
        return ""


def duplicates(objects: Iterable[Item]) -> Iterator[Problem]:
    """Two objects of one identity: an error when they differ, else a warning."""
    seen: dict[tuple[str, str, str, str], Item] = {}
    alike = 0
    for item in objects:
        if not item.kind or not item.name:
            continue
        identity = (item.group, item.kind, item.namespace, item.name)
        first = seen.setdefault(identity, item)
        if first is item:
            continue
        same = first.value == item.value
        alike += same
        if same and alike > _MOST_ALIKE:
            continue
        shown = f"{item.title} appears twice, first at {first.where}" + ("" if same else ", and the two differ")
        hint = "leave one of the two out" if same else "rename one of the two, or leave it out; only the last one applied counts"
        yield item.placed(Problem("metadata.name", shown, hint, rule="duplicate-object", severity="warning" if same else "error"))


def references(cluster: Cluster) -> Iterator[Problem]:
    """Every broken reference and every selector without a target."""
    used: set[tuple[str, int]] = set()
    for item, template, path in cluster.pods:
        spec_path = f"{path}.spec" if path else "spec"
        for problem in (*_claims(item, template, spec_path, cluster, used), *_pod_references(item, template, spec_path, cluster)):
            yield item.placed(problem)
    for item in cluster.objects:
        if check := _CHECKS.get(item.kind):
            yield from map(item.placed, check(item, cluster))
    if not cluster.partial and cluster.pods:
        yield from _unused(cluster, used)


def _channels(cluster: Cluster, user: Item) -> list[str]:
    """Claim templates that NVIDIA's controller makes for the ComputeDomains here."""
    near = (domain for domain in cluster.of("ComputeDomain") if domain.near(user))
    return [text(at(domain.spec, "channel", "resourceClaimTemplate", "name")) for domain in near]


def _no_template(name: str, channels: Sequence[str], path: str, item: Item, cluster: Cluster) -> Iterator[Problem]:
    """A claim template that nobody makes here; a ComputeDomain whose template nobody names was probably meant."""
    named = cluster.once("claim templates that pods name", lambda: set(_named_templates(cluster)))
    idle = [channel for channel in channels if channel not in named]
    if not idle:
        yield from cluster.missing("ResourceClaimTemplate", name, path, item, always="warning")
        return
    hint = did_you_mean(name, idle, fallback=lambda left: f"a ComputeDomain here makes {left[0]!r}, which no pod names")
    severity: Severity = "error" if cluster.complete else "warning"
    yield Problem(path, f"there is no ResourceClaimTemplate {name!r} here", hint, rule="reference", severity=severity)


def _named_templates(cluster: Cluster) -> Iterator[str]:
    for _, template, _ in cluster.pods:
        yield from (text(claim.get("resourceClaimTemplateName")) for claim, _ in items(template.get("spec"), "resourceClaims", ""))


def _claims(item: Item, template: dict[str, Any], path: str, cluster: Cluster, used: set[tuple[str, int]]) -> Iterator[Problem]:
    spec = mapping(template.get("spec"))
    found: dict[str, Item] = {}
    for claim, place in items(spec, "resourceClaims", path):
        for key, kind, other in (
            ("resourceClaimTemplateName", "ResourceClaimTemplate", "ResourceClaim"),
            ("resourceClaimName", "ResourceClaim", "ResourceClaimTemplate"),
        ):
            name = text(claim.get(key))
            target = cluster.find(kind, name, item) if name else None
            if target is not None:
                found[text(claim.get("name"))] = target
                used.update((kind, id(same.value)) for same in cluster.all_of(kind, name, item))
            elif name and cluster.find(other, name, item) is not None:
                right = "resourceClaimName" if key == "resourceClaimTemplateName" else "resourceClaimTemplateName"
                yield Problem(child(place, key), f"{name!r} is a {other} here, not a {kind}", f"name it as {right}", rule="reference")
            elif kind != "ResourceClaimTemplate" or not name:
                yield from cluster.missing(kind, name, child(place, key), item, always="warning")
            elif name not in (channels := _channels(cluster, item)):
                yield from _no_template(name, channels, child(place, key), item, cluster)
    for key in ("initContainers", "containers"):
        for container, container_path in items(spec, key, path):
            for taken, place in items(container.get("resources"), "claims", f"{container_path}.resources"):
                target = found.get(text(taken.get("name")))
                request = text(taken.get("request"))
                if target is None or not request:
                    continue
                known = _request_names(target)
                if request not in known:
                    shown = f"{target.title} has no request {request!r}"
                    yield Problem(child(place, "request"), shown, did_you_mean(request, known), rule="reference")


def _request_names(claim: Item) -> list[str]:
    inner = mapping(claim.spec.get("spec")) if claim.kind == "ResourceClaimTemplate" else claim.spec
    return [text(mapping(request).get("name")) for request in sequence(at(inner, "devices", "requests"))]


def _unused(cluster: Cluster, used: set[tuple[str, int]]) -> Iterator[Problem]:
    for item in cluster.of("ResourceClaimTemplate", "ResourceClaim"):
        if item.group == "resource.k8s.io" and item.name and (item.kind, id(item.value)) not in used and not item.value.get("status"):
            owned = at(item.value, "metadata", "ownerReferences")
            if not owned:
                hint = "name it under a pod's resourceClaims, or leave it out"
                yield item.placed(Problem("metadata.name", "no pod here uses it", hint, rule="claim-unused", severity="warning"))


_HELD: Final = frozenset({"ServiceAccount", "PersistentVolumeClaim", "ConfigMap", "Secret"})
"""Kinds that pods name and that stand among the objects of a service."""


def _pod_references(item: Item, template: dict[str, Any], path: str, cluster: Cluster) -> Iterator[Problem]:
    for named in pod_mentions(mapping(template.get("spec")), path):
        if named.kind in _HELD and not named.optional and not is_everywhere(named):
            yield from cluster.missing(named.kind, named.name, named.path, item)


def _fit(selector: dict[str, Any], labels: Any) -> bool:
    return Rules().selects(selector, labels)


def _ports_of(chosen: list[dict[str, Any]], cluster: Cluster) -> tuple[set[str], set[Any]]:
    """Names and numbers of the ports of the pods that a selector chose; many selectors may choose the same ones."""
    # the list is kept beside its answer, so that no other has its identity
    return cluster.once(("ports", id(chosen)), lambda: (chosen, _ports(chosen)))[1]


def _ports(pods: Iterable[dict[str, Any]]) -> tuple[set[str], set[Any]]:
    """Names and numbers of the ports of pod templates."""
    names: set[str] = set()
    numbers: set[Any] = set()
    for pod in pods:
        for key in ("initContainers", "containers"):
            for container, place in items(mapping(pod.get("spec")), key, ""):
                for port, _ in items(container, "ports", place):
                    names.add(text(port.get("name")))
                    numbers.add(port.get("containerPort") if isinstance(port.get("containerPort"), int) else None)
    return names - {""}, numbers - {None}


def _nothing(path: str, what: str, severity: Severity) -> Problem:
    return Problem(path, f"selects no {what} here", "compare its labels with those of the pods", rule="selects-nothing", severity=severity)


def _port_names(wanted: str, names: set[str], path: str) -> Iterator[Problem]:
    if wanted and wanted not in names:
        yield Problem(path, f"no selected pod has a port named {wanted!r}", did_you_mean(wanted, sorted(names)), rule="port-unknown")


def _service(item: Item, cluster: Cluster) -> Iterator[Problem]:
    selector = mapping(item.spec.get("selector"))
    if not selector or not cluster.has_pods(item):
        return
    chosen = cluster.selected({"matchLabels": selector}, item)
    if not chosen:
        if not cluster.is_elsewhere({"matchLabels": selector}):
            yield _nothing("spec.selector", "pod", "error" if cluster.complete else "warning")
        return
    names, _ = _ports_of(chosen, cluster)
    for port, place in items(item.spec, "ports", "spec"):
        if isinstance(port.get("targetPort"), str):
            yield from _port_names(port["targetPort"], names, child(place, "targetPort"))


_SERVING: Final = (ROLE, MODEL, SERVING)
"""Labels of pods that serve models."""


def _pool(item: Item, cluster: Cluster) -> Iterator[Problem]:
    yield from cluster.missing("Service", text(at(item.spec, "endpointPickerRef", "name")), "spec.endpointPickerRef.name", item)
    selector = mapping(item.spec.get("selector"))
    if not selector or not cluster.has_pods(item):
        return
    chosen = cluster.selected(selector, item)
    if not chosen:
        # a router may be written without the servers it is for, but not with servers of models and for others
        if not cluster.is_elsewhere(selector) or cluster.has_labels(_SERVING):
            yield _nothing("spec.selector", "pod", "error" if cluster.complete else "warning")
        return
    _, numbers = _ports_of(chosen, cluster)
    for port, place in items(item.spec, "targetPorts", "spec"):
        number = port.get("number")
        if isinstance(number, int) and numbers and number not in numbers:
            listed = ", ".join(map(str, sorted(numbers)))
            shown = f"no selected pod has the port {number}"
            yield Problem(child(place, "number"), shown, f"their ports are {listed}", rule="port-unknown", severity="warning")


def _pod_monitor(item: Item, cluster: Cluster) -> Iterator[Problem]:
    selector = mapping(item.spec.get("selector"))
    if at(item.spec, "namespaceSelector") or not (selector.get("matchLabels") or selector.get("matchExpressions")) or not cluster.has_pods(item):
        return
    chosen = cluster.selected(selector, item)
    if not chosen:
        if not cluster.is_elsewhere(selector):
            yield _nothing("spec.selector", "pod", "error" if cluster.complete else "warning")
        return
    names, _ = _ports_of(chosen, cluster)
    for endpoint, place in items(item.spec, "podMetricsEndpoints", "spec"):
        yield from _port_names(text(endpoint.get("port")), names, child(place, "port"))


def _service_monitor(item: Item, cluster: Cluster) -> Iterator[Problem]:
    services = any(service.near(item) for service in cluster.of("Service"))
    selector = mapping(item.spec.get("selector"))
    elsewhere = at(item.spec, "namespaceSelector") and at(item.spec, "namespaceSelector", "matchNames") != [item.namespace]
    if not services or elsewhere or not (selector.get("matchLabels") or selector.get("matchExpressions")):
        return
    chosen = cluster.services(selector, item)
    if not chosen:
        if not cluster.is_elsewhere(selector, services=True):
            yield _nothing("spec.selector", "Service", "error" if cluster.complete else "warning")
        return
    names = {text(mapping(port).get("name")) for service in chosen for port in sequence(service.spec.get("ports"))}
    for endpoint, place in items(item.spec, "endpoints", "spec"):
        wanted = text(endpoint.get("port"))
        if wanted and wanted not in names:
            shown = f"no selected Service has a port named {wanted!r}"
            yield Problem(child(place, "port"), shown, did_you_mean(wanted, sorted(names)), rule="port-unknown")


def _route(item: Item, cluster: Cluster) -> Iterator[Problem]:
    for rule, rule_path in items(item.spec, "rules", "spec"):
        for backend, place in items(rule, "backendRefs", rule_path):
            kind = text(backend.get("kind")) or "Service"
            if kind in {"Service", "InferencePool"} and not backend.get("namespace"):
                yield from cluster.missing(kind, text(backend.get("name")), child(place, "name"), item)
    for parent, place in items(item.spec, "parentRefs", "spec"):
        if not parent.get("namespace"):
            yield from cluster.missing("Gateway", text(parent.get("name")), child(place, "name"), item)


def _scaler(item: Item, cluster: Cluster) -> Iterator[Problem]:
    target = mapping(item.spec.get("scaleTargetRef"))
    kind = text(target.get("kind")) or "Deployment"
    if kind != "DisaggregatedSetRoleScaler":  # the controller of the set makes it; see `constructs_dra.checks.scalers`
        yield from cluster.missing(kind, text(target.get("name")), "spec.scaleTargetRef.name", item)


def _binding(item: Item, cluster: Cluster) -> Iterator[Problem]:
    role = mapping(item.value.get("roleRef"))
    if role.get("kind") == "Role":
        yield from cluster.missing("Role", text(role.get("name")), "roleRef.name", item)
    for subject, place in items(item.value, "subjects", ""):
        if subject.get("kind") == "ServiceAccount" and text(subject.get("namespace")) in {"", item.namespace}:
            yield from cluster.missing("ServiceAccount", text(subject.get("name")), child(place, "name"), item)


_CHECKS: dict[str, Callable[[Item, Cluster], Iterator[Problem]]] = {
    "Service": _service,
    "InferencePool": _pool,
    "PodMonitor": _pod_monitor,
    "ServiceMonitor": _service_monitor,
    "HTTPRoute": _route,
    "HorizontalPodAutoscaler": _scaler,
    "ScaledObject": _scaler,
    "RoleBinding": _binding,
}
