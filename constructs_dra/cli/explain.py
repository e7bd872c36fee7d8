"""`constructs-dra explain`: what a rule reports, why, what to do, and whether it can be suppressed."""

import json
import textwrap
from collections.abc import Iterator

import attrs
import click

from constructs_dra.cli.completion import complete_rule
from constructs_dra.rules import SUBJECTS, Rule, rules, unknown_rule
from constructs_dra.rules.example import Example, example

__all__ = ["command"]

_WIDTH = 110
_AROUND = 2
"""Lines of an example shown around those that matter."""

_SIGNS = {"": " ", "wrong": "-", "right": "+"}


def _known(context: click.Context, parameter: click.Parameter, name: str | None) -> Rule | None:
    if name is None:
        return None
    found = rules().get(name)
    if found is None:
        raise click.BadParameter(f"there is no rule {name!r}; {unknown_rule(name)}", context, parameter)
    return found


@click.command()
@click.argument("rule", required=False, callback=_known, metavar="[RULE]", shell_complete=complete_rule)
@click.option("--json", "json_output", is_flag=True, help="One JSON object per rule asked for, in a list.")
def command(rule: Rule | None, *, json_output: bool) -> None:
    """Say what RULE reports, why that matters, what to do about it, and whether and how it can be suppressed.

    The name of a rule stands in brackets behind each problem. Without RULE all of them are listed.
    """
    if json_output:
        chosen = list(rules().values()) if rule is None else [rule]
        click.echo(json.dumps([attrs.asdict(each) for each in chosen], indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_list() if rule is None else _page(rule)))


def _list() -> Iterator[str]:
    width = max(map(len, rules()))
    for number, subject in enumerate(SUBJECTS):
        names = [name for name, each in rules().items() if each.subject == subject]
        if names:
            yield from ([""] if number else [])
            yield f"{subject}:"
            yield from (f"  {name:<{width}}  {rules()[name].summary}" for name in names)
    yield ""
    yield "constructs-dra explain RULE says more."


def _page(rule: Rule) -> Iterator[str]:
    nature = "stricter than Kubernetes: the API server takes it" if rule.stricter else "Kubernetes' own, or the chart's"
    yield f"{rule.name}: {rule.severity}"
    yield ""
    yield from _paragraph("reports", rule.summary)
    yield from _paragraph("why", rule.why)
    yield from _paragraph("fix", rule.fix or "Each finding says what to do.")
    if rule.fix_in_values:
        yield from _paragraph("in values", rule.fix_in_values)
    yield from _paragraph("nature", nature)
    yield from _paragraph("suppress", suppression(rule))
    shown = example(rule.name)
    if shown is not None:
        yield ""
        yield "Example (- is reported, + is not):"
        yield from (f"  {line}" for line in _difference(shown))


def _difference(shown: Example) -> Iterator[str]:
    """The lines of an example in which its two texts differ, with what stands around them."""
    changed = [number for number, (_, part) in enumerate(shown.lines) if part]
    before = -1
    for number, (line, part) in enumerate(shown.lines):
        if part or any(abs(number - other) <= _AROUND for other in changed):
            if number != before + 1:
                yield "…"
            yield f"{_SIGNS[part]} {line}".rstrip()
            before = number
    if before + 1 < len(shown.lines):
        yield "…"


def suppression(rule: Rule) -> str:
    """How a rule is suppressed, in one sentence."""
    if not rule.suppressible:
        return "It cannot be suppressed."
    return (
        f'In Python accept={{"{rule.name}": "REASON"}} on the claim, container, role or service; on the command line --accept {rule.name}=REASON;'
        f" in a manifest the annotation constructs-dra/accept-{rule.name}: REASON."
    )


def _paragraph(title: str, text: str) -> Iterator[str]:
    lines = textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
    for number, line in enumerate(lines):
        yield f"  {title if not number else '':<10}{line}"
