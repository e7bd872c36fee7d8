"""All objects of a cluster, found by kind, by name and by the selectors that fit them, each in reach of whoever asks."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from attrs import field, frozen

from constructs_dra.checks.collect import Item
from constructs_dra.errors import Problem, Severity, did_you_mean
from constructs_dra.kubernetes.kinds import pod_templates
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text

__all__ = ["Cluster", "Pods", "owners"]

T = TypeVar("T")

_MANY = 200
"""Names that a missing one is compared with one by one; among more, only those one slip away are looked up."""


class Pods(NamedTuple):
    """Pods that are made from one template.

    Attributes:
        item: The object that makes them.
        template: Their template.
        path: Its place in the object.
    """

    item: Item
    template: dict[str, Any]
    path: str


def owners(pods: Iterable[Pods]) -> list[Item]:
    """The objects that make these pods, each once."""
    return list({id(each.item): each.item for each in pods}.values())


class _Index(Generic[T]):
    """Entries of namespaces by what they are asked for. An entry is near who is in its namespace, or where one of the two leaves it open."""

    def __init__(self) -> None:
        self._entries: list[T] = []
        self._numbers: dict[tuple[str, Hashable], list[int]] = {}
        self._everywhere: dict[Hashable, list[int]] = {}

    def add(self, entry: T, namespace: str, keys: Iterable[Hashable]) -> None:
        """Take an entry under all of these keys."""
        number = len(self._entries)
        self._entries.append(entry)
        for key in keys:
            self._numbers.setdefault((namespace, key), []).append(number)
            self._everywhere.setdefault(key, []).append(number)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._everywhere

    def numbers(self, key: Hashable, namespace: str) -> Sequence[int]:
        """The numbers of the entries under a key that are near a namespace, in the order they came."""
        if not namespace:
            return self._everywhere.get(key, ())
        own, open_ = self._numbers.get((namespace, key), ()), self._numbers.get(("", key), ())
        return sorted((*own, *open_)) if own and open_ else own or open_

    def near(self, key: Hashable, namespace: str) -> list[T]:
        """The entries under a key that are near a namespace, in the order they came."""
        return [self._entries[number] for number in self.numbers(key, namespace)]

    def first(self, key: Hashable, namespace: str) -> T | None:
        """The first of them, if there is one."""
        numbers = self.numbers(key, namespace)
        return self._entries[numbers[0]] if numbers else None


_ALL = ()
"""The key of everything that has labels."""


class _Labelled(_Index[tuple[T, dict[str, Any]]]):
    """Entries with labels, by their labels and the keys of those, so that a selector looks at few of them."""

    def take(self, entry: T, namespace: str, labels: dict[str, Any]) -> None:
        """Take an entry with its labels."""
        pairs = [pair for pair in labels.items() if isinstance(pair[1], str)]
        self.add((entry, labels), namespace, (_ALL, *((key,) for key in labels), *pairs))

    def chosen(self, selector: dict[str, Any], namespace: str) -> list[T]:
        """The entries near a namespace that a selector fits."""
        rarest = min((self._having(keys, namespace) for keys in _asked(selector)), key=len, default=None)
        numbers = self.numbers(_ALL, namespace) if rarest is None else rarest
        candidates = (self._entries[number] for number in numbers)
        return [entry for entry, labels in candidates if Rules.selects(selector, labels)]

    def _having(self, keys: Collection[Hashable], namespace: str) -> Sequence[int]:
        found = [self.numbers(key, namespace) for key in keys]
        return found[0] if len(found) == 1 else sorted(number for numbers in found for number in numbers)


def _asked(selector: dict[str, Any]) -> Iterator[Collection[Hashable]]:
    """Keys of the index for each part of a selector: what it fits is under one of them."""
    for pair in mapping(selector.get("matchLabels")).items():
        if isinstance(pair[1], str):
            yield (pair,)
    for expression, _ in items(selector, "matchExpressions", ""):
        key, values = text(expression.get("key")), sequence(expression.get("values"))
        if expression.get("operator") == "Exists":
            yield ((key,),)
        elif expression.get("operator") == "In" and all(isinstance(value, str) for value in values):
            yield {(key, value) for value in values}


@frozen(kw_only=True, eq=False, repr=False)
class Cluster:
    """All objects of a set.

    Attributes:
        objects: All of them.
        complete: Whether nothing else exists, so that a reference to something missing is an error.
        partial: Whether others certainly exist, so that nothing is said of what only is not here.
        pods: The pod templates of all objects.
    """

    objects: Sequence[Item]
    complete: bool = False
    partial: bool = False
    pods: list[Pods] = field(factory=list, init=False)
    _named: _Index[Item] = field(factory=_Index, init=False)
    _pods: _Labelled[Pods] = field(factory=_Labelled, init=False)
    _services: _Labelled[Item] = field(factory=_Labelled, init=False)
    _known: dict[Any, Any] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        for item in self.objects:
            self._named.add(item, item.namespace, (item.kind, (item.kind, item.name)))
            if item.kind == "Service":
                self._services.take(item, item.namespace, item.labels)
            for template, path in pod_templates(item.value):
                pods = Pods(item, template, path)
                self.pods.append(pods)
                self._pods.take(pods, item.namespace, mapping(at(template, "metadata", "labels")))

    def once(self, key: object, find: Callable[[], T]) -> T:
        """What `find` gives, found once for all rules that ask for the same key."""
        if key not in self._known:
            self._known[key] = find()
        found: T = self._known[key]
        return found

    def of(self, *kinds: str) -> list[Item]:
        """The objects of these kinds."""
        return [item for kind in kinds for item in self._named.near(kind, "")]

    def has(self, kind: str, user: Item | None = None) -> bool:
        """Whether there is an object of this kind (in reach of `user`)."""
        return bool(self._named.numbers(kind, user.namespace if user else ""))

    def near(self, user: Item, *kinds: str) -> list[Item]:
        """The objects of these kinds in reach of `user`."""
        return [item for kind in kinds for item in self._named.near(kind, user.namespace)]

    def find(self, kind: str, name: str, user: Item) -> Item | None:
        """The object of this kind and name that `user` means."""
        return self._named.first((kind, name), user.namespace)

    def all_of(self, kind: str, name: str, user: Item) -> list[Item]:
        """Every such object; several where a set holds one of them twice."""
        return self._named.near((kind, name), user.namespace)

    def names(self, kind: str, user: Item) -> list[str]:
        """Names of this kind in reach of `user`."""
        return [item.name for item in self.near(user, kind)]

    def has_pods(self, user: Item) -> bool:
        """Whether a selector of `user` could reach any pod."""
        return bool(self._pods.numbers(_ALL, user.namespace))

    def pods_near(self, user: Item) -> list[Pods]:
        """The pods that a selector of `user` could reach."""
        return [pods for pods, _ in self._pods.near(_ALL, user.namespace)]

    def selected(self, selector: dict[str, Any], user: Item) -> list[dict[str, Any]]:
        """The pod templates that a selector of `user` fits; the list is shared, and nobody changes it."""
        return self._chosen(selector, user)[1]

    def chosen(self, selector: dict[str, Any], user: Item) -> list[Pods]:
        """The pods that a selector of `user` fits; the list is shared, and nobody changes it."""
        return self._chosen(selector, user)[0]

    def _chosen(self, selector: dict[str, Any], user: Item) -> tuple[list[Pods], list[dict[str, Any]]]:
        def find() -> tuple[list[Pods], list[dict[str, Any]]]:
            chosen = self._pods.chosen(selector, user.namespace)
            return chosen, [pods.template for pods in chosen]

        written = _written(selector)
        return self.once(("selected", user.namespace, written), find) if written else find()

    def services(self, selector: dict[str, Any], user: Item) -> list[Item]:
        """The Services that a selector of `user` fits."""
        return self._services.chosen(selector, user.namespace)

    def is_elsewhere(self, selector: dict[str, Any], *, services: bool = False) -> bool:
        """Whether a selector that fits nothing here may well be for what is not here: none of its labels is on anything here."""
        if not self.partial:
            return False
        asked = {*mapping(selector.get("matchLabels")), *(text(entry.get("key")) for entry, _ in items(selector, "matchExpressions", ""))}
        return not self.has_labels(asked, services=services)

    def has_labels(self, keys: Collection[str], *, services: bool = False) -> bool:
        """Whether a pod here, or a Service, has a label with one of these keys."""
        return any((key,) in (self._services if services else self._pods) for key in keys)

    def missing(self, kind: str, name: str, path: str, user: Item, *, always: Severity | None = None) -> Iterator[Problem]:
        """A reference to nothing in the set: an error when that is complete, else a warning where `always` or a near name says so."""
        if not name or self.find(kind, name, user) is not None:
            return
        near = self.once(("nearest", kind, name, user.namespace), lambda: self._nearest(kind, name, user))
        elsewhere = self._named.first((kind, name), "")
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
