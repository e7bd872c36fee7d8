"""A field of a kind on a terminal and for machines, as `constructs-dra explain` shows it."""

import textwrap
from collections.abc import Iterator
from typing import Any

from constructs_dra.checks.explaining import ExplainedField
from constructs_dra.lexical.versions import KubernetesVersion

__all__ = ["field_as_json", "field_page"]

_WIDTH = 110


def field_page(found: ExplainedField, version: KubernetesVersion) -> Iterator[str]:
    """The lines for a person.

    Args:
        found: The field.
        version: The Kubernetes version that was asked for.
    """
    yield f"{'.'.join(filter(None, (found.kind, found.path)))}: {found.type}{', required' if found.required else ''}"
    yield f"{found.api_version} {found.kind}, Kubernetes {version}"
    if found.meaning:
        yield ""
        yield from _wrapped(found.meaning, "")
    facts = list(_facts(found))
    if facts:
        yield ""
        for fact in facts:
            yield from _wrapped(fact, "  ")
    if not found.children:
        return
    yield ""
    yield "Fields:"
    if any(child.children for child in found.children) or not any(child.meaning or child.values for child in found.children):
        yield from _tree(found, 1)
    else:
        yield from _children(found)


def _facts(found: ExplainedField) -> Iterator[str]:
    if found.values:
        yield f"values: {', '.join(found.values)}"
    if found.default is not None:
        yield f"default: {found.default}"
    yield from found.limits
    if found.since is not None:
        yield f"since Kubernetes {found.since}"
    yield from (f"needs the feature gate {gate}" for gate in found.gates)


def _children(found: ExplainedField) -> Iterator[str]:
    for child in found.children:
        yield f"  {child.name}: {child.type}{', required' if child.required else ''}"
        if child.meaning:
            yield from _wrapped(child.meaning, "      ")
        for fact in _facts(child):
            yield from _wrapped(fact, "      ")


def _tree(found: ExplainedField, depth: int) -> Iterator[str]:
    for child in found.children:
        yield f"{'  ' * depth}{child.name}: {child.type}{', required' if child.required else ''}"
        yield from _tree(child, depth + 1)


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def field_as_json(found: ExplainedField) -> dict[str, Any]:
    """All that is known, for machines; what is empty is left out.

    Args:
        found: The field.
    """
    made: dict[str, Any] = {
        "name": found.name,
        "kind": found.kind,
        "apiVersion": found.api_version,
        "path": found.path,
        "type": found.type,
        "required": found.required,
        "meaning": found.meaning,
        "values": list(found.values),
        "limits": list(found.limits),
        "default": found.default,
        "since": str(found.since) if found.since else "",
        "gates": list(found.gates),
        "fields": [field_as_json(child) for child in found.children],
    }
    return {key: value for key, value in made.items() if value not in ("", [], None)}
