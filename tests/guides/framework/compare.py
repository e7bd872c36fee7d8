"""The objects of an app against those of the guide: what differs, and which of that is on the list of intended differences."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from attrs import frozen

from constructs_dra import Manifest
from tests.guides.framework.normal import normal

__all__ = ["Difference", "Intended", "compared", "differences", "intended"]

_LIST = Path(__file__).resolve().parents[1] / "differences.yaml"
_NOTHING: Final = object()


@frozen
class Difference:
    """One thing that the two say differently.

    Attributes:
        path: Where: the object's kind, then the place in it.
        guide: What the guide says; `None`: nothing.
        here: What the app's object says; `None`: nothing.
    """

    path: str
    guide: Any
    here: Any

    def __str__(self) -> str:
        return f"{self.path}: guide {self.guide!r}, here {self.here!r}"


@frozen
class Intended:
    """An intended difference of `differences.yaml`.

    Attributes:
        file: The file of the guides it belongs to; empty: it may be in any.
        pattern: The path; `*` stands for any text.
        guide: What the guide says: a value, `*` for any, `None` for nothing.
        here: What is said here, in the same way.
        reason: Why.
    """

    file: str
    pattern: str
    guide: Any
    here: Any
    reason: str

    def covers(self, found: Difference) -> bool:
        """Whether a difference is this one."""
        pattern = ".*".join(map(re.escape, self.pattern.split("*")))
        return re.fullmatch(pattern, found.path) is not None and _is(self.guide, found.guide) and _is(self.here, found.here)


def _is(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, str) and "*" in wanted and value is not None:
        return re.fullmatch(".*".join(map(re.escape, wanted.split("*"))), str(value), re.DOTALL) is not None
    return (value is None) if wanted is None else str(wanted) == str(value)


def intended() -> list[Intended]:
    """The list: what may differ in every file, then what differs in one."""
    made = []
    for file, groups in yaml.safe_load(_LIST.read_text(encoding="utf-8")).items():
        for group in groups:
            for path, values in group["paths"].items():
                given = values or {}
                made.append(Intended("" if file == "everywhere" else file, path, given.get("guide"), given.get("here"), group["reason"]))
    return made


def differences(guide: Iterable[Manifest], here: Iterable[Manifest], *, part: bool = False) -> Iterator[Difference]:
    """Everything that two lists of objects say differently.

    Args:
        guide: The guide's objects.
        here: The app's.
        part: Whether the guide's are a part of the whole: patches under names of their own. What they do not say is no difference then.
    """
    if part:
        listed = list(here)
        kinds, names = {item["kind"]: item for item in listed}, _named(listed)
        for item in guide:
            ours = names.get(f"{item['kind']}/{item['metadata']['name']}", kinds.get(item["kind"]))
            yield from (found for found in _within(item, ours) if found.guide is not None)
        return
    theirs, ours = _named(guide), _named(here)
    for key in {**theirs, **ours}:
        kind = key.partition("/")[0]
        if key not in ours or key not in theirs:
            yield Difference(kind, *(key if key in found else None for found in (theirs, ours)))
        else:
            first, second = normal(theirs[key]), normal(ours[key])
            yield from (_of_script(found, first) for found in _differing(kind, first, second) if not found.path.endswith(".read"))


def _within(guide: Manifest, here: Manifest | None) -> Iterator[Difference]:
    if here is None:
        yield Difference(guide["kind"], guide["metadata"]["name"], None)
        return
    first, second = (normal({**item, "metadata": {**item["metadata"], "name": ""}}) for item in (guide, here))
    yield from _differing(guide["kind"], first, second)


def _of_script(found: Difference, guide: Any) -> Difference:
    """A variable that only the guide's script reads is told apart from those of the server."""
    match = re.fullmatch(r"(.*)\.env\[(\w+)\]", found.path)
    if match is None or found.here is not None or match[2] not in _read(guide):
        return found
    return Difference(f"{match[1]}.script[{match[2]}]", found.guide, None)


def _read(value: Any) -> frozenset[str]:
    if not isinstance(value, Mapping):
        return frozenset()
    return frozenset(value.get("read", ())).union(*map(_read, value.values()))


def _named(manifests: Iterable[Manifest]) -> dict[str, Manifest]:
    return {f"{item['kind']}/{item['metadata']['name']}": item for item in manifests}


def _differing(path: str, guide: Any, here: Any) -> Iterator[Difference]:
    if re.search(r"ontainers\[[^]]*\]$", path) and _NOTHING in (guide, here):
        yield Difference(path, *(None if each is _NOTHING else "a container" for each in (guide, here)))
        return
    theirs, ours = ({} if each is _NOTHING else each for each in (guide, here))
    if isinstance(theirs, Mapping) and isinstance(ours, Mapping) and (theirs or ours):
        for key in {**theirs, **ours}:
            place = f"{path}{key}" if key.startswith("[") else f"{path}.{key}"
            yield from _differing(place, theirs.get(key, _NOTHING), ours.get(key, _NOTHING))
    elif guide != here:
        yield Difference(path, *(None if each is _NOTHING else each for each in (guide, here)))


def compared(file: str, found: Iterable[Difference], listed: Iterable[Intended]) -> tuple[list[str], set[Intended]]:
    """What is wrong with a file's app, and which intended differences it has.

    Args:
        file: The file's name without `.yaml`.
        found: What differs.
        listed: The list.
    """
    own = [each for each in listed if each.file in {"", file}]
    wrong, used = [], set()
    for difference in found:
        covering = [each for each in own if each.covers(difference)]
        used |= set(covering)
        if not covering:
            wrong.append(str(difference))
    wrong += [f"listed for this file, and no difference: {each.pattern}" for each in own if each.file and each not in used]
    return wrong, used
