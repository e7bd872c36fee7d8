"""One implementation of formats and colours for every command that reports, and the help a shell gets."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra.cli import main
from constructs_dra.cli.github import annotation
from constructs_dra.cli.output import FORMATS
from constructs_dra.cli.sarif import sarif_log
from constructs_dra.errors import Problem
from constructs_dra.rules import rules

_ROOT = Path(__file__).resolve().parents[2]
WRONG = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: x}\n"
RIGHT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n"


def run(*arguments: str | Path, stdin: str = "", **environment: str) -> Result:
    ended = CliRunner().invoke(main, list(map(str, arguments)), input=stdin, env=environment, color=True)
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return ended


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    file = tmp_path / "wrong.yaml"
    file.write_text(WRONG)
    return file


def test_every_command_that_reports_has_the_same_formats(wrong: Path) -> None:
    file = str(wrong)
    commands = [
        ["check", file],
        ["diff", file, file],
        ["kubeadm", file],
        ["needs", file],
        ["plan", file, "-i", file],
        ["helm", "render", file],
        ["helm", "migrate", file],
    ]
    for command in [*commands, ["cel", "true"]]:
        for name in FORMATS:
            ended = run(*command, "--format", name)
            assert ended.exit_code in {0, 1}, (command, name, ended.output)
            if name in {"json", "sarif"}:
                json.loads(ended.stdout)
        assert run(*command, "--format", "xml").exit_code == 2


def test_json_is_the_older_name_of_format_json(wrong: Path) -> None:
    assert run("check", wrong, "--json").stdout == run("check", wrong, "--format", "json").stdout
    assert run("check", wrong, "--json", "--format", "sarif").exit_code == 2
    assert run("check", wrong, "--json", "--format", "json").exit_code == 1


def test_github_shows_findings_at_their_lines(wrong: Path) -> None:
    ended = run("check", wrong, "--format", "github")
    lines = [line for line in ended.stdout.splitlines() if line.startswith("::")]
    assert ended.stderr == ""
    assert any(line.startswith(f"::error file={wrong},line=4,col=8,title=wrong-type::spec.replicas: ") for line in lines)
    assert "error" in ended.stdout.splitlines()[-1]  # the summary stands last


@given(st.text(), st.text(), st.text())
def test_an_annotation_is_one_line_that_says_what_the_problem_says(source: str, message: str, hint: str) -> None:
    line = annotation("error", Problem("", message, hint, source=source), title="r")
    assert "\n" not in line
    assert "\r" not in line
    head, _, _ = line.removeprefix("::error").partition("::")
    assert len([part for part in head.split(",") if part.strip()]) == 1 + bool(source not in {"", "-"})
    assert re.fullmatch(r"::error (file=[^,:]*,)?title=r::.*", line, re.DOTALL)


def test_sarif_holds_findings_with_their_rules(wrong: Path) -> None:
    ended = run("check", wrong, "--format", "sarif")
    log = json.loads(ended.stdout)
    (made,) = log["runs"]
    assert (ended.exit_code, log["version"]) == (1, "2.1.0")
    assert len(made["results"]) == 3
    for result in made["results"]:
        rule = made["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["shortDescription"]["text"] == rules()[rule["id"]].summary
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 4
    assert "1 object" in ended.stderr


def test_a_relative_file_stays_relative_in_sarif() -> None:
    log = sarif_log([("warning", Problem("a.b", "wrong", "mend it", source="folder/a b.yaml", line=2))])
    (result,) = log["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "folder/a%20b.yaml"}, "region": {"startLine": 2}}
    assert (result["level"], result["message"]["text"]) == ("warning", "wrong\nmend it")
    assert sarif_log([("note", Problem("", "said"))])["runs"][0]["results"] == [{"level": "note", "message": {"text": "said"}}]


def test_a_change_that_restarts_pods_is_a_notice(tmp_path: Path) -> None:
    pod = "{metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: 'i:%s'}]}}"
    for number in (1, 2):
        deployment = (
            f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\nspec: {{selector: {{matchLabels: {{a: b}}}}, template: {pod % number}}}\n"
        )
        (tmp_path / f"{number}.yaml").write_text(deployment)
    arguments = ["diff", str(tmp_path / "1.yaml"), str(tmp_path / "2.yaml"), "--format"]
    assert "::notice title=restart::Deployment/default/a: " in run(*arguments, "github").stdout
    results = json.loads(run(*arguments, "sarif").stdout)["runs"][0]["results"]
    assert [result["level"] for result in results] == ["note"]
    assert "notice" not in run(*arguments, "text").output


def test_wrong_usage_writes_no_log() -> None:
    assert run("check", "--format", "sarif", "--accept", "nothing", "x").stdout == ""


@pytest.mark.parametrize(
    ("color", "variable", "coloured"), [("always", "", True), ("always", "1", True), ("never", "", False), ("auto", "1", False), ("auto", "", True)]
)
def test_colours_are_the_users_choice(color: str, variable: str, coloured: bool, wrong: Path) -> None:
    ended = run("check", wrong, "--color", color, NO_COLOR=variable)
    assert ("\x1b[31m" in ended.stderr) is coloured


def test_where_nobody_watches_there_are_no_colours(wrong: Path) -> None:
    ended = subprocess.run([sys.executable, "-m", "constructs_dra", "check", wrong], cwd=_ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "\x1b" not in ended.stderr
    assert ended.stderr.startswith(f"error: {wrong}:4:8: ")


def test_unknown_commands_and_drivers_get_the_nearest_name() -> None:
    assert "there is no command 'chek'; did you mean 'check'?" in run("chek").stderr
    assert "did you mean 'tpu.google.com'" in run("drivers", "tpu").stderr
    assert "did you mean 'gpu.intel.com'" in run("drivers", "gpu.intl.com").stderr


def test_standard_input_is_read_wherever_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "right.yaml").write_text(RIGHT)
    assert run("check", "-", stdin=RIGHT).exit_code == 0
    assert run("diff", "-", tmp_path / "right.yaml", stdin=RIGHT).exit_code == 0
    assert run("kubeadm", "-", stdin=RIGHT).exit_code == 0
    assert run("cel", "true", "--device", "-", stdin='{"driver": "a.example.com", "name": "d"}').exit_code == 0
    inventory = "apiVersion: v1\nkind: Node\nmetadata: {name: node}\n"
    (tmp_path / "pod.yaml").write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: i}]}\n")
    assert "node" in run("plan", tmp_path / "pod.yaml", "-i", "-", stdin=inventory).stdout
    assert run("plan", "-", "-i", "-", stdin=inventory).exit_code == 2
    definition = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n"
    assert "holds no CustomResourceDefinition" in run("check", tmp_path / "right.yaml", "--crds", "-", stdin=definition).stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_get_their_completion(shell: str) -> None:
    ended = run("completion", shell)
    assert ended.exit_code == 0
    assert f"_CONSTRUCTS_DRA_COMPLETE={shell}_complete" in ended.stdout


def complete(words: str, current: str) -> list[str]:
    """What bash is offered behind some words."""
    line = f"constructs-dra {words} {current}".split(" ")
    environment = os.environ | {"_CONSTRUCTS_DRA_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(line), "COMP_CWORD": str(len(line) - 1)}
    program = "from constructs_dra.cli import main; main(prog_name='constructs-dra')"
    ended = subprocess.run([sys.executable, "-c", program], cwd=_ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    return ended.stdout.split()


@pytest.mark.parametrize(
    ("words", "current", "offered"),
    [
        ("explain", "kv-tr", "plain,kv-transfer"),
        ("drivers", "gaudi.i", "plain,gaudi.intel.com"),
        ("cel true --driver", "gpu.nv", "plain,gpu.nvidia.com"),
        ("check --accept", "image-t", "plain,image-tag"),
        ("check", "/tm", "file,/tm"),
    ],
)
def test_rules_drivers_and_files_complete(words: str, current: str, offered: str) -> None:
    assert offered in complete(words, current)


def test_what_nobody_can_suppress_is_not_offered_for_it() -> None:
    assert complete("check --accept", "cel-synt") == []
