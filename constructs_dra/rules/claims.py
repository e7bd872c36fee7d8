"""Rules about claims, their requests, and their configuration."""

from typing import Final

from constructs_dra.rules.rule import Rule, stricter_rule

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    stricter_rule(
        "strict-class-driver",
        "a device class that is known to select devices of another driver than the request's",
        why="Selectors and configuration would be for the wrong devices.",
        fix="Name a class of the request's driver, or leave the class out.",
    ),
    stricter_rule(
        "strict-class-name",
        "a device class that no driver ships, one letter away from one that a driver ships",
        why="Where the class does not exist, the claim waits for ever.",
        fix="Correct the name of the class.",
    ),
    stricter_rule(
        "strict-node-limit",
        "more devices for one pod than any node of their kind has",
        why="All devices of a pod come from one node, so the pod waits for ever.",
        fix="Spread the model over several pods.",
    ),
    stricter_rule(
        "strict-every-device",
        "a count where the driver prepares a claim only if it holds every device of the node",
        why="Pods do not start: the driver refuses to prepare a part of the devices.",
        fix="Ask for all devices (allocationMode: All), without a count.",
    ),
    stricter_rule(
        "strict-whole-device",
        "a share of devices that are given whole, or no share where the whole device would be taken",
        why="The first never fits a device; the second takes more than was meant.",
        fix="Select by the capacity instead of asking for a share of it, or say how large a share is meant.",
    ),
    stricter_rule(
        "strict-no-config",
        "configuration for a driver that takes none in claims",
        why="At best nobody reads it; at worst pods do not start.",
        fix="Leave the configuration out.",
    ),
    stricter_rule(
        "strict-config-driver",
        "configuration for another driver than that of the requests it is for",
        why="Nobody reads it.",
        fix="Give the configuration that the driver of the request reads, or leave it out.",
    ),
    stricter_rule(
        "strict-config-kind",
        "configuration of a kind, or an API version, that the driver does not read",
        why="The driver refuses it when the pod starts.",
        fix="Write a kind and an API version that the driver reads.",
    ),
    stricter_rule(
        "strict-config-field",
        "configuration with a field the driver does not know, or without one it needs",
        why="The driver refuses it when the pod starts.",
        fix="Correct the field's name, or add the missing one.",
    ),
    stricter_rule(
        "strict-config-value",
        "configuration with a value the driver does not know",
        why="The driver refuses it when the pod starts.",
        fix="Write one of the values that the driver knows.",
    ),
)
