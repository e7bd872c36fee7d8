"""All objects of a set, found by kind, name, namespace and label: what one object costs does not grow with the number of the others."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from constructs_dra.checks.collect import Item
from constructs_dra.errors import Problem, Severity, did_you_mean
from constructs_dra.kubernetes.kinds import pod_templates
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, text

__all__ = ["Cluster"]

_T = TypeVar("_T")

_MANY = 200
"""Names among which the nearest one is looked for; beyond that it takes too long."""

_MOST_COMPARED = 100_000
"""Names compared in one set in the search for the nearest; two seconds at the worst."""

_ANYWHERE = None
"""Where an object looks that leaves its namespace open."""


class _Labelled(Generic[_T]):
    """What labels select: pod templates, or objects."""

    def __init__(self, entries: Iterable[tuple[Item, Any, _T]]) -> None:
        """Arrange entries: the object each stands in, its labels, and what a selector that fits them finds."""
        self._entries = [(item, mapping(labels), value) for item, labels, value in entries]
        self._by_space: dict[str | None, list[int]] = {}
        self._by_label: dict[tuple[str | None, str, str], list[int]] = {}
        self._known: dict[tuple[str | None, Hashable], list[_T]] = {}
        for number, (item, labels, _) in enumerate(self._entries):
            for space in (item.namespace, _ANYWHERE):
                self._by_space.setdefault(space, []).append(number)
                for key, value in labels.items():
                    if isinstance(value, str):
                        self._by_label.setdefault((space, key, value), []).append(number)

    def reached(self, user: Item) -> bool:
        """Whether a selector of `user` could find anything."""
        return any(space in self._by_space for space in _spaces(user))

    def selected(self, selector: Mapping[str, Any], user: Item) -> list[_T]:
        """What a selector of `user` finds, in order; the list is shared, and nobody changes it."""
        space = user.namespace or _ANYWHERE
        key = (space, _written(selector))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = [value for _, labels, value in self._candidates(selector, user) if Rules().selects(selector, labels)]
        return found

    def _candidates(self, selector: Mapping[str, Any], user: Item) -> Iterator[tuple[Item, Any, _T]]:
        """Entries that may fit: those with the rarest of the labels asked for."""
        pairs = [(key, value) for key, value in mapping(selector.get("matchLabels")).items() if isinstance(value, str)]
        numbers: set[int] = set()
        for space in _spaces(user):
            found = [self._by_label.get((space, *pair), []) for pair in pairs] or [self._by_space.get(space, [])]
            rarest: list[int] = min(found, key=len)
            numbers.update(rarest)
        return (self._entries[number] for number in sorted(numbers))


def _written(selector: Any) -> Hashable:
    """What tells a selector from others."""
    try:
        return repr(selector)
    except Exception:  # noqa: BLE001  (somebody's object that cannot write itself)
        return id(selector)


def _spaces(user: Item) -> tuple[str | None, ...]:
    """Where an object finds others: in its namespace and among those that leave theirs open; anywhere, where it leaves its own open."""
    return (user.namespace, "") if user.namespace else (_ANYWHERE,)


@frozen(kw_only=True, eq=False)
class Cluster:
    """All objects of a set, by kind.

    Attributes:
        objects: All of them.
        complete: Whether nothing else exists, so that a reference to something missing is an error.
    """

    objects: Sequence[Item]
    complete: bool = False
    _by_kind: dict[str, list[Item]] = field(factory=dict, init=False)
    _by_name: dict[tuple[str, str], dict[str, list[Item]]] = field(factory=dict, init=False)
    _pods: _Labelled[tuple[Item, dict[str, Any]]] = field(init=False)
    _known: dict[tuple[Hashable, ...], Any] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        for item in self.objects:
            self._by_kind.setdefault(item.kind, []).append(item)
            self._by_name.setdefault((item.kind, item.name), {}).setdefault(item.namespace, []).append(item)

    @_pods.default
    def _arranged(self) -> _Labelled[tuple[Item, dict[str, Any]]]:
        templates = ((item, template) for item in self.objects for template, _ in pod_templates(item.value))
        return _Labelled((item, at(template, "metadata", "labels"), (item, template)) for item, template in templates)

    def once(self, user: Item, what: Hashable, find: Callable[[], _T]) -> _T:
        """What `find` gives, which is the same for every object of one namespace, found once for each of them.

        Args:
            user: An object of the namespace.
            what: What is looked for: a name for it, and whatever else it depends on.
            find: Looks for it.
        """
        key = (what, user.namespace)
        if key not in self._known:
            self._known[key] = find()
        known: _T = self._known[key]
        return known

    def of(self, *kinds: str) -> Sequence[Item]:
        """The objects of these kinds."""
        if len(kinds) == 1:
            return self._by_kind.get(kinds[0], ())
        return [item for kind in kinds for item in self._by_kind.get(kind, ())]

    def near(self, kind: str, user: Item) -> Sequence[Item]:
        """The objects of a kind in reach of `user`."""
        return self.once(user, ("near", kind), lambda: [item for item in self.of(kind) if item.near(user)])

    def find(self, kind: str, name: str, user: Item) -> Item | None:
        """The object of this kind and name that `user` means."""
        return next(self.all_of(kind, name, user), None)

    def named(self, kind: str, name: str) -> Item | None:
        """The first object of this kind and name in any namespace: of kinds that have none."""
        return next((item for found in self._by_name.get((kind, name), {}).values() for item in found), None)

    def all_of(self, kind: str, name: str, user: Item) -> Iterator[Item]:
        """Every such object; several where a set holds one of them twice."""
        spaces = self._by_name.get((kind, name))
        if spaces is None:
            return iter(())
        if not user.namespace:
            return (item for found in spaces.values() for item in found)
        return iter([*spaces.get(user.namespace, ()), *spaces.get("", ())])

    def names(self, kind: str, user: Item) -> list[str]:
        """Names of this kind in reach of `user`."""
        return self.once(user, ("names", kind), lambda: [item.name for item in self.near(kind, user)])

    def has_pods(self, user: Item) -> bool:
        """Whether a selector of `user` could reach any pod."""
        return self._pods.reached(user)

    def selected(self, selector: dict[str, Any], user: Item) -> list[dict[str, Any]]:
        """The pod templates that a selector of `user` fits; the list is shared, and nobody changes it."""
        return self.once(user, ("selected", _written(selector)), lambda: [template for _, template in self._pods.selected(selector, user)])

    def owners(self, selector: dict[str, Any], user: Item) -> list[Item]:
        """The objects whose pods a selector of `user` fits, each once."""
        return list({id(item): item for item, _ in self._pods.selected(selector, user)}.values())

    def labelled(self, kind: str, selector: dict[str, Any], user: Item) -> list[Item]:
        """The objects of a kind that a selector of `user` fits; the list is shared, and nobody changes it."""
        by_label: _Labelled[Item] | None = self._known.get(("labels", kind))
        if by_label is None:
            by_label = self._known["labels", kind] = _Labelled((item, item.labels, item) for item in self.of(kind))
        return by_label.selected(selector, user)

    def ports(self, selector: dict[str, Any], user: Item) -> tuple[frozenset[str], frozenset[int]]:
        """Names and numbers of the ports of the pods that a selector of `user` fits."""
        return self.once(user, ("ports", _written(selector)), lambda: _ports(self.selected(selector, user)))

    def service_ports(self, selector: dict[str, Any], user: Item) -> frozenset[str]:
        """Names of the ports of the Services that a selector of `user` fits."""
        return self.once(user, ("service ports", _written(selector)), lambda: _names_of_ports(self.labelled("Service", selector, user)))

    def missing(self, kind: str, name: str, path: str, user: Item, *, always: Severity | None = None) -> Iterator[Problem]:
        """A reference to nothing in the set: an error when that is complete, else a warning where `always` or a near name says so."""
        if not name or self.find(kind, name, user) is not None:
            return
        elsewhere = self.named(kind, name)
        if elsewhere is not None:
            hint = f"it is in namespace {elsewhere.namespace!r} ({elsewhere.where}), and nothing can be used across namespaces"
            yield Problem(path, f"there is no {kind} {name!r} in namespace {user.namespace!r}", hint, rule="reference")
            return
        near = self.once(user, ("nearest", kind, name), lambda: self._nearest(kind, name, user))
        severity: Severity | None = "error" if self.complete else "warning" if near else always
        if severity is not None:
            hint = near or ("" if self.complete else "nothing is wrong if the cluster has it")
            yield Problem(path, f"there is no {kind} {name!r} here", hint, rule="reference", severity=severity)

    def _nearest(self, kind: str, name: str, user: Item) -> str:
        names = self.names(kind, user)
        compared = self._known.get(("compared",), 0)
        if len(names) > _MANY or compared > _MOST_COMPARED:
            return ""
        self._known["compared",] = compared + len(names)
        return did_you_mean(name, names, fallback=lambda _: "")


def _ports(pods: Iterable[dict[str, Any]]) -> tuple[frozenset[str], frozenset[int]]:
    names: set[str] = set()
    numbers: set[int] = set()
    for pod in pods:
        for key in ("initContainers", "containers"):
            for container, place in items(mapping(pod.get("spec")), key, ""):
                for port, _ in items(container, "ports", place):
                    names.add(text(port.get("name")))
                    if isinstance(number := port.get("containerPort"), int):
                        numbers.add(number)
    return frozenset(names - {""}), frozenset(numbers)


def _names_of_ports(services: Iterable[Item]) -> frozenset[str]:
    return frozenset(text(port.get("name")) for service in services for port, _ in items(service.spec, "ports", "spec"))
