"""Rules about inventories and plans."""

from typing import Final

from constructs_dra.rules.rule import Rule, stricter_rule

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    stricter_rule(
        "unknown-device-class",
        "a request for a device class that neither the inventory nor the manifests define",
        why="The claim waits until somebody makes the class.",
        fix="Correct the name, or add the DeviceClass to the inventory.",
    ),
)
