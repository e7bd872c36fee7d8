"""Rules about objects of resource.k8s.io."""

from typing import Final

from constructs_dra.rules.rule import Rule

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = ()
