"""Rules about values files of the chart llm-d-modelservice."""

from typing import Final

from constructs_dra.rules.rule import Rule

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "migration",
        "a migrated app does not make the objects of its values",
        why="Every app is compiled and run before it is given out. One that makes other objects would change a running release.",
        fix="Nothing was written. Report it together with the values: it is a defect of this library.",
    ),
)
