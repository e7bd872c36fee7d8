"""Rules about what a CEL expression must keep to."""

from typing import Final

from constructs_dra.rules.rule import Rule

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "cel-syntax",
        "an expression that does not parse",
        why="The API server refuses the object.",
        fix="Correct the expression at the column that the message names.",
    ),
    Rule(
        "cel-type",
        "an expression whose types do not fit: an unknown variable or function, or operands that cannot be combined",
        why="The API server checks types before it accepts a selector, and refuses the object.",
        fix="Use a function of the operand's type, or convert the operand.",
    ),
    Rule(
        "cel-result",
        "a selector that does not give a bool",
        why="The API server refuses the object: a device either matches or does not.",
        fix="Compare the value with something.",
    ),
    Rule(
        "cel-length",
        "an expression longer than 10 KiB",
        why="The API server refuses the object.",
        fix="Split the expression into several selectors: all of them must hold.",
    ),
    Rule(
        "cel-cost",
        "an expression whose worst case costs more than the API server allows",
        why="The API server estimates the cost of every selector and refuses the object when it exceeds 1,000,000.",
        fix="Iterate less deep, or compare with == instead of patterns.",
    ),
    Rule(
        "cel-runtime",
        "an expression that fails while it is evaluated on a device",
        why="An error in a selector stops the allocation of the whole claim, whatever other devices would match.",
        fix="Guard what the device may lack, with has() or `in`.",
    ),
    Rule(
        "value-type",
        "a condition that compares an attribute with a value of another type",
        why="The expression made from it would fail on every device, or never hold.",
        fix="Give a value of the attribute's type.",
    ),
    Rule(
        "value-literal",
        "a value in a condition that cannot be written as a CEL literal: not a quantity, version, pattern or 64-bit number",
        why="The expression made from it would fail on every device.",
        fix="Correct the value.",
    ),
)
