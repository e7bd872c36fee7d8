"""Quantities as whole numbers of 10⁻⁹: exact, and quick to add and compare.

Kubernetes keeps no more than nine digits behind the point, so every quantity is such a number.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from constructs_dra.lexical.quantity import canonical, parse_quantity

__all__ = ["NANO", "are_quantities", "binary_text", "is_amount", "nanos", "quantity_text", "whole"]

NANO = 10**9
"""Nanos in one unit."""


@lru_cache(maxsize=65536)
def nanos(text: str | float) -> int:
    """The quantity in 10⁻⁹ units.

    Raises:
        ValueError: Kubernetes would refuse it as a quantity.
    """
    return int(parse_quantity(text).scaleb(9))


def is_amount(_record: object, attribute: Any, value: Any) -> None:
    """Validator: the field is a quantity or None."""
    if value is not None:
        try:
            nanos(value)
        except ValueError as error:
            raise ValueError(f"{attribute.name}: {error}") from None


def are_quantities(_record: object, attribute: Any, values: Mapping[str, str] | None) -> None:
    """Validator: every value of the field is a quantity."""
    for name, value in (values or {}).items():
        try:
            nanos(value)
        except ValueError as error:
            raise ValueError(f"{attribute.name}[{name!r}]: {error}") from None


def whole(amount: int) -> int:
    """The amount in units, a fraction rounded away from zero, as Kubernetes' `Quantity.Value` does."""
    return -(-amount // NANO) if amount >= 0 else amount // NANO


def binary_text(units: int) -> str:
    """Kubernetes' spelling of a computed amount of units, e.g. `3Gi`: what rounding up to a step gives."""
    if abs(units) < 1024:
        return canonical(str(units))
    return canonical(f"{units // 1024}Ki") if units % 1024 == 0 else str(units)


def quantity_text(amount: int) -> str:
    """A readable spelling of an amount in nanos: binary suffixes where they are exact, else decimal ones."""
    if amount % NANO:
        return canonical(f"{amount}n")
    units = amount // NANO
    return canonical(f"{units // 1024}Ki") if units and units % 1024 == 0 else canonical(str(units))
