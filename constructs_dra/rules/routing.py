"""Rules about pools, pickers, routes and scalers."""

from typing import Final

from constructs_dra.rules.rule import Rule

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = ()
