"""What other people wrote is shown as text, whatever it holds, and no file of theirs keeps a command waiting."""

import os
import subprocess
import sys
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra.cli import main
from constructs_dra.cli.output import show
from constructs_dra.errors import Problem


def check(*arguments: str | Path, stdin: bytes | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["check", *map(str, arguments)], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


NAMES = [r"\x1b[31mred", r"a\nerror: forged.yaml:1: all is lost", r"\rerror: x", r"a\u2028b", r"\u202eabc", r"\x9b2J"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "place", ["kind: K", "apiVersion: v1\nkind: Pod\nmetadata: {name: K}", "apiVersion: v1\nkind: Pod\nmetadata: {labels: {K: a}}"]
)
def test_names_cannot_move_the_cursor_or_forge_a_line(name: str, place: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: v1\n" + place.replace("K", f'"{name}"') + "\n")
    _, output = check(tmp_path)
    assert not any(ord(letter) < 32 and letter != "\n" for letter in output)
    assert not {"\x9b", "\u2028", "\u202e"} & set(output)
    assert not any(line.startswith("error: forged") for line in output.splitlines())


@given(st.text(), st.text(), st.text())
def test_no_text_of_others_has_a_line_of_its_own(source: str, message: str, hint: str) -> None:
    with redirect_stderr(StringIO()) as shown:
        show([Problem("", message, hint, source=source)])
    _, *rest = shown.getvalue().removesuffix("\n").split("\n")
    assert all(line.startswith("  ") or not line for line in rest)


def test_pipes_and_devices_named_like_manifests_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n")
    code, output = check(tmp_path)
    assert code == 0
    assert output.count("is named like a manifest and is not a file") == 2


def test_an_endless_standard_input_ends() -> None:
    program = "import constructs_dra.yaml.documents as d; d.MAX_BYTES = 10_000\nfrom constructs_dra.cli import main; main(['check', '-'])"
    with Path("/dev/zero").open("rb") as endless:
        result = subprocess.run([sys.executable, "-c", program], stdin=endless, capture_output=True, timeout=120, check=False)
    assert result.returncode == 1
    assert b"Traceback" not in result.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_of_any_encoding_shows_what_it_can(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: é…✓}\n", encoding="utf-8")
    command = [sys.executable, "-c", "from constructs_dra.cli import main; main()", "check", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding}, timeout=120, check=False)
    assert (result.returncode, b"Traceback" in result.stderr) == (1, False)


@pytest.mark.parametrize("arguments", [["size", "m" * 300], ["init", "d" * 300], ["report", "-", "-o", f"{'f' * 300}.html"]])
def test_a_name_that_no_file_can_have_is_one_error(arguments: list[str]) -> None:
    ended = CliRunner().invoke(main, arguments, input="{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}")
    assert ended.exit_code in {1, 2}
    assert isinstance(ended.exception, SystemExit)
