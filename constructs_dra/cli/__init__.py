"""The command line `constructs-dra`. Each command lives in a module of its own and loads when it is called.

Exit status: 0 all well, 1 problems found, 2 wrong usage.
"""

import sys
from importlib import import_module
from io import TextIOWrapper

import click

from constructs_dra._version import __version__
from constructs_dra.words import did_you_mean

__all__ = ["main"]

_COMMANDS = {
    "cel": ("constructs_dra.cli.cel", "Check one selector; with a device, evaluate it."),
    "check": ("constructs_dra.cli.check", "Check manifests from anywhere: schemas, DRA rules, CEL, references, feature gates."),
    "completion": ("constructs_dra.cli.completion", "Print what makes bash, zsh or fish complete commands, drivers, rules and files."),
    "diff": ("constructs_dra.cli.diff", "Say what becomes of a cluster when new manifests are applied over old ones."),
    "drivers": ("constructs_dra.cli.drivers", "Show the catalogue of DRA drivers."),
    "explain": (
        "constructs_dra.cli.explain",
        "Say what a rule reports and what to do, or what a field is; without a name, list the rules.",
    ),
    "helm": ("constructs_dra.cli.helm", "Read values files of llm-d's charts (model service, router): render them, migrate them to Python."),
    "init": ("constructs_dra.cli.init", "Start a project: a program, its test, pinned requirements, CI."),
    "kubeadm": ("constructs_dra.cli.kubeadm", "Print the kubeadm configuration that turns on what manifests need."),
    "needs": ("constructs_dra.cli.needs", "List what a cluster must have already for manifests: classes, secrets, gateways, custom resources."),
    "plan": ("constructs_dra.cli.plan", "Tell whether manifests get their devices on a cluster's ResourceSlices, and if not, why not."),
    "report": ("constructs_dra.cli.report", "Draw what manifests deploy: a page, or a picture as SVG, Mermaid or text."),
    "size": ("constructs_dra.cli.size", "Say which devices, and how many, serve a model."),
}
"""Module and one-line help per command: `--help` lists them without loading any. The module's command is called `command`."""


class _Commands(click.Group):
    """A group whose commands load on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS and ctx.resilient_parsing:  # while a shell completes
            return None
        if cmd_name not in _COMMANDS:
            raise click.UsageError(f"there is no command {cmd_name!r}; {did_you_mean(cmd_name, _COMMANDS)}", ctx)
        command = import_module(_COMMANDS[cmd_name][0]).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{_COMMANDS[cmd_name][0]}.command is not a click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][1]) for name in sorted(_COMMANDS)])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="constructs-dra")
def main() -> None:
    """LLM serving on Kubernetes with Dynamic Resource Allocation: check, plan, migrate."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that is not UTF-8 shows what it can
