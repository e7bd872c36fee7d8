"""Rules about values files of the chart llm-d-modelservice."""

from typing import Final

from constructs_dra.rules.rule import Rule

__all__ = ["RULES"]

_LENIENT: Final = "Correct or remove it; with --lenient it is a warning and is left out."

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "accelerator-type",
        "an accelerator type that the values do not define",
        why="The chart makes pods without devices, or fails.",
        fix="Name a type of accelerator.resources, or of the chart's own list.",
    ),
    Rule(
        "chart",
        "values that two lines of the chart read differently",
        why="The objects depend on the chart's version.",
        fix="Say which line is meant: --chart.",
        severity="warning",
    ),
    Rule("choice", "a value that is not one of the few the chart knows", why="The chart fails, or takes another branch than was meant."),
    Rule(
        "claim-template-missing",
        "a device class or claim template that the values name and do not define",
        why="The pods wait for a claim template that nobody makes.",
        fix="Define it under dra.claimTemplates, or correct the name; with --lenient it is a warning.",
        leniency="warning",
    ),
    Rule(
        "command",
        "a command that replaces the entry point of the image where the chart does not expect one",
        why="The chart's arguments go to another program than they are written for.",
        fix="Write it as command, with modelCommand: custom.",
    ),
    Rule(
        "first-available",
        "a claim template with alternatives in a form that the chart does not write",
        why="The claim asks for other devices than its author meant, or is refused.",
        fix="Give each alternative a name and a device class.",
    ),
    Rule(
        "ignored",
        "a key that the chart reads and that has no effect here",
        why="What it asks for does not happen.",
        fix=_LENIENT,
        leniency="left out",
    ),
    Rule(
        "leftover",
        "a key that earlier versions of the chart read",
        why="It has no effect, and does no harm.",
        fix="Leave it out.",
        severity="warning",
    ),
    Rule(
        "literal-template",
        "a {{ template }} in a value that the chart does not evaluate",
        why="The text with its braces becomes the value.",
        fix="Write the value itself.",
        severity="warning",
    ),
    Rule(
        "migration",
        "a migrated app that does not make the objects of its values",
        why="Every app is compiled and run before it is given out. One that makes other objects would change a running release.",
        fix="Nothing was written. Report it together with the values: it is a defect of this library.",
    ),
    Rule("no-role", "values that make neither decode nor prefill", why="The release has no pods.", fix="Write create: true."),
    Rule(
        "number-as-text",
        "a number in quotes where the chart needs a number",
        why="The chart, or the API server, refuses it.",
        fix="Write it without quotes; with --lenient it is a warning.",
        leniency="left out",
    ),
    Rule(
        "oci",
        "a model by oci:// that the chart mounts but gives no argument for",
        why="The model server does not learn where its model is.",
        fix="Use hf://, pvc:// or pvc+hf://.",
    ),
    Rule(
        "template",
        "a {{ template }} in a value that cannot be evaluated, or gives no valid YAML",
        why="Helm fails.",
        fix="Correct or quote the template.",
    ),
    Rule(
        "unknown-key",
        "a key that the chart does not read",
        why="What it asks for does not happen, and Helm does not say so.",
        fix=_LENIENT,
        leniency="left out",
    ),
    Rule(
        "removed-key", "a key of earlier releases of a chart, with which Helm fails", why="Nothing is installed.", fix="Write what the message names."
    ),
    Rule(
        "unsupported-value",
        "a value that the chart reads and this library's importer does not",
        why="The objects would lack what the value asks for.",
        fix="Leave it at its default, or render the chart with Helm.",
    ),
    Rule(
        "written-twice",
        "a field that the chart writes and the values write once more",
        why="One of the two is lost.",
        fix="Write it as the key of the role that the message names.",
    ),
    Rule(
        "wrong-chart", "values of which the chart reads no key at all", why="They belong to another chart.", fix="Give values of llm-d-modelservice."
    ),
)
