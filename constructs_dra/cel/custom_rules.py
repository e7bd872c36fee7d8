"""CEL rules of custom resources (`x-kubernetes-validations`): what their schemas cannot say, evaluated on one value.

What they may cost is not counted: an API server takes only rules whose worst case, by the limits of the schema, is bearable.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from constructs_dra.cel.checker import Environment, check_types
from constructs_dra.cel.evaluate import compile_program
from constructs_dra.cel.parser import parse
from constructs_dra.cel.syntax import Select, walk
from constructs_dra.cel.tokens import CelSyntaxError
from constructs_dra.cel.values import CelEvaluationError, EvaluationAbortedError

__all__ = ["breaks_rule"]

_ENVIRONMENT = Environment(list_type_attributes=True, root="self")
_ESCAPED = {"__dot__": ".", "__dash__": "-", "__slash__": "/", "__underscores__": "__"}


def breaks_rule(rule: str, value: Any) -> bool:
    """Whether a value breaks a rule; no, where the rule cannot be evaluated here or fails.

    Args:
        rule: CEL over `self`.
        value: JSON-like, with the defaults of its schema.
    """
    program = _program(rule)
    if program is None:
        return False
    try:
        return program(value) is False
    except (CelEvaluationError, EvaluationAbortedError, RecursionError):
        return False


@lru_cache(maxsize=512)
def _program(rule: str) -> Callable[[Any], Any] | None:
    if "oldSelf" in rule:
        return None  # about changes of an object that exists
    try:
        tree = parse(rule)
    except CelSyntaxError:
        return None
    for node in walk(tree):
        if isinstance(node, Select):
            node.field = _unescaped(node.field)
    if check_types(tree, _ENVIRONMENT):
        return None

    program, size = compile_program(tree, _ENVIRONMENT)

    def run(value: Any) -> Any:
        frame: list[Any] = [None] * size
        frame[0] = value
        return program(frame)

    return run


def _unescaped(name: str) -> str:
    """A field's own name: fields that are words of CEL are written `__namespace__`."""
    if name.startswith("__") and name.endswith("__") and len(name) > 4 and name not in _ESCAPED:
        return name[2:-2]
    for escaped, plain in _ESCAPED.items():
        name = name.replace(escaped, plain)
    return name
