"""Agreement with an API server on which objects are valid, and on the fields that are not.

A case agrees when both accept, or both refuse and our problems name every field the API server names. Problems of rules that go further than the
API server on purpose (`Rule.stricter`) and warnings do not count.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from conformance.score import Score
from constructs_dra.errors import Problem
from constructs_dra.kubernetes.dra import check_dra
from constructs_dra.kubernetes.objects import check_semantics
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.rules import is_stricter

__all__ = ["fields_named", "refusals", "scores"]

_FILES = ("validation", "validation-generated")
_VERSION = "1.36"
_UNMARSHAL = re.compile(r"Go struct field \w+?\.([\w.]+)")
_UNKNOWN = re.compile(r'unknown field "((?:[^"\\]|\\.)*)"')
_FIELD = re.compile(
    r"(?:\A|[\[\s,])((?:metadata|spec|status|data|[a-z]\w*)(?:\.\w+|\[[^\]]*\])*):"
    r" (?:Invalid value|Required value|Duplicate value|Unsupported value|Forbidden|Too long|Too many|Not found|Internal error)"
)


def scores(shared: Path) -> Iterable[Score]:
    """One score per file of recorded answers."""
    for name in _FILES:
        file = shared / "conformance" / f"{name}.json"
        if file.is_file():
            cases = json.loads(file.read_text())["cases"]
            short = [(case["name"], difference) for case in cases if (difference := _difference(case))]
            yield Score(name=name, passed=len(cases) - len(short), total=len(cases), short=short)


def refusals(manifest: dict[str, Any]) -> list[Problem]:
    """The problems that the API server should have too; the object goes to a namespace without labels."""
    problems = check_object(manifest, version=_VERSION)
    problems += check_dra(manifest, version=_VERSION, namespace_labels={})
    problems += check_semantics(manifest, version=_VERSION)
    return [problem for problem in problems if problem.severity == "error" and not is_stricter(problem.rule)]


def fields_named(error: str) -> Iterator[str]:
    """The fields an API server's answer names."""
    if match := _UNMARSHAL.search(error):
        yield match[1]
    elif match := _UNKNOWN.search(error):
        yield from _UNKNOWN.findall(error)
    else:
        _, _, details = error.partition(" is invalid: ")
        yield from dict.fromkeys(_FIELD.findall(details))


def _keyed(path: str) -> str:
    """A field's name with keys in one spelling: `limits[cpu]` and `limits['a.b/c']` as `limits.cpu` and `limits.a.b/c`."""
    return re.sub(r"\[['\"]?(?!\d+\])(.*?)['\"]?\]", r".\1", path)


def _plain(path: str) -> str:
    """A field's name without what the two sides write differently: indices, quotes, `exactly` (the API server's inner types lack it)."""
    return _keyed(re.sub(r"\[\d+\]", "", path)).replace(".exactly", "").replace("spec.spec.", "spec.")


def _names(problem: Problem, field: str, *, exact: bool) -> bool:
    """Whether a problem names a field: the field itself, or one entry of a mapping it is."""
    ours, theirs = (_keyed(problem.path), _keyed(field)) if exact else (_plain(problem.path), _plain(field))
    return ours == theirs or ours.startswith((f"{theirs}.", f"{theirs}["))


def _difference(case: dict[str, Any]) -> str:
    try:
        found = refusals(case["object"])
    except Exception as error:  # noqa: BLE001  (one crash is one case, not the end of the score)
        return f"{type(error).__name__}: {error}"
    if not case["error"]:
        return f"we refuse: {'; '.join(map(str, found))}" if found else ""
    if not found:
        return f"we accept; the API server: {case['error']}"
    theirs = list(fields_named(case["error"]))
    if "resources.limits[" in case["error"]:
        # the API server copies limits into requests before it checks; the object itself has none
        theirs = [re.sub(r"resources\.requests\[", "resources.limits[", field) for field in theirs]
    indexed = not _UNMARSHAL.search(case["error"]) and "adminAccess" not in case["error"]
    missed = [field for field in theirs if not any(_names(problem, field, exact=indexed) for problem in found)]
    return f"not named by us: {', '.join(missed)}; ours: {'; '.join(problem.path for problem in found)}" if missed else ""
