"""Who is wired to whom in a set of manifests: routes to pools, services to pods, pods to claims and volumes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.checks.cluster import Cluster, owners
from constructs_dra.checks.collect import Item, collect
from constructs_dra.checks.mentions import Mention, mentions
from constructs_dra.engines.router import router_program
from constructs_dra.kubernetes.kinds import pod_templates
from constructs_dra.kubernetes.labels import ROLE
from constructs_dra.kubernetes.shapes import at, mapping, sequence, text
from constructs_dra.manifest import Manifest
from constructs_dra.report.unknown import is_unknown, seems_to_name
from constructs_dra.words import counted
from constructs_dra.yaml.document import Document

__all__ = ["LAYERS", "Node", "Wire", "Wiring", "wiring"]

LAYERS: Final = ("around", "gateway", "routes", "entry", "pods", "devices and storage")
"""Columns of the picture: what looks on, then from where requests come in to what pods stand on."""

_LAYER: Final[Mapping[str, int]] = {
    "HorizontalPodAutoscaler": 0,
    "ScaledObject": 0,
    "InferenceObjective": 0,
    "InferenceModelRewrite": 0,
    "DestinationRule": 0,
    "PodDisruptionBudget": 0,
    "PodMonitor": 0,
    "ServiceMonitor": 0,
    "NetworkPolicy": 0,
    "Gateway": 1,
    "Ingress": 2,
    "HTTPRoute": 2,
    "InferencePool": 3,
    "Service": 3,
    "ResourceClaimTemplate": 5,
    "ResourceClaim": 5,
    "PersistentVolumeClaim": 5,
    "ConfigMap": 5,
    "Secret": 5,
    "TriggerAuthentication": 5,
}
"""Column of a kind in the picture; objects with pods or of unknown kinds stand in the fifth, others are in the table only."""

_PODS: Final = 4
_WHEN_USED: Final = frozenset({"ConfigMap", "Secret", "TriggerAuthentication"})
"""Kinds that are in the picture only where something in it refers to them."""


@frozen
class Node:
    """One object of the picture.

    Attributes:
        kind: Its kind.
        namespace: Its namespace; empty where none is written.
        name: Its name.
        lines: What else there is to say of it, one short line each.
        given: Whether it is among the manifests; others are referred to only.
    """

    kind: str
    namespace: str
    name: str
    lines: tuple[str, ...] = field(default=(), eq=False)
    given: bool = field(default=True, eq=False)

    @property
    def layer(self) -> int:
        """Its column in `LAYERS`."""
        return _LAYER.get(self.kind, _PODS)

    @property
    def title(self) -> str:
        """`Deployment llama-decode`."""
        return f"{self.kind} {self.name}"


@frozen
class Wire:
    """One object that refers to another.

    Attributes:
        source: Who refers.
        target: To whom.
        how: By what, in a word or two: `routes to`, `claims`.
    """

    source: Node
    target: Node
    how: str


@frozen
class Wiring:
    """The objects of the picture and the wires between them.

    Attributes:
        nodes: By column, then in the order of the manifests; what is referred to and not given comes last.
        wires: Every reference, in the order of their sources.
        others: How many objects of each kind are not in the picture.
    """

    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]
    others: Mapping[str, int]


def wiring(manifests: Iterable[Document | Manifest]) -> Wiring:
    """The wiring of a set of manifests.

    Args:
        manifests: Documents as `read_files` gives them, or plain objects.
    """
    objects = [item for item in collect(manifests) if item.kind and item.name]
    return _Drawing(Cluster(objects=objects)).drawn()


class _Drawing:
    """The nodes and wires found so far."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.nodes: dict[tuple[str, str, str], Node] = {}
        self.wires: dict[Wire, None] = {}
        self.others: dict[str, int] = {}

    def drawn(self) -> Wiring:
        for item in self.cluster.objects:
            drawn = item.kind in _LAYER and item.kind not in _WHEN_USED
            if drawn or any(True for _ in pod_templates(item.value)) or is_unknown(item):
                self.node(item)
        for item in self.cluster.objects:
            for target, how in _references(item, self.cluster):
                source = self.nodes.get(_key(item)) or (self.node(item) if item.kind in _WHEN_USED else None)
                if source is not None:
                    self.wires[Wire(source, self._resolved(target, item), how)] = None
        for item in self.cluster.objects:
            if _key(item) not in self.nodes:
                self.others[item.kind] = self.others.get(item.kind, 0) + 1
        nodes = sorted(self.nodes.values(), key=lambda node: (node.layer, not node.given))
        return Wiring(tuple(nodes), tuple(self.wires), self.others)

    def node(self, item: Item) -> Node:
        return self.nodes.setdefault(_key(item), Node(item.kind, item.namespace, item.name, tuple(_about(item))))

    def _resolved(self, target: Item | Mention, user: Item) -> Node:
        if isinstance(target, Item):
            return self.node(target)
        found = self.cluster.find(target.kind, target.name, user) if not target.namespace else None
        if found is not None:
            return self.node(found)
        key = (target.kind, target.namespace or user.namespace, target.name)
        return self.nodes.setdefault(key, Node(*key, ("not among the manifests",), given=False))


