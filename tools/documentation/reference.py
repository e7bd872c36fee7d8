"""The reference: every public name by what it is for, and every command with its options."""

import ast
import re
from functools import cache
from itertools import groupby
from pathlib import Path

import click

import constructs_dra
from constructs_dra.cli import main
from constructs_dra.rules import rules
from constructs_dra.rules.example import example
from tools.documentation.llms import title as heading_of

__all__ = ["examples", "reference_pages"]

_DOCS = Path(__file__).resolve().parents[2] / "docs"
_PROGRAM = re.compile(r"^```python.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
_MOST_PAGES = 4

_FAMILIES = {
    "constructs": ("Constructs", "What goes into a cdk8s chart. These load cdk8s, and with it Node, on first use."),
    "claims": ("Claims and devices", "What is asked for: devices, conditions, constraints, configuration."),
    "serving": ("Services", "Models, roles, containers, and what makes them fit for production."),
    "placement": ("Placement", "Clusters and whether manifests fit on them."),
    "": ("Manifests and errors", "Objects as plain dicts, and what is wrong with them."),
}
"""Rooms whose public names make a page; what belongs to none of them goes to the last."""


def reference_pages() -> dict[str, str]:
    """Each page by its path, and `reference/index.md` first."""
    homes = {name: _family(name) for name in dir(constructs_dra) if not name.startswith("_")}
    pages = {"reference/index.md": _index(homes)}
    for family, names in groupby(sorted(homes, key=lambda name: (list(_FAMILIES).index(homes[name]), name)), key=homes.__getitem__):
        title, about = _FAMILIES[family]
        entries = "\n\n".join(f"::: constructs_dra.{name}{_shown(name)}" for name in names)
        pages[_path(family)] = f"# {title}\n\n{about}\n\n{entries}\n"
    pages["reference/commands.md"] = _commands()
    return pages


def examples() -> dict[str, dict[str, str]]:
    """For each public name the pages with a program that uses it, with their titles; all of these programs run as tests."""
    programs = {
        path.name: (heading_of(text := path.read_text(encoding="utf-8")), "\n".join(_PROGRAM.findall(text))) for path in sorted(_DOCS.glob("*.md"))
    }
    for path in sorted((_DOCS.parent / "apps").glob("[!_]*.py")):
        programs[f"gallery/{path.stem}.md"] = (path.stem.replace("_", " "), path.read_text(encoding="utf-8"))
    for name in rules():
        shown = example(name)
        if shown is not None and shown.language == "python":
            programs[f"rules/{name}.md"] = (f"the rule {name}", shown.text("right"))
    words = {page: (heading, _used(text)) for page, (heading, text) in programs.items()}
    names = (name for name in dir(constructs_dra) if not name.startswith("_"))
    return {name: {page: heading for page, (heading, used) in words.items() if name in used} for name in names}


def _used(programs: str) -> frozenset[str]:
    """The names that programs take from this library and use; what only their comments and texts say does not count."""
    nodes = list(ast.walk(ast.parse(programs)))
    taken = {
        alias.name for node in nodes if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("constructs_dra.") for alias in node.names
    }
    return frozenset(taken & {node.id for node in nodes if isinstance(node, ast.Name)})


def _shown(name: str) -> str:
    """Links to the first pages that use a name."""
    pages = list(_examples()[name].items())[:_MOST_PAGES]
    links = ", ".join(f"[{heading}](../{page})" for page, heading in pages)
    return f"\n\nUsed in: {links}." if links else ""


@cache
def _examples() -> dict[str, dict[str, str]]:
    return examples()


def _path(family: str) -> str:
    return f"reference/{family or 'common'}.md"


def _family(name: str) -> str:
    room = _home(name).split(".")[1]
    return room if room in _FAMILIES else ""


def _home(name: str) -> str:
    """The module a name is defined in: `constructs_dra.serving.role`."""
    for line in _STUB:
        words = line.split()
        if words[3] == name:
            return f"constructs_dra{words[1]}"
    raise KeyError(name)


_STUB = [line for line in open(f"{constructs_dra.__file__}i", encoding="utf-8") if line.startswith("from ")]  # noqa: PTH123, SIM115


def _index(homes: dict[str, str]) -> str:
    lines = ["# Reference\n\nEvery name that `constructs_dra` exports, from its docstrings.\n"]
    for family, (title, about) in _FAMILIES.items():
        names = [name for name in sorted(homes) if homes[name] == family]
        page = _path(family).removeprefix("reference/")
        links = ", ".join(f"[`{name}`]({page}#constructs_dra.{name})" for name in names)
        lines.append(f"## [{title}]({page})\n\n{about}\n\n{links}\n")
    lines.append("## [Commands](commands.md)\n\nThe command line `constructs-dra`.\n")
    lines.append("## What versions take\n\n[Flags of vLLM](vllm.md), [plugins of the endpoint picker](picker-plugins.md),")
    lines.append("[flags of the routing proxy and the picker](router-flags.md), and the [catalogue of drivers](../drivers/index.md).\n")
    return "\n".join(lines)


def _commands() -> str:
    """Every command as `--help` shows it."""
    context = click.Context(main, info_name="constructs-dra")
    lines = ["# Commands\n\nExit status everywhere: 0 all well, 1 problems found, 2 wrong usage.\n"]
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        if command is None or command.hidden:
            continue
        lines += _command(command, context, name)
        if isinstance(command, click.Group):
            inner = click.Context(command, info_name=name, parent=context)
            for each in command.list_commands(inner):
                if (found := command.get_command(inner, each)) is not None:
                    lines += _command(found, inner, each)
    return "\n".join(lines)


def _command(command: click.Command, parent: click.Context, name: str) -> list[str]:
    context = click.Context(command, info_name=name, parent=parent, terminal_width=100, max_content_width=100)
    return [f"## {context.command_path}\n", f"```text\n{command.get_help(context)}\n```\n"]
