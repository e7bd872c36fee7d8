"""CEL selectors: accepted or refused, match or runtime error, and the worst-case cost, as Kubernetes recorded them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from conformance.score import Score
from constructs_dra.cel import CelEvaluationError, Selector, compile_selector
from constructs_dra.errors import SpecError
from constructs_dra.lexical.versions import KubernetesVersion

__all__ = ["scores"]

_FILES = ("cel", "cel-drivers", "cel-generated", "cel-functions")
_MAX_COST = 1_000_000
_TOO_COMPLEX = "too complex"
_RECORDED = KubernetesVersion(1, 36)


def scores(shared: Path) -> Iterator[Score]:
    """Two scores per file: outcomes, and exact agreement of the cost where it was recorded."""
    for name in _FILES:
        file = shared / "conformance" / f"{name}.json"
        if not file.is_file():
            continue
        cases = json.loads(file.read_text(encoding="utf-8"))["cases"]
        outcomes = [(case["name"], _outcome(case)) for case in cases]
        costs = [(case["name"], _cost(case)) for case in cases if not case["compileError"] and "maxCost" in case]
        for label, results in ((name, outcomes), (f"{name} (max cost)", costs)):
            short = [(case, difference) for case, difference in results if difference]
            if results:
                yield Score(name=label, passed=len(results) - len(short), total=len(results), short=short)


def _selector(case: dict[str, Any]) -> Selector:
    """The case compiled; one without `env` is one that a cluster has already stored, one without `maxCost` was given to an API server as new."""
    return compile_selector(
        case["expression"],
        consumable_capacity=case["consumableCapacity"],
        list_type_attributes=case["listTypeAttributes"],
        # an expression over the limit is refused when new; the recorded ones are compiled all the same
        stored="maxCost" in case and (case.get("env") != "NewExpressions" or case["maxCost"] > _MAX_COST),
        kubernetes=_RECORDED,
    )


def _outcome(case: dict[str, Any]) -> str:
    """How our answer differs; empty when it agrees."""
    try:
        selector = _selector(case)
    except SpecError as error:
        return _refusal(case, error)
    except Exception as error:  # noqa: BLE001  (a crash is a case that falls short)
        return f"crash: {error!r}"
    if case["compileError"]:
        return f"we accept it; Kubernetes says {case['compileError']}"
    if "match" not in case:
        return ""  # the scheduler did not evaluate it
    try:
        match = selector.matches(case["device"])
    except CelEvaluationError as error:
        return "" if case["matchError"] else f"we fail: {error}"
    except Exception as error:  # noqa: BLE001
        return f"crash: {error!r}"
    if case["matchError"]:
        return f"we say {match}; Kubernetes fails: {case['matchError']}"
    return "" if match == case["match"] else f"we say {match}, Kubernetes {case['match']}"


def _refusal(case: dict[str, Any], error: SpecError) -> str:
    if not case["compileError"]:
        return f"we refuse it: {error}"
    costs = any(problem.rule == "cel-cost" for problem in error.problems)
    return "" if costs == (_TOO_COMPLEX in case["compileError"]) else f"we say {error}; Kubernetes {case['compileError']}"


def _cost(case: dict[str, Any]) -> str:
    try:
        cost = _selector(case).max_cost
    except Exception as error:  # noqa: BLE001
        return f"no cost: {error!r}"
    return "" if cost == case["maxCost"] else f"we estimate {cost}, Kubernetes {case['maxCost']}: {case['expression']}"
