"""A page for each rule, from the one table of rules, and links to them wherever a page names a rule."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from constructs_dra.rules import SUBJECTS, Rule, rules
from constructs_dra.rules.example import NOT_SHOWN, Example, example
from tools.documentation.rule_examples import reported

__all__ = ["linked", "rule_pages"]

_FENCE = re.compile(r"^( {4,}|\s*(```|~~~))")
_NAMED = re.compile(r"(?<![\[`\w])`([a-z0-9]+(?:-[a-z0-9]+)*)`(?![\]`])")
_TOLD = re.compile(r"(^\| |\b[Rr]ules? )$")


def rule_pages() -> dict[str, str]:
    """Each rule's page by its path, sorted by subject and name."""
    chosen = sorted(rules().values(), key=lambda each: (SUBJECTS.index(each.subject), each.name))
    return {f"rules/{each.name}.md": "\n".join(_page(each)) for each in chosen}


def _page(rule: Rule) -> Iterator[str]:
    yield f"# {rule.name}\n"
    nature = "stricter than Kubernetes, which accepts it" if rule.stricter else "what Kubernetes itself, or the reader of the value, does not accept"
    yield f"Reports {rule.summary}.\n"
    yield f"*{rule.severity.capitalize()} · {nature} · {'can be suppressed' if rule.suppressible else 'cannot be suppressed'} · {rule.subject}*\n"
    yield f"## Why it matters\n\n{rule.why or 'The finding says it.'}\n"
    yield f"## What to do\n\n{rule.fix or 'Each finding says what to do: a hint stands below it.'}\n"
    if rule.fix_in_values:
        yield f"In a values file: {rule.fix_in_values}\n"
    yield "## Example\n"
    shown = example(rule.name)
    yield from [f"There is none: {NOT_SHOWN[rule.name]}.\n"] if shown is None else _example(shown)
    yield "## Suppress it\n"
    if not rule.suppressible:
        yield "Nobody can: what it reports is refused, or does not work, whatever the reason.\n"
    else:
        yield f'On the claim, container, role or service:\n\n```text\naccept={{"{rule.name}": "why it is right here"}}\n```\n'
        yield f"On the command line:\n\n```text\n--accept {rule.name}='why it is right here'\n```\n"
        yield f"In a manifest:\n\n```text\nmetadata:\n  annotations:\n    constructs-dra/accept-{rule.name}: why it is right here\n```\n"
    yield f"`constructs-dra explain {rule.name}` says the same at the terminal. [Every rule](../rules.md).\n"


def _example(shown: Example) -> Iterator[str]:
    """The text that is reported with what is said of it, then the other one."""
    if shown.language == "yaml":
        yield f"`constructs-dra {' '.join(shown.command)}` reports this:\n" if len(" ".join(shown.command)) < 80 else "This is reported:\n"
    else:
        yield "Running this program reports it:\n"
    yield _block(shown, "wrong")
    with tempfile.TemporaryDirectory() as folder:
        yield f"```text\n{reported(shown, 'wrong', Path(folder)).text.strip()}\n```\n"
    yield "And says nothing about this:\n"
    yield _block(shown, "right")


def _block(shown: Example, side: str) -> str:
    lines = " ".join(map(str, shown.marked(side)))
    name = "example.yaml" if shown.language == "yaml" else "example.py"
    highlighted = f' hl_lines="{lines}"' if lines else ""
    return f'```{shown.language} title="{name}"{highlighted}\n{shown.text(side)}```\n'


def linked(markdown: str, *, up: str = "", itself: str = "") -> str:
    """A page whose inline code leads to the rule it names; blocks of code and headings stay.

    A name of one word may mean something else, such as a field; it is taken for a rule at the start of a row of a table, and after the word "rule".

    Args:
        markdown: The page.
        up: What leads from the page to the top, e.g. `../`.
        itself: The rule the page is about, which is not linked.
    """
    known = rules()

    def link(found: re.Match[str]) -> str:
        name = found[1]
        meant = "-" in name or _TOLD.search(found.string[: found.start()])
        return f"[`{name}`]({up}rules/{name}.md)" if name in known and name != itself and meant else found[0]

    lines, fenced = [], False
    for line in markdown.split("\n"):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        lines.append(line if fenced or _FENCE.match(line) or line.startswith("#") else _NAMED.sub(link, line))
    return "\n".join(lines)