def _key(item: Item) -> tuple[str, str, str]:
    return item.kind, item.namespace, item.name


def _references(item: Item, cluster: Cluster) -> Iterator[tuple["Item | Mention", str]]:
    """What an object refers to, and how."""
    for named in mentions(item):
        if named.kind in _LAYER:
            yield named, _HOW.get((item.kind, named.kind)) or _HOW.get(("", named.kind), "reads")
    if is_unknown(item):
        for named in seems_to_name(item):
            if named.kind in _LAYER or cluster.find(named.kind, named.name, item) is not None:
                yield named, _HOW.get(("", named.kind)) or ("reads" if named.kind in _WHEN_USED else "names")
    for template, _ in pod_templates(item.value):
        yield from _hands_prompts(item, template, cluster)
    if (of_kind := _OF_KIND.get(item.kind)) is not None:
        yield from of_kind(item, cluster)


_HOW: Final[Mapping[tuple[str, str], str]] = {
    ("", "ResourceClaimTemplate"): "claims",
    ("", "ResourceClaim"): "claims",
    ("", "PersistentVolumeClaim"): "mounts",
    ("HTTPRoute", "Gateway"): "attached to",
    ("HTTPRoute", "InferencePool"): "routes to",
    ("HTTPRoute", "Service"): "routes to",
    ("Ingress", "Service"): "routes to",
    ("InferencePool", "Service"): "asks",
}
"""How an object refers to another of a kind; without its own kind: how pods do. Everything else is read."""


def _hands_prompts(item: Item, template: Mapping[str, Any], cluster: Cluster) -> Iterator[tuple[Item, str]]:
    """The prefill pods that the proxy of decode pods sends prompts to: those a pool chooses together with them."""
    if not _has_role(template, "decode") or not any(_is_proxy(each) for each in _all_containers(template)):
        return
    for prefill in cluster.once(_prefill_by_template, lambda: _prefill_by_template(cluster)).get((id(item), id(template)), ()):
        yield from ((other, "sends prompts to") for other in prefill if other.near(item))


def _prefill_by_template(cluster: Cluster) -> dict[tuple[int, int], list[list[Item]]]:
    """For each object and its pod template, what makes the prefill pods of each pool that chooses it."""
    found: dict[tuple[int, int], list[list[Item]]] = {}
    for pool in cluster.of("InferencePool"):
        if selector := _selector(pool.spec.get("selector")):
            chosen = cluster.chosen(selector, pool)
            prefill = owners(pods for pods in chosen if _has_role(pods.template, "prefill"))
            for pods in chosen:
                found.setdefault((id(pods.item), id(pods.template)), []).append(prefill)
    return found


def _has_role(template: Mapping[str, Any], role: str) -> bool:
    return role in text(at(template, "metadata", "labels", ROLE)).split("-")


def _is_proxy(container: Mapping[str, Any]) -> bool:
    return (router_program(text(container.get("image"))) or ("",))[0] == "sidecar"


def _all_containers(template: Mapping[str, Any]) -> list[dict[str, Any]]:
    spec = mapping(template.get("spec"))
    return [each for key in ("initContainers", "containers") for each in _mappings(spec.get(key))]


def _selector(value: object) -> dict[str, Any]:
    """A label selector; a plain mapping of labels is one too."""
    selector = mapping(value)
    return selector if not selector or {"matchLabels", "matchExpressions"} & set(selector) else {"matchLabels": selector}


