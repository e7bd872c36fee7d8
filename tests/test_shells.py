"""Completion in shells, as each of them asks for it: an interactive shell is typed at, as a person does."""

import contextlib
import os
import pty
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[1]
_PROGRAM = "constructs-dra"

Typed = Callable[[str], str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which each shell finds the program, and its completion where the help of the command says it belongs."""
    program = tmp_path / "bin" / _PROGRAM
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nfrom constructs_dra.cli import main\nmain()\n")
    program.chmod(0o755)
    for name in ("ZDOTDIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "BASH_ENV", "ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(_ROOT))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "manifests of ours.yaml").write_text("")
    return tmp_path


def installed(shell: str) -> str:
    """The shell, with its completion in place."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} here")
    usage = subprocess.run([_PROGRAM, "completion", "--help"], capture_output=True, text=True, check=True).stdout
    (command,) = (line.split(None, 1)[1] for line in usage.splitlines() if line.split()[:1] == [shell])
    place = Path.home() / command.partition("> ~/")[2].split("  ")[0]
    place.parent.mkdir(parents=True)
    subprocess.run(["sh", "-c", command.partition("   ")[0]], check=True)
    assert place.stat().st_size > 100
    return program


def typed_at(command: list[str], setup: str, folder: Path) -> Iterator[Typed]:
    """Start an interactive shell; what is typed gets a tabulator behind it, and the answer is what then stands on the command line."""
    outer, inner = pty.openpty()
    shell = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, start_new_session=True, cwd=folder)
    os.close(inner)
    os.set_blocking(outer, False)
    said: list[bytes] = []

    def wait_for(file: Path) -> str:
        for _ in range(600):
            with contextlib.suppress(BlockingIOError, OSError):
                said.append(os.read(outer, 65536))
            if file.exists() and (text := file.read_text()).endswith("\n"):
                file.unlink()
                return text.rstrip("\n")
            time.sleep(0.05)
        raise AssertionError(f"{command[0]} does not answer: {b''.join(said).decode(errors='replace')}")

    def typed(line: str) -> str:
        os.write(outer, f"{line}\t\x18".encode())
        answer = wait_for(folder / "line")
        os.write(outer, b"\x15")  # the line is emptied
        return answer

    try:
        os.write(outer, f"{setup}\necho > ready\n".encode())
        wait_for(folder / "ready")
        yield typed
    finally:
        shell.kill()
        shell.wait()
        os.close(outer)


@pytest.fixture
def bash(home: Path) -> Iterator[Typed]:
    shell = installed("bash")
    place = next((home / ".local" / "share" / "bash-completion" / "completions").iterdir())
    setup = f"""source {place}; bind -x '"\\C-x": echo "$READLINE_LINE" > line'"""  # the package bash-completion would read it from there
    yield from typed_at([shell, "--norc", "--noprofile", "-i"], setup, home)


@pytest.fixture
def zsh(home: Path) -> Iterator[Typed]:
    shell = installed("zsh")
    setup = "fpath=(~/.zfunc $fpath); autoload -U compinit; compinit -u -D; noted() { print -r -- $BUFFER > line }; zle -N noted; bindkey '^X' noted"
    yield from typed_at([shell, "-f", "-i"], setup, home)


@pytest.fixture
def fish() -> Typed:
    shell = installed("fish")

    def typed(line: str) -> str:
        """fish says itself what it would offer; a single offer is what it writes."""
        asked = subprocess.run([shell, "-c", f"complete --do-complete '{line}'"], capture_output=True, text=True, check=True)
        (offered,) = (each.partition("\t")[0] for each in asked.stdout.splitlines())
        return f"{line.rpartition(' ')[0]} {offered}"

    return typed


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_drivers_rules_fields_and_files(shell: str, request: pytest.FixtureRequest) -> None:
    typed: Typed = request.getfixturevalue(shell)
    for line, whole in (
        ("constructs-dra ch", "constructs-dra check"),
        ("constructs-dra drivers gaudi.i", "constructs-dra drivers gaudi.intel.com"),
        ("constructs-dra explain kv-tr", "constructs-dra explain kv-transfer"),
        ("constructs-dra explain Deployment.spec.str", "constructs-dra explain Deployment.spec.strategy"),
        ("constructs-dra check --accept strict-g", "constructs-dra check --accept strict-guard"),
        ("constructs-dra completion z", "constructs-dra completion zsh"),
    ):
        assert typed(line).rstrip() == whole
    assert typed("constructs-dra check manif").replace("\\", "").rstrip() == "constructs-dra check manifests of ours.yaml"
