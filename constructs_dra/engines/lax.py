"""Whether a JSON value fits a field's type as pydantic takes it by default: `"3"` is an int, `1` is a bool, and a Literal is exact.

Types are Python's own spelling of annotations, as the catalogue has them. What a type this library does not know may hold is not judged.
"""

import ast
from functools import lru_cache
from typing import Any

from constructs_dra.lazy import lazy_pattern

__all__ = ["misfit"]

_INTEGER = lazy_pattern(r"\s*[-+]?\d+(?:_\d+)*(?:\.0*)?\s*\Z")
_BOOLEANS = {"0", "off", "f", "false", "n", "no", "1", "on", "t", "true", "y", "yes"}


def misfit(value: Any, annotation: str) -> str:
    """What is wrong with a value, in pydantic's words; empty where it fits or cannot be judged."""
    return _judge(value, _parsed(annotation))


@lru_cache(maxsize=512)
def _parsed(annotation: str) -> ast.expr | None:
    try:
        return ast.parse(annotation, mode="eval").body
    except SyntaxError:
        return None


def _judge(value: Any, node: ast.expr | None) -> str:
    if node is None:
        return ""
    if isinstance(node, ast.BinOp):
        return _any_of(value, _alternatives(node))
    if isinstance(node, ast.Constant):
        return "" if node.value is not None or value is None else "Input should be None"
    if isinstance(node, ast.Name):
        return _plain(value, node.id)
    if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Name):
        return ""
    inside = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    return _generic(value, node.value.id, inside)


def _alternatives(node: ast.expr) -> list[ast.expr]:
    return [*_alternatives(node.left), *_alternatives(node.right)] if isinstance(node, ast.BinOp) else [node]


def _any_of(value: Any, nodes: list[ast.expr]) -> str:
    found = [_judge(value, node) for node in nodes]
    return "" if "" in found else found[0]


def _generic(value: Any, name: str, inside: list[ast.expr]) -> str:
    if name == "Optional":
        return "" if value is None else _judge(value, inside[0])
    if name == "Union":
        return _any_of(value, inside)
    if name == "Annotated":
        skipped = any(isinstance(each, ast.Call) for each in inside[1:])
        return "" if skipped else _judge(value, inside[0])
    if name == "Literal":
        choices = [each.value for each in inside if isinstance(each, ast.Constant)]
        if any(value == each and type(value) is type(each) for each in choices):
            return ""
        words = [repr(each) for each in choices]
        return f"Input should be {', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else f"Input should be {words[0]}"
    if name in {"list", "List", "set", "tuple"}:
        if not isinstance(value, list):
            return f"Input should be a valid {name.lower()}"
        return next((fault for each in value if (fault := _judge(each, inside[0]))), "")
    if name in {"dict", "Dict"}:
        if not isinstance(value, dict):
            return "Input should be a valid dictionary"
        return next((fault for each in value.values() if len(inside) == 2 and (fault := _judge(each, inside[1]))), "")
    return ""


def _plain(value: Any, name: str) -> str:
    if name == "int":
        fits = (isinstance(value, int | float) and float(value).is_integer()) or (isinstance(value, str) and _INTEGER.match(value))
        return "" if fits else "Input should be a valid integer"
    if name == "float":
        return "" if isinstance(value, int | float) or (isinstance(value, str) and _is_float(value)) else "Input should be a valid number"
    if name == "bool":
        fits = (
            isinstance(value, bool) or (isinstance(value, int | float) and value in {0, 1}) or (isinstance(value, str) and value.lower() in _BOOLEANS)
        )
        return "" if fits else "Input should be a valid boolean"
    if name == "str":
        return "" if isinstance(value, str) else "Input should be a valid string"
    if name in {"dict", "Dict"}:
        return "" if isinstance(value, dict) else "Input should be a valid dictionary"
    if name in {"list", "List"}:
        return "" if isinstance(value, list) else "Input should be a valid list"
    if name == "NoneType":
        return "" if value is None else "Input should be None"
    return ""


def _is_float(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