def _selecting(how: str, *path: str) -> Callable[[Item, Cluster], Iterator[tuple[Item, str]]]:
    """References by a selector of pods at a path; a plain mapping of labels is one too."""

    def found(item: Item, cluster: Cluster) -> Iterator[tuple[Item, str]]:
        if selector := _selector(at(item.spec, *path)):
            yield from ((other, how) for other in owners(cluster.chosen(selector, item)))

    return found


def _scaler(item: Item, _cluster: Cluster) -> Iterator[tuple[Mention, str]]:
    target = mapping(item.spec.get("scaleTargetRef"))
    if name := text(target.get("name")):
        yield Mention(text(target.get("kind")) or "Deployment", name, "spec.scaleTargetRef.name"), "scales"


def _of_pool(how: str) -> Callable[[Item, Cluster], Iterator[tuple[Mention, str]]]:
    def found(item: Item, _cluster: Cluster) -> Iterator[tuple[Mention, str]]:
        if name := text(at(item.spec, "poolRef", "name")):
            yield Mention("InferencePool", name, "spec.poolRef.name"), how

    return found


def _destination(item: Item, _cluster: Cluster) -> Iterator[tuple[Mention, str]]:
    if name := text(item.spec.get("host")).partition(".")[0]:
        yield Mention("Service", name, "spec.host"), "configures"


def _service_monitor(item: Item, cluster: Cluster) -> Iterator[tuple[Item, str]]:
    selector = mapping(item.spec.get("selector"))
    if selector:
        yield from ((service, "scrapes") for service in cluster.services(selector, item))


_OF_KIND: Final[Mapping[str, Callable[[Item, Cluster], Iterator[tuple[Item | Mention, str]]]]] = {
    "Service": _selecting("sends to", "selector"),
    "InferencePool": _selecting("sends to", "selector"),
    "HorizontalPodAutoscaler": _scaler,
    "ScaledObject": _scaler,
    "InferenceObjective": _of_pool("ranks"),
    "InferenceModelRewrite": _of_pool("renames models of"),
    "DestinationRule": _destination,
    "PodDisruptionBudget": _selecting("keeps up", "selector"),
    "PodMonitor": _selecting("scrapes", "selector"),
    "ServiceMonitor": _service_monitor,
    "NetworkPolicy": _selecting("guards", "podSelector"),
}
"""References by selectors, and to what is wanted in the picture only."""


def _about(item: Item) -> Iterator[str]:
    """Short lines on an object."""
    if item.kind in {"ResourceClaimTemplate", "ResourceClaim"}:
        spec = mapping(item.spec.get("spec")) if item.kind == "ResourceClaimTemplate" else item.spec
        yield from map(_request, _mappings(at(spec, "devices", "requests")))
    elif item.kind in {"Service", "InferencePool"}:
        ports = [port.get("port") or port.get("number") for key in ("ports", "targetPorts") for port in _mappings(item.spec.get(key))]
        if ports:
            yield f"port {', '.join(map(str, ports))}"
    templates = list(pod_templates(item.value))
    if templates:
        replicas = item.spec.get("replicas")
        size = at(item.spec, "leaderWorkerTemplate", "size")
        if isinstance(replicas, int):
            yield f"{replicas} groups of {size} pods" if isinstance(size, int) else counted(replicas, "replica")
        for template, _ in templates[:1]:
            spec = mapping(template.get("spec"))
            yield from (text(container.get("image")) for container in _mappings(spec.get("containers")) if text(container.get("image")))


def _mappings(value: object) -> list[dict[str, Any]]:
    """The mappings in a list; none where it is something else."""
    return [each for each in map(mapping, sequence(value)) if each]


def _request(request: Mapping[str, Any]) -> str:
    """`2 of gaudi.intel.com`, alternatives joined by `or`."""
    alternatives = _mappings(request.get("firstAvailable")) or [mapping(request.get("exactly")) or mapping(request)]
    return " or ".join(_devices(each) for each in alternatives)


def _devices(request: Mapping[str, Any]) -> str:
    number = "all" if request.get("allocationMode") == "All" else str(request.get("count", 1))
    return f"{number} of {text(request.get('deviceClassName')) or '?'}"
