"""`constructs-dra explain`: what a rule reports, why, what to do, and whether it can be suppressed; what a field of a kind is."""

import json
import textwrap
from collections.abc import Iterator

import attrs
import click
from click.shell_completion import CompletionItem

from constructs_dra.checks.explaining import ExplainedField, explain_field, known_kinds
from constructs_dra.checks.field_names import field_names, fields_named
from constructs_dra.cli.completion import completions
from constructs_dra.cli.explained_field import field_as_json, field_page
from constructs_dra.cli.options import version_option
from constructs_dra.cli.output import listing_options
from constructs_dra.errors import SpecError, shown
from constructs_dra.lexical.versions import KubernetesVersion
from constructs_dra.rules import SUBJECTS, Rule, rules
from constructs_dra.rules.example import Example, example
from constructs_dra.words import nearest, one_of

__all__ = ["command"]

_WIDTH = 110
_AROUND = 2
"""Lines of an example shown around those that matter."""

_MOST_PATHS = 3
"""Paths that a hint names."""

_SIGNS = {"": " ", "wrong": "-", "right": "+"}


def _complete(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Every rule, and fields by their path."""
    place, dot, name = incomplete.rpartition(".")
    if not dot:
        known = ((each.name, each.summary) for each in rules().values())
        return completions(incomplete, [*known, *((kind, "a kind of object") for kind in known_kinds())])
    try:
        found = explain_field(place)
    except SpecError:
        return []
    return completions(incomplete, ((f"{place}.{child.name}", child.type) for child in found.children if child.name.startswith(name)))


@click.command()
@click.argument("name", required=False, metavar="[RULE|PATH]", shell_complete=_complete)
@version_option
@click.option("--api-version", default="", metavar="VERSION", help="API version of the kind.  [default: the stable one]")
@click.option("--recursive", is_flag=True, help="List everything below the field.")
@listing_options("What is known, for machines: a list of rules, or one field.")
def command(name: str | None, version: KubernetesVersion, api_version: str, *, recursive: bool, json_output: bool) -> None:
    """Say what a RULE reports and what to do about it, or what a field is.

    The name of a rule stands in brackets behind each problem. A PATH is a kind and names of fields, as for kubectl explain, and no cluster is
    needed: Deployment.spec.strategy, pods.spec.resourceClaims, InferencePool.spec. Without a name all rules are listed.
    """
    rule = rules().get(name or "")
    if name and rule is None:
        found = _field(name, version, api_version, recursive=recursive)
        click.echo(json.dumps(field_as_json(found), indent=2, ensure_ascii=False) if json_output else "\n".join(field_page(found, version)))
    elif api_version or recursive:
        raise click.UsageError("--api-version and --recursive go with the path of a field")
    elif json_output:
        chosen = list(rules().values()) if rule is None else [rule]
        click.echo(json.dumps([attrs.asdict(each) for each in chosen], indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_list() if rule is None else _page(rule)))


def _field(name: str, version: KubernetesVersion, api_version: str, *, recursive: bool) -> ExplainedField:
    try:
        return explain_field(name, version=version, api_version=api_version, recursive=recursive)
    except SpecError as error:
        (problem,) = error.problems
        if "." in name or name[:1].isupper() or api_version:
            raise click.BadParameter(f"{problem.message}; {_elsewhere(name, version) or problem.hint}", param_hint="PATH") from None
        raise click.BadParameter(f"there is no rule {shown(name)} and no kind of that name; {_nearest(name, version)}", param_hint="RULE") from None


def _elsewhere(path: str, version: KubernetesVersion) -> str:
    """The hint for a path that leads nowhere: fields whose path ends in the same way, of its kind if it has one."""
    kind, _, rest = path.partition(".")
    try:
        found = fields_named(rest, version=version, kinds=[explain_field(kind, version=version).kind]) if rest else []
    except SpecError:
        found = fields_named(path, version=version)
    return one_of(found[:_MOST_PATHS])


def _nearest(name: str, version: KubernetesVersion) -> str:
    """The hint for a word that is neither rule nor kind: fields of that name, else the nearest name of anything."""
    found = fields_named(name, version=version)
    if not found and (near := nearest(name, [*rules(), *known_kinds(version), *sorted(field_names(version))])):
        found = [near] if near in rules() or near in known_kinds(version) else fields_named(near, version=version)
    return one_of(found[:_MOST_PATHS]) or "constructs-dra explain lists the rules; a path begins with a kind, e.g. Pod.spec"


def _list() -> Iterator[str]:
    width = max(map(len, rules()))
    for number, subject in enumerate(SUBJECTS):
        names = [name for name, each in rules().items() if each.subject == subject]
        if names:
            yield from ([""] if number else [])
            yield f"{subject}:"
            yield from (f"  {name:<{width}}  {rules()[name].summary}" for name in names)
    yield ""
    yield "constructs-dra explain RULE says more; constructs-dra explain Deployment.spec explains a field."


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
