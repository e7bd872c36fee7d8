"""Findings of the cross-checks in the words of a values file: what the records call one way, its author wrote another."""

import re

from attrs import evolve

from constructs_dra.errors import Problem
from constructs_dra.rules import Rule, rules

__all__ = ["in_words_of_values"]

_IN_PYTHON = re.compile(r"(?:; or |^)accept=\{.*\}.*$")
"""How Python suppresses a check; the command line has an option for it."""

_TERMS = {
    "data_local": "dataLocal",
    "volume_mounts": "volumeMounts",
    "readiness_probe": "readinessProbe",
    "startup_probe": "startupProbe",
    "liveness_probe": "livenessProbe",
    "target_port": "targetPort",
    "service_port": "servicePort",
    "kv_connector": "connector",
    "mount_path": "mountPath",
}


def in_words_of_values(problem: Problem) -> Problem:
    """A finding as the author of values knows its terms; errors say how to suppress them."""
    rule: Rule | None = rules().get(problem.rule) if problem.rule else None
    message, hint = problem.message, (rule.fix_in_values if rule is not None else "") or _IN_PYTHON.sub("", problem.hint)
    for term, word in _TERMS.items():
        message, hint = message.replace(term, word), hint.replace(term, word)
    if problem.severity == "error" and rule is not None and rule.suppressible:
        hint = f"{hint}; or, if it is right, --accept {problem.rule}=REASON"
    return evolve(problem, message=message, hint=hint)
