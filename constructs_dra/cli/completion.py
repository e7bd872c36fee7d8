"""Completion in shells: the command that prints what a shell has to read, and what options and arguments complete to."""

from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem, get_completion_class

from constructs_dra.rules import rules

__all__ = ["command", "complete_driver", "complete_file", "complete_suppressible", "completions"]

_PROGRAM = "constructs-dra"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print what makes SHELL complete commands, options, drivers, rules and files.

    \b
      bash   constructs-dra completion bash > ~/.local/share/bash-completion/completions/constructs-dra
      zsh    constructs-dra completion zsh > ~/.zfunc/_constructs-dra     with ~/.zfunc in fpath
      fish   constructs-dra completion fish > ~/.config/fish/completions/constructs-dra.fish
    """  # noqa: D301  (\b is click's mark for lines that stay as they are)
    from constructs_dra.cli import main  # noqa: PLC0415  (main loads this module)

    made = get_completion_class(shell)
    if made is None:
        raise RuntimeError(f"click does not know {shell}")
    source = made(main, {}, _PROGRAM, f"_{_PROGRAM.replace('-', '_').upper()}_COMPLETE").source()
    # a file in zsh's fpath is a function that is loaded once, and click's asks whether it is being loaded: the second completion would do nothing
    click.echo(source.replace("== loadautofunc ", "== (loadautofunc|shfunc) "))


def complete_file(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files and folders, as the shell finds them."""
    return [CompletionItem(incomplete, type="file")]


def complete_driver(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Drivers of the catalogue by name and short name."""
    from constructs_dra.catalogue.registry import all_drivers  # noqa: PLC0415  (5 ms that only completion needs where this module is loaded)

    return completions(incomplete, ((name, each.kind) for each in all_drivers() for name in (each.name, each.id)))


def complete_suppressible(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Rules that can be suppressed."""
    return completions(incomplete, ((each.name, each.summary) for each in rules().values() if each.suppressible))


def completions(incomplete: str, items: Iterable[tuple[str, str]]) -> list[CompletionItem]:
    """Those of the names, each with its help, that begin so."""
    return [CompletionItem(name, help=words) for name, words in items if name.startswith(incomplete)]
