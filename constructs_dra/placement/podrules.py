"""What pods ask of each other: affinity, anti-affinity, spreading and host ports, read from a pod spec once.

The rules are those of the scheduler plugins InterPodAffinity, PodTopologySpread and NodePorts of Kubernetes 1.36.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import field, frozen

from constructs_dra.placement.nodes import matches_labels

__all__ = ["HostPort", "PodKind", "Spread", "Term", "clash", "kind_key", "read_kind"]

HOSTNAME = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"


@frozen(kw_only=True, eq=False)
class Term:
    """One term of an affinity or anti-affinity.

    Attributes:
        key: The node label that makes a domain (`topologyKey`).
        selector: The pods meant; None: none. Label keys to match or to differ in are part of it, as the API server adds them.
        namespaces: Namespaces of the pods meant, by name.
        namespace_selector: Namespaces by label; an empty selector means all, None none.
    """

    key: str
    selector: Mapping[str, Any] | None
    namespaces: frozenset[str]
    namespace_selector: Mapping[str, Any] | None = None

    def picks(self, kind: "PodKind") -> bool:
        """Whether pods of a kind are meant."""
        if self.selector is None:
            return False
        if kind.namespace not in self.namespaces and (
            self.namespace_selector is None or not matches_labels(self.namespace_selector, kind.namespace_labels)
        ):
            return False
        return matches_labels(self.selector, kind.labels)


@frozen(kw_only=True, eq=False)
class Spread:
    """One topology spread constraint.

    Attributes:
        key: The node label that makes a domain (`topologyKey`).
        skew: `maxSkew`.
        hard: Whether it keeps pods away (`DoNotSchedule`); else nodes are only preferred.
        selector: The pods counted, of the pod's namespace. None: none, or with `own` those like the pod itself.
        least_domains: `minDomains`.
        honor_affinity: Whether only nodes the pod's node affinity and selector pick count (`nodeAffinityPolicy`).
        honor_taints: Whether only nodes whose taints the pod tolerates count (`nodeTaintsPolicy`).
        own: Whether it is one of the scheduler's default constraints, which count the pods of the same controller.
    """

    key: str
    skew: int = 1
    hard: bool = False
    selector: Mapping[str, Any] | None = None
    least_domains: int = 1
    honor_affinity: bool = True
    honor_taints: bool = False
    own: bool = False

    def counts(self, kind: "PodKind", other: "PodKind") -> int:
        """1 if pods of another kind are counted for pods of a kind, else 0."""
        if other.leaving or other.namespace != kind.namespace:
            return 0
        if self.own:
            return int(other.labels == kind.labels)
        return int(self.selector is not None and matches_labels(self.selector, other.labels))


HostPort = tuple[str, str, int]
"""Address, protocol and number of a port of the node."""


@frozen(kw_only=True, eq=False)
class PodKind:
    """Pods that are the same to all other pods.

    Attributes:
        namespace: Their namespace.
        labels: Their labels.
        namespace_labels: The labels of their namespace.
        affinity: Required affinity terms: all have to be met.
        anti_affinity: Required anti-affinity terms.
        wishes: Preferred terms with their weights; below zero for anti-affinity.
        spread: Their spread constraints, the scheduler's default ones where they have none.
        ports: Ports of the node they take.
        leaving: Whether they are being deleted: spreading does not count them any more.
    """

    namespace: str
    labels: Mapping[str, str] = field(factory=dict)
    namespace_labels: Mapping[str, str] = field(factory=dict)
    affinity: tuple[Term, ...] = ()
    anti_affinity: tuple[Term, ...] = ()
    wishes: tuple[tuple[int, Term], ...] = ()
    spread: tuple[Spread, ...] = ()
    ports: tuple[HostPort, ...] = ()
    leaving: bool = False

    @property
    def keys(self) -> Iterator[str]:
        """The topology keys of all its rules."""
        yield from (term.key for term in (*self.affinity, *self.anti_affinity))
        yield from (term.key for _, term in self.wishes)
        yield from (each.key for each in self.spread)


_RULES = ("podAffinity", "podAntiAffinity")


def kind_key(spec: Mapping[str, Any], labels: Mapping[str, str], namespace: str, *, controlled: bool, leaving: bool = False) -> str:
    """The same text for pods of one kind."""
    affinity = spec.get("affinity") or {}
    rules = [affinity.get(rule) for rule in _RULES]
    return json.dumps(
        [namespace, labels, rules, spec.get("topologySpreadConstraints"), sorted(_ports(spec)), controlled, leaving], sort_keys=True, default=str
    )


def read_kind(
    spec: Mapping[str, Any],
    labels: Mapping[str, str],
    namespace: str,
    *,
    namespace_labels: Mapping[str, str],
    controlled: bool,
    leaving: bool = False,
) -> PodKind:
    """The kind of pods.

    Args:
        spec: Their pod spec.
        labels: Their labels.
        namespace: Their namespace.
        namespace_labels: Labels of the namespace.
        controlled: Whether a controller whose pods the scheduler spreads by itself makes them: ReplicaSet or StatefulSet, not Job.
        leaving: Whether they are being deleted.
    """
    affinity = spec.get("affinity") or {}
    near, far = (affinity.get(rule) or {} for rule in _RULES)

    def required(rules: Mapping[str, Any]) -> tuple[Term, ...]:
        return tuple(_term(term, labels, namespace) for term in rules.get("requiredDuringSchedulingIgnoredDuringExecution") or ())

    wishes = [
        (sign * int(wish.get("weight") or 0), _term(wish.get("podAffinityTerm") or {}, labels, namespace))
        for sign, rules in ((1, near), (-1, far))
        for wish in rules.get("preferredDuringSchedulingIgnoredDuringExecution") or ()
    ]
    constraints = spec.get("topologySpreadConstraints") or ()
    spread = tuple(_spread(constraint, labels) for constraint in constraints)
    if not constraints and controlled:
        spread = (Spread(key=HOSTNAME, skew=3, own=True), Spread(key=ZONE, skew=5, own=True))
    return PodKind(
        namespace=namespace,
        labels=labels,
        namespace_labels={"kubernetes.io/metadata.name": namespace, **namespace_labels},
        affinity=required(near),
        anti_affinity=required(far),
        wishes=tuple(wishes),
        spread=spread,
        ports=tuple(_ports(spec)),
        leaving=leaving,
    )


def _term(term: Mapping[str, Any], labels: Mapping[str, str], namespace: str) -> Term:
    names, by_label = term.get("namespaces") or (), term.get("namespaceSelector")
    return Term(
        key=str(term.get("topologyKey") or ""),
        selector=_with_keys(term.get("labelSelector"), labels, term.get("matchLabelKeys") or (), term.get("mismatchLabelKeys") or ()),
        namespaces=frozenset(names) if names or by_label is not None else frozenset({namespace}),
        namespace_selector=by_label,
    )


def _spread(constraint: Mapping[str, Any], labels: Mapping[str, str]) -> Spread:
    return Spread(
        key=str(constraint.get("topologyKey") or ""),
        skew=int(constraint.get("maxSkew") or 1),
        hard=(constraint.get("whenUnsatisfiable") or "DoNotSchedule") == "DoNotSchedule",
        selector=_with_keys(constraint.get("labelSelector"), labels, constraint.get("matchLabelKeys") or ()),
        least_domains=int(constraint.get("minDomains") or 1),
        honor_affinity=(constraint.get("nodeAffinityPolicy") or "Honor") == "Honor",
        honor_taints=constraint.get("nodeTaintsPolicy") == "Honor",
    )


def _with_keys(
    selector: Mapping[str, Any] | None, labels: Mapping[str, str], same: Iterable[str], other: Iterable[str] = ()
) -> Mapping[str, Any] | None:
    """The selector with the pod's own values of label keys to match, or not to match; keys the pod does not have are left out."""
    if selector is None:
        return None
    added = [{"key": key, "operator": "In", "values": [labels[key]]} for key in same if key in labels]
    added += [{"key": key, "operator": "NotIn", "values": [labels[key]]} for key in other if key in labels]
    return {**selector, "matchExpressions": [*(selector.get("matchExpressions") or ()), *added]} if added else selector


def _ports(spec: Mapping[str, Any]) -> Iterator[HostPort]:
    sidecars = [each for each in spec.get("initContainers") or () if each.get("restartPolicy") == "Always"]
    for container in (*(spec.get("containers") or ()), *sidecars):
        for port in container.get("ports") or ():
            # pods in the network of their node take the ports they listen on
            number = port.get("hostPort") or (port.get("containerPort") if spec.get("hostNetwork") else None)
            if number:
                yield str(port.get("hostIP") or "0.0.0.0"), str(port.get("protocol") or "TCP"), int(number)  # noqa: S104  (the API's default)


def clash(one: Iterable[HostPort], other: Iterable[HostPort]) -> bool:
    """Whether two sets of ports of one node are in each other's way: the same port and protocol, at one address or at any."""
    taken = list(other)
    return any(
        (protocol, number) == (protocol_taken, number_taken) and (address == address_taken or "0.0.0.0" in {address, address_taken})  # noqa: S104
        for address, protocol, number in one
        for address_taken, protocol_taken, number_taken in taken
    )
