"""Calls become records, once: what is refused is noted with its place in the values, and where each part of the records came from is kept."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Final

from attrs import evolve, field, frozen

from constructs_dra.errors import Problem, SpecError
from constructs_dra.helm.calls import HOMES, Argument, Call, Listed, Named, Tree, calls_in
from constructs_dra.paths import child, split
from constructs_dra.records.record import Record
from constructs_dra.rules import is_suppressible

__all__ = ["Built", "Origins", "build"]

Steps = tuple[str | int, ...]

_POSITIONAL: Final = {
    "Accelerator": ("type",),
    "Claim": ("name", "requests[0]"),
    "Container": ("image",),
    "Container.custom": ("image", "command"),
    "Container.image_default": ("image",),
    "Container.vllm": ("image",),
    "ExistingClaim": ("object_name",),
    "ExistingClaimTemplate": ("object_name",),
    "ModelArtifacts.hf": ("uri|model",),
    "ModelArtifacts.oci": ("uri|reference",),
    "ModelArtifacts.pvc": ("uri|claim", "uri|path"),
    "ModelArtifacts.pvc_hf": ("uri|claim", "uri|model"),
    "ModelService": ("name",),
    "Port": ("number",),
    "Request": ("name", "device|device_class"),
    "RoleClaim": ("spec",),
    "Router": ("name",),
}
"""What arguments by position are called in problems; `|` parts several names."""

_REFUSED: Final = object()
"""In place of a record that was refused and that nothing can stand in for."""


class Origins:
    """Where in the values each part of the records came from, noted while the records are made."""

    def __init__(self) -> None:
        self._known: dict[Steps, tuple[str, str | None]] = {}

    def add(self, record: Steps, values: str, inside: str | None) -> None:
        """Note where one part came from; what was noted of it first stays.

        Args:
            record: Where it is in the records.
            values: Its place in the values.
            inside: What the places inside it start with in the values, where they are spelt alike; None where they are noted one by one.
        """
        self._known.setdefault(record, (values, inside))

    def move(self, items: Steps, kept: Sequence[int]) -> None:
        """Note that some items of a list were left out.

        Args:
            items: Where the list is in the records.
            kept: The former indices of those that are still there.
        """
        _, inside = self._known.get(items, ("", None))
        moved: dict[Steps, tuple[str, str | None]] = {}
        for new, old in enumerate(kept):
            if inside is not None:
                moved[*items, new] = child(inside, old), child(inside, old)
            former = (*items, old)
            moved |= {(*items, new, *key[len(former) :]): origin for key, origin in self._known.items() if key[: len(former)] == former}
        size = len(items)
        stay = {key: origin for key, origin in self._known.items() if len(key) <= size or key[:size] != items or not isinstance(key[size], int)}
        self._known = stay | moved

    def place(self, path: str, under: Steps = ()) -> str:
        """The place in the values that a place in the records came from; the nearest one around it when it has none of its own.

        Args:
            path: The place in the records.
            under: Where the record is that the path starts in. Default: the outermost.
        """
        steps = (*under, *split(path))
        for size in range(len(steps), -1, -1):
            if (found := self._known.get(steps[:size])) is not None:
                place, inside = found
                if size < len(steps) and inside is not None:
                    place = inside
                    for step in steps[size:]:
                        place = child(place, step)
                return place
        return ""


@frozen(kw_only=True, eq=False)
class Built:
    """What came of a call and the calls in it, each of them made once.

    Attributes:
        value: The record; None where something refuses it.
        examined: The record too where something in it was refused, with stand-ins for the refused fields, so that other checks have something to
            look at; None where nothing can stand in.
        call: The call; with leniency, claims that only this library refuses accept what it says of them.
        origins: Where each part of the record came from.
        problems: What the records refuse, placed in the values; what was accepted by leniency is a warning.
        following: What records say that hold stand-ins; it may follow from the problems.
    """

    value: Any
    examined: Any
    call: Call
    origins: Origins
    problems: list[Problem] = field(factory=list)
    following: list[Problem] = field(factory=list)


def build(call: Call, *, lenient: bool = False) -> Built:
    """The records that a call describes.

    Args:
        call: The call.
        lenient: Whether claims that only this library refuses are made all the same, as a running release lives with them; what it says of them is
            a warning then. Such a claim, and nothing around it, is made a second time: with `accept`, which a record cannot take on afterwards.
    """
    builder = _Builder(lenient=lenient)
    made = builder.call(call, (), call.path)
    value = None if made is _REFUSED else made
    refused = any(problem.severity == "error" for problem in builder.problems)
    return Built(
        value=None if refused else value,
        examined=value,
        call=_accepting(call, builder.accepted) if builder.accepted else call,
        origins=builder.origins,
        problems=builder.problems,
        following=builder.following,
    )


class _Builder:
    """One walk through a tree of calls."""

    def __init__(self, *, lenient: bool) -> None:
        self.lenient = lenient
        self.origins = Origins()
        self.problems: list[Problem] = []
        self.following: list[Problem] = []
        self.accepted: dict[int, dict[str, str]] = {}
        """Rules that calls accept by leniency, by the identity of the call."""

    def argument(self, argument: Argument, steps: Steps, around: str) -> Any:
        """The value of an argument."""
        place, tree = argument.path or around, argument.value
        if isinstance(tree, Call):
            return self.call(tree, steps, place, argument.inside or None)
        if isinstance(tree, Listed):
            self.origins.add(steps, place, None)
            made = [self.argument(item, (*steps, index), place) for index, item in enumerate(tree.items)]
            return _REFUSED if any(item is _REFUSED for item in made) else made
        if isinstance(tree, Named):
            self.origins.add(steps, place, None)
            entries: dict[str, Any] = {}
            for index, (name, item) in enumerate(tree.items.items()):
                entries[name] = self.argument(item, (*steps, name), place)
                self.origins.add((*steps, index), item.path or place, None)  # some checks count them
            return _REFUSED if any(item is _REFUSED for item in entries.values()) else entries
        self.origins.add(steps, place, argument.inside or place)
        return tree

    def call(self, tree: Call, steps: Steps, place: str, inside: str | None = None) -> Any:
        """The record that a call makes; with stand-ins for its wrong fields where it is refused."""
        self.origins.add(steps, place, inside)
        before = self._errors()
        positional: list[Any] = []
        names = _POSITIONAL.get(tree.function, ())
        for index, argument in enumerate(tree.positional):
            known = names[index].split("|") if index < len(names) else [str(index)]
            positional.append(self.argument(argument, (*steps, *split(known[0])), place))
            for other in known[1:]:
                self.origins.add((*steps, *split(other)), argument.path or place, None)
        keywords = {name: self.argument(argument, (*steps, name), place) for name, argument in tree.keywords.items()}
        if any(value is _REFUSED for value in (*positional, *keywords.values())):
            return _REFUSED  # what holds it would only say that it is missing
        found = self.problems if self._errors() == before else self.following
        function = _function(tree.function)
        try:
            return function(*positional, **keywords)
        except SpecError as error:
            refusal = error
        rules = {problem.rule for problem in refusal.problems if is_suppressible(problem.rule)}
        if self.lenient and rules and tree.function == "Claim":
            accept = dict.fromkeys(sorted(rules), "the Helm release has it so")
            self.accepted[id(tree)] = accept
            found += [self._placed(evolve(problem, severity="warning"), steps) for problem in refusal.problems if problem.rule in rules]
            try:
                return function(*positional, **keywords, accept=accept)
            except SpecError as error:
                refusal = error
        found += [self._placed(problem, steps) for problem in refusal.problems]
        return _stand_in(tree, refusal, self.origins, steps)

    def _errors(self) -> int:
        return sum(problem.severity == "error" for problem in (*self.problems, *self.following))

    def _placed(self, problem: Problem, steps: Steps) -> Problem:
        return evolve(problem, path=self.origins.place(problem.path, steps), source="")


def _function(name: str) -> Any:
    """What a call's name stands for."""
    home, _, method = name.partition(".")
    function = getattr(import_module(f"constructs_dra.{HOMES[home]}"), home)
    return getattr(function, method) if method else function


