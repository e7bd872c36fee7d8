"""CEL selectors: accepted or refused, match or runtime error, and the worst-case cost, as Kubernetes recorded them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from conformance.score import Score
from constructs_dra.cel import CelEvaluationError, Selector, compile_selector
from constructs_dra.errors import SpecError

__all__ = ["scores"]

_FILES = ("cel", "cel-drivers", "cel-generated")
_MAX_COST = 1_000_000


def scores(shared: Path) -> Iterator[Score]:
    """Two scores per file: outcomes, and exact agreement of the cost."""
    for name in _FILES:
        file = shared / "conformance" / f"{name}.json"
        if not file.is_file():
            continue
        cases = json.loads(file.read_text(encoding="utf-8"))["cases"]
        outcomes = [(case["name"], _outcome(case)) for case in cases]
        costs = [(case["name"], _cost(case)) for case in cases if not case["compileError"]]
        for label, results in ((name, outcomes), (f"{name} (max cost)", costs)):
            short = [(case, difference) for case, difference in results if difference]
            yield Score(name=label, passed=len(results) - len(short), total=len(results), short=short)


def _selector(case: dict[str, Any]) -> Selector:
    """The case compiled; a case without `env` is one that a cluster has already stored."""
    return compile_selector(
        case["expression"],
        consumable_capacity=case["consumableCapacity"],
        list_type_attributes=case["listTypeAttributes"],
        # an expression over the limit is refused when new; the recorded ones are compiled all the same
        stored=case.get("env") != "NewExpressions" or case["maxCost"] > _MAX_COST,
    )


def _outcome(case: dict[str, Any]) -> str:
    """How our answer differs; empty when it agrees."""
    try:
        selector = _selector(case)
    except SpecError as error:
        return "" if case["compileError"] else f"we refuse it: {error}"
    except Exception as error:  # noqa: BLE001  (a crash is a case that falls short)
        return f"crash: {error!r}"
    if case["compileError"]:
        return f"we accept it; Kubernetes says {case['compileError']}"
    try:
        match = selector.matches(case["device"])
    except CelEvaluationError as error:
        return "" if case["matchError"] else f"we fail: {error}"
    except Exception as error:  # noqa: BLE001
        return f"crash: {error!r}"
    if case["matchError"]:
        return f"we say {match}; Kubernetes fails: {case['matchError']}"
    return "" if match == case["match"] else f"we say {match}, Kubernetes {case['match']}"


def _cost(case: dict[str, Any]) -> str:
    try:
        cost = _selector(case).max_cost
    except Exception as error:  # noqa: BLE001
        return f"no cost: {error!r}"
    return "" if cost == case["maxCost"] else f"we estimate {cost}, Kubernetes {case['maxCost']}: {case['expression']}"
