"""The command line as a whole; each command has tests of its own beside it."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from constructs_dra import __version__
from constructs_dra.cli import _COMMANDS, main


def test_help_lists_every_command_without_loading_one() -> None:
    program = "import sys; sys.argv = ['constructs-dra', '--help']\nfrom constructs_dra.cli import main\ntry: main()\nfinally: print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    for name in _COMMANDS:
        assert f"  {name} " in ended.stdout
        assert f"constructs_dra.cli.{name}" not in ended.stdout
    assert "cdk8s" not in ended.stdout.split()


def test_the_version_is_the_packages() -> None:
    assert CliRunner().invoke(main, ["--version"]).output == f"constructs-dra, version {__version__}\n"


@pytest.mark.parametrize("arguments", [["nothing"], ["--nothing"], []])
def test_wrong_usage_is_exit_status_2(arguments: list[str]) -> None:
    ended = CliRunner().invoke(main, arguments)
    assert ended.exit_code == 2
    assert "Traceback" not in ended.output


@pytest.mark.parametrize("name", sorted(_COMMANDS))
def test_every_command_loads_explains_itself_and_speaks_json(name: str) -> None:
    ended = CliRunner().invoke(main, [name, "--help"])
    assert ended.exit_code == 0
    assert ended.output.startswith(f"Usage: main {name}")
    if name not in {"completion", "helm", "kubeadm"}:
        assert "--json" in ended.output


def test_the_installed_program_is_the_same() -> None:
    program = Path(sys.executable).parent / "constructs-dra"
    if not program.exists():
        pytest.skip("the package is not installed here, only importable")
    ended = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert __version__ in ended.stdout