def _stand_in(tree: Call, refusal: SpecError, origins: Origins, steps: Steps) -> Any:
    """The refused record without what is wrong with it: a field has its stand-in, an entry of a list or mapping is left out.

    The records in it are sound, or have stand-ins of their own.
    """
    record = refusal.record
    if not isinstance(record, Record):
        return _REFUSED
    positional = zip(_POSITIONAL.get(tree.function, ()), tree.positional, strict=False)
    arguments = {str(split(name)[0]): argument.value for name, argument in positional} | {name: item.value for name, item in tree.keywords.items()}
    wrong: set[str] = set()
    entries: dict[str, set[Steps]] = {}
    for problem in refusal.problems:
        head, *rest = split(problem.path) or [""]
        name = str(head)
        holds_records = next(calls_in(arguments.get(name)), None) is not None
        if not head or (holds_records and not rest):
            return _REFUSED
        if not rest:
            wrong.add(name)
        elif not holds_records or not isinstance(_at(getattr(record, name), rest[:1]), Record):
            entries.setdefault(name, set()).add(_cut(rest, whole=isinstance(arguments.get(name), Named) or problem.rule == "required"))
    if not wrong and not entries:
        return record
    repaired = record.repaired(wrong)
    if repaired is None:
        return _REFUSED
    for name in entries.keys() - wrong:
        object.__setattr__(repaired, name, _without(getattr(record, name), entries[name], origins, (*steps, name)))
    return repaired


def _cut(rest: list[str | int], *, whole: bool) -> Steps:
    """What goes for a place inside a field: the item of a list, else the place itself, or the entry of the field that it is in."""
    index = next((number for number, step in enumerate(rest) if isinstance(step, int)), None)
    return tuple(rest[: index + 1] if index is not None else rest[:1] if whole else rest)


def _at(value: Any, steps: Sequence[str | int]) -> Any:
    for step in steps:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _without(value: Any, places: set[Steps], origins: Origins, steps: Steps) -> Any:
    """A field's value without some places in it; what moves up in a list keeps its origin."""
    heads = {place[0] for place in places if len(place) == 1}
    if isinstance(value, Mapping):
        return {
            name: _without(item, inner, origins, (*steps, name))
            if (inner := {place[1:] for place in places if place[0] == name and len(place) > 1})
            else item
            for name, item in value.items()
            if name not in heads
        }
    if isinstance(value, list | tuple):
        kept = [index for index in range(len(value)) if index not in heads]
        origins.move(steps, kept)
        return type(value)(value[index] for index in kept)
    return value


def _accepting(tree: Call, accepted: dict[int, dict[str, str]]) -> Call:
    """The same call, but with `accept` for some of the calls in it."""

    def argument(held: Argument) -> Argument:
        return evolve(held, value=changed(held.value))

    def changed(value: Tree) -> Tree:
        if isinstance(value, Call):
            return _accepting(value, accepted)
        if isinstance(value, Listed):
            return Listed(tuple(map(argument, value.items)))
        if isinstance(value, Named):
            return Named({name: argument(item) for name, item in value.items.items()})
        return value

    more = {"accept": Argument(accepted[id(tree)], tree.path)} if id(tree) in accepted else {}
    keywords = {name: argument(held) for name, held in tree.keywords.items()}
    return evolve(tree, positional=tuple(map(argument, tree.positional)), keywords={**keywords, **more})
