"""Rules about the command line and environment of model servers, sidecars and pickers, by version."""

from typing import Final

from constructs_dra.rules.rule import Rule

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = ()
