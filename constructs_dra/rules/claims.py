"""Rules about claims, requests and classes written in Python."""

from typing import Final

from constructs_dra.rules.rule import Rule

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = ()
