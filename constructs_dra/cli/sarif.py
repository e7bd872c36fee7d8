"""Findings as a log of SARIF 2.1.0, which code scanning reads."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any, Final, Literal
from urllib.parse import quote

from constructs_dra._version import __version__
from constructs_dra.errors import Problem
from constructs_dra.rules import rules

__all__ = ["Finding", "sarif_log"]

Finding = tuple[Literal["error", "warning", "note"], Problem]
"""What is found, and how bad it is."""

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_log(findings: Iterable[Finding]) -> dict[str, Any]:
    """A log with one run: the findings, and the rules they name."""
    found = list(findings)
    named = sorted({problem.rule for _, problem in found if problem.rule in rules()})
    driver = {"name": "constructs-dra", "version": __version__, "rules": [_rule(name) for name in named]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [_result(level, problem, named) for level, problem in found]}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(name: str) -> dict[str, Any]:
    rule = rules()[name]
    made: dict[str, Any] = {
        "id": name,
        "shortDescription": {"text": rule.summary},
        "defaultConfiguration": {"level": rule.severity},
    }
    if rule.why:
        made["fullDescription"] = {"text": rule.why}
    if rule.fix:
        made["help"] = {"text": rule.fix}
    return made


def _result(level: str, problem: Problem, named: list[str]) -> dict[str, Any]:
    text = f"{problem.message}\n{problem.hint}" if problem.hint else problem.message
    result: dict[str, Any] = {"level": level, "message": {"text": text}}
    if problem.rule in named:
        result |= {"ruleId": problem.rule, "ruleIndex": named.index(problem.rule)}
    location: dict[str, Any] = {}
    if problem.source not in {"", "-"}:
        path = PurePath(problem.source)
        physical: dict[str, Any] = {"artifactLocation": {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix())}}
        location["physicalLocation"] = physical
        if problem.line:
            column = {"startColumn": problem.column} if problem.column else {}
            physical["region"] = {"startLine": problem.line, **column}
    if problem.path:
        location["logicalLocations"] = [{"fullyQualifiedName": problem.path}]
    if location:
        result["locations"] = [location]
    return result
