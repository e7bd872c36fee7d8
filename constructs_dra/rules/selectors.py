"""Rules about selectors against what drivers publish."""

from typing import Final

from constructs_dra.rules.rule import Rule, stricter_rule

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    stricter_rule(
        "strict-literal",
        'a string in `quantity("…")`, `semver("…")` and the like that is not a valid one',
        why="Evaluating the call fails on every device, and that stops the allocation.",
        fix="Correct the literal.",
    ),
    stricter_rule(
        "strict-small-amount",
        "a capacity in bytes compared with less than 1Mi",
        why="Every device has more, so the comparison says nothing: a unit such as Gi is missing.",
        fix="Write the amount with its unit.",
        severity="warning",
    ),
    stricter_rule(
        "strict-domain",
        "an attribute or capacity read from a domain the driver does not publish",
        why="The domain's map is always empty, so reading from it stops the allocation.",
        fix="Read it from the domain that the driver publishes it under.",
    ),
    stricter_rule(
        "strict-unknown-attribute",
        "an attribute the driver does not publish",
        why="Reading it stops the allocation.",
        fix="Use an attribute that the driver publishes; `constructs-dra drivers DRIVER` lists them.",
    ),
    stricter_rule(
        "strict-unknown-capacity",
        "a capacity the driver does not publish",
        why="Reading it stops the allocation, and no device fits a share of it.",
        fix="Use a capacity that the driver publishes; `constructs-dra drivers DRIVER` lists them.",
    ),
    stricter_rule(
        "strict-absent",
        "an attribute or capacity that these devices do not publish, in a selector or a constraint",
        why="Reading it stops the allocation of the whole claim; a constraint on it never holds.",
        fix="Use one that devices of this class publish.",
    ),
    stricter_rule(
        "strict-guard",
        "an attribute that not all devices publish, read without a guard",
        why="Reading it on a device that lacks it stops the allocation, whatever the other devices have.",
        fix="Guard it with has() or `in`.",
    ),
    stricter_rule(
        "strict-type",
        "a comparison with a value of another type than the attribute's",
        why="The comparison is never true, or fails.",
        fix="Compare with a value of the attribute's type.",
    ),
    stricter_rule(
        "strict-value",
        "a value the driver never publishes",
        why="No device matches, and the claim stays pending for ever; most often it is a spelling mistake.",
        fix="Write a value that the driver publishes.",
    ),
    stricter_rule(
        "strict-order",
        "a list in one string, in another order than the driver writes it (`dc;sym`)",
        why="The driver writes such lists in a fixed order, so no device has this string.",
        fix="Write the entries in the driver's order.",
    ),
    stricter_rule(
        "strict-unsatisfiable",
        "conditions that exclude each other, or what the driver publishes",
        why="No device can match.",
        fix="Take one of the conditions out.",
    ),
    stricter_rule(
        "strict-deprecated",
        "an attribute that the driver will stop publishing",
        why="The selector or constraint stops working with a newer driver.",
        fix="Use the attribute that takes its place.",
        severity="warning",
    ),
)
