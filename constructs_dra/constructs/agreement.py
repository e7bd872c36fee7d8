"""The rules over a whole set of objects, asked before the set is written: by `App.synth` and `write_files`.

Objects that are referred to and not among those written may be elsewhere, so nothing is said of them; `constructs-dra check` knows when a set is all
there is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from constructs_dra import checks
from constructs_dra.checks.clusters import clusters
from constructs_dra.checks.collect import Item, collect
from constructs_dra.constructs.notices import Warnings, called_from, show_warnings
from constructs_dra.errors import Problem, Problems
from constructs_dra.garbage import uncollected
from constructs_dra.manifest import Manifest
from constructs_dra.noted import note_at, noted, users_place
from constructs_dra.records.valued import Valued
from constructs_dra.suppression import ACCEPT_ANNOTATION, unsuppressible
from constructs_dra.words import alternative

__all__ = ["Maker", "agree"]

Place = tuple[tuple[str, int], ...]


@frozen(eq=False, repr=False)
class Maker(Valued):
    """What made an object.

    Attributes:
        kind: Its class.
        path: Its path in the app.
        place: The line of the program, and the calls that led there; none where that is not known.
        running: Whether it takes over what a release of Helm runs already.
    """

    kind: str
    path: str
    place: Place = ()
    running: bool = False

    @property
    def title(self) -> str:
        """`ModelServiceDeployment 'chart/llama'`."""
        return f"{self.kind} {self.path!r}"


@uncollected
def agree(files: Mapping[str, Sequence[Manifest]], warnings: Warnings | None, maker_of: Callable[[Manifest], Maker | None] | None = None) -> None:
    """Show warnings about what is to be written, those of the set among them.

    Args:
        files: The objects of each file. Files that hold different objects of one name are for different clusters, as are folders.
        warnings: What becomes of warnings; see `show_warnings`.
        maker_of: Who made an object. Default: not known; places are those of the call.

    Raises:
        SpecError: Objects disagree, or warnings are errors here. What a release of Helm runs already is only warned of.
    """
    found = _disagreements(files, maker_of) if sum(map(len, files.values())) > 1 else []
    known = {(one.problem.rule, one.problem.message) for one in noted()}
    for problem, place in found:
        if (problem.rule, problem.message) not in known:  # a service that found it too has said so in its author's own words
            note_at(problem, place)
    problems = Problems()
    with problems.gather():
        show_warnings(warnings)
    for problem, place in found:
        if problem.severity == "error":
            problems.extend([evolve(problem, source=": ".join(part for part in (called_from(place), problem.source) if part))])
    problems.raise_errors()


def _disagreements(files: Mapping[str, Sequence[Manifest]], maker_of: Callable[[Manifest], Maker | None] | None) -> list[tuple[Problem, Place]]:
    groups: list[_Group] = []
    for folder in clusters([item for name, manifests in files.items() for item in collect(manifests, file=name)]):
        apart: list[_Group] = []
        for unit in _by_file(folder):
            home = next((group for group in apart if group.takes(unit)), None)
            if home is None:
                apart.append(home := _Group())
            home.add(unit)
        groups += apart
    here = users_place()
    found: list[tuple[Problem, Place]] = []
    for group in groups:
        problems = list(checks.disagreements(group.items, partial=True))
        by_source = {item.source: item for item in group.items} if problems else {}
        for problem in problems:
            source, place = problem.source, here
            item = by_source.get(source)
            maker = maker_of(item.value) if maker_of is not None and item is not None else None
            if maker is not None and item is not None:
                source, place = f"{maker.title}: {item.title}", maker.place or here
            hint = problem.hint
            if (maker is None or not maker.place) and problem.rule and not unsuppressible(problem.rule)[0]:
                hint = alternative(hint, f"annotate the object: {ACCEPT_ANNOTATION}{problem.rule}: why it is right here")
            runs = (maker is not None and maker.running) or (item is not None and item.labels.get("app.kubernetes.io/managed-by") == "Helm")
            severity = "warning" if runs else problem.severity
            found.append((evolve(problem, source=source, hint=hint, severity=severity), place))
    return found


class _Group:
    """Objects of one cluster."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self._known: dict[tuple[Any, ...], Item] = {}

    def takes(self, unit: Iterable[Item]) -> bool:
        """Whether no object of a file is another one here."""
        return all((other := self._known.get(_identity(item))) is None or other.value == item.value for item in unit)

    def add(self, unit: Iterable[Item]) -> None:
        for item in unit:
            if self._known.setdefault(_identity(item), item).file == item.file:
                self.items.append(item)


def _identity(item: Item) -> tuple[Any, ...]:
    return (item.group, item.kind, item.namespace, item.name)


def _by_file(items: Iterable[Item]) -> Iterable[Sequence[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.file, []).append(item)
    return found.values()
