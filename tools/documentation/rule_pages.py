"""A page for each rule, from the one table of rules, and links to them wherever a page names a rule."""

import re
from collections.abc import Iterator

from constructs_dra.rules import SUBJECTS, Rule, rules

__all__ = ["linked", "rule_pages"]

_FENCE = re.compile(r"^( {4,}|\s*(```|~~~))")
_NAMED = re.compile(r"(?<![\[`\w])`([a-z0-9]+(?:-[a-z0-9]+)*)`(?![\]`])")


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
    yield "## Suppress it\n"
    if not rule.suppressible:
        yield "Nobody can: what it reports is refused, or does not work, whatever the reason.\n"
    else:
        yield f'On the claim, container, role or service:\n\n```text\naccept={{"{rule.name}": "why it is right here"}}\n```\n'
        yield f"On the command line:\n\n```text\n--accept {rule.name}='why it is right here'\n```\n"
        yield f"In a manifest:\n\n```text\nmetadata:\n  annotations:\n    constructs-dra/accept-{rule.name}: why it is right here\n```\n"
    yield f"`constructs-dra explain {rule.name}` says the same at the terminal. [Every rule](../rules.md).\n"


def linked(markdown: str, *, up: str = "", itself: str = "") -> str:
    """A page whose inline code leads to the rule it names; blocks of code and headings stay.

    Args:
        markdown: The page.
        up: What leads from the page to the top, e.g. `../`.
        itself: The rule the page is about, which is not linked.
    """
    known = rules()

    def link(found: re.Match[str]) -> str:
        name = found[1]
        return f"[`{name}`]({up}rules/{name}.md)" if name in known and name != itself else found[0]

    lines, fenced = [], False
    for line in markdown.split("\n"):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        lines.append(line if fenced or _FENCE.match(line) or line.startswith("#") else _NAMED.sub(link, line))
    return "\n".join(lines)
