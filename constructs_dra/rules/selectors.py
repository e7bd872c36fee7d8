"""Rules about selectors against what drivers publish."""

from typing import Final

from constructs_dra.rules.rule import Rule

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = ()
