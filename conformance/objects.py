"""Verdicts of an API server on single mutations of objects of 40 kinds (`objects.json`), against ours.

A case agrees when both accept or both refuse. Problems of rules that go further than the API server on purpose (`strict-…`) and warnings do not
count.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from conformance.score import Score
from conformance.validation import refusals
from constructs_dra.kubernetes.schemas import check_object

__all__ = ["scores"]

_OF_THE_RECORDING = ("must not be specified when serviceAccountName is not set",)
"""Words of refusals that only the recording server gives: it ran without the admission of service accounts, which names one first."""


def scores(shared: Path) -> Iterable[Score]:
    """One score for the file."""
    file = shared / "conformance" / "objects.json"
    if file.is_file():
        cases = json.loads(file.read_text(encoding="utf-8"))["cases"]
        short = [(case["name"], difference) for case in cases if (difference := _difference(case))]
        yield Score(name=file.stem, passed=len(cases) - len(short), total=len(cases), short=short)


def _difference(case: dict[str, Any]) -> str:
    try:
        found = refusals(case["object"])
    except Exception as error:  # noqa: BLE001  (one crash is one case, not the end of the score)
        return f"{type(error).__name__}: {error}"
    if case["error"]:
        unknown = case["error"].startswith("no such kind") and any(problem.rule == "kind-unknown" for problem in check_object(case["object"]))
        if unknown or any(words in case["error"] for words in _OF_THE_RECORDING):
            return ""  # a kind of a known group may be installed elsewhere: it is a warning
        return "" if found else f"{case['mutation']}: we accept; the API server: {case['error']}"
    return f"{case['mutation']}: we refuse: {'; '.join(map(str, found))}" if found else ""
