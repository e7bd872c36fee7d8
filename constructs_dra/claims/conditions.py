"""What a field of a vendor's request says about the devices, said where the field is.

    model: str | None = field(default=None, kw_only=True, metadata=equals(fpga.model))
    memory: str | None = field(default=None, kw_only=True, metadata=at_least(fpga.memory))

A field that is left out (`None`) says nothing.
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from attrs import fields

from constructs_dra.catalogue.fields import Boolean, Integer, Quantity, String, Version
from constructs_dra.expressions.build import Expression
from constructs_dra.records.valid import Metadata

__all__ = ["at_least", "condition", "conditions_of", "equals"]


def condition(make: Callable[[Any], Expression | None]) -> Metadata:
    """Metadata of a field whose value says something about the devices.

    Args:
        make: Makes the condition from the field's value; None where it says nothing.
    """
    return {"condition": make}


def equals(term: String | Integer | Boolean | Version | Quantity) -> Metadata:
    """Devices publish the field's value."""
    return condition(lambda value: term == value)


def at_least(term: Integer | Version | Quantity) -> Metadata:
    """Devices publish the field's value or more."""
    return condition(lambda value: term >= value)


@cache
def _conditions(kind: type) -> Mapping[str, Callable[[Any], Expression | None]]:
    return {item.name: item.metadata["condition"] for item in fields(kind) if "condition" in item.metadata}


@lru_cache(maxsize=1024)
def _of_text(make: Callable[[Any], Expression | None], value: str) -> Expression | None:
    return make(value)


def conditions_of(request: Any) -> dict[str, Expression]:
    """The conditions that a request's own fields make, by the names of the fields, in their order."""
    kind: type = type(request)
    found: dict[str, Expression] = {}
    for name, make in _conditions(kind).items():
        value = getattr(request, name)
        made = None if value is None else _of_text(make, value) if type(value) is str else make(value)
        if made is not None:
            found[name] = made
    return found
