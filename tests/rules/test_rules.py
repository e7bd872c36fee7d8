"""The one table of rules: complete, explained, and what everything that takes a rule's name reads."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from constructs_dra.cli import main
from constructs_dra.errors import Problem, Problems
from constructs_dra.rules import SUBJECTS, Rule, is_stricter, is_suppressible, rule, rules, unknown_rule
from tools import write_rules

ROOT = Path(__file__).resolve().parents[2]
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, annotations: {}}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      serviceAccountName: server
      containers:
      - {name: a, image: "b:1", env: [{name: A, value: "1"}, {name: A, value: "2"}]}
"""


def run(*words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, words, input=stdin)


def named_in_the_source() -> Iterator[tuple[str, str]]:
    """Every literal name of a rule that the source gives a problem, with its place; the attributes of drivers have another `rule`."""
    for source in sorted((ROOT / "constructs_dra").rglob("*.py")):
        if source.is_relative_to(ROOT / "constructs_dra" / "drivers") and source.name != "fields.py":
            continue
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for keyword in node.keywords:
                    if keyword.arg == "rule":
                        constants = (each.value for each in ast.walk(keyword.value) if isinstance(each, ast.Constant))
                        yield from (
                            (text, f"{source.name}:{node.lineno}") for text in constants if isinstance(text, str) and text and " " not in text
                        )


def test_every_rule_that_the_source_names_is_in_the_table() -> None:
    found = list(named_in_the_source())
    assert len(found) > 200
    assert [(name, place) for name, place in found if name not in rules() and name != "is"] == []


@pytest.mark.parametrize("each", rules().values(), ids=lambda each: each.name)
def test_a_rule_says_what_it_reports_and_why_that_matters(each: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", each.name)
    assert each.summary
    assert not each.summary.endswith(".")
    assert each.why.endswith(".")
    assert each.subject in SUBJECTS
    assert each.suppressible or not each.stricter, "what the API server takes, a reason can suppress"


def test_the_severity_of_a_problem_is_the_rules_unless_it_says_otherwise() -> None:
    found = Problems()
    found.add("a", "b", rule="rolling-update")
    found.add("a", "b", rule="required")
    found.add("a", "b", rule="rolling-update", severity="error")
    assert [problem.severity for problem in found] == ["warning", "error", "error"]
    assert Problem("a", "b", rule="rolling-update").severity == "warning"
    assert Problem("a", "b").severity == "error"


def test_names_that_are_no_rule_are_neither_stricter_nor_suppressible() -> None:
    assert not is_stricter("")
    assert not is_suppressible("no-such-rule")
    assert unknown_rule("flag-twise") == "did you mean 'flag-twice'?"
    with pytest.raises(KeyError):
        rule("flag-twise")


def test_two_rules_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constructs_dra.rules.SUBJECTS", ("cel", "cel"))
    rules.cache_clear()
    try:
        with pytest.raises(RuntimeError, match="two rules are named"):
            rules()
    finally:
        rules.cache_clear()


def test_the_tables_of_the_documentation_are_current() -> None:
    pages = write_rules.pages()
    assert [page.name for page in pages] == ["devices.md", "rules.md", "stricter.md"]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert write_rules.written(text) == text, f"{page.name}: run python tools/write_rules.py"
    listed = set(re.findall(r"^\| `([a-z0-9-]+)`", (ROOT / "docs" / "rules.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == set(rules())


@pytest.mark.parametrize("name", sorted(rules()))
def test_every_rule_is_explained(name: str) -> None:
    result = run("explain", name)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{name}: {rule(name).severity}\n")
    assert ("--accept" in result.stdout) is rule(name).suppressible


def test_explain_lists_all_rules_and_finds_the_nearest() -> None:
    listed = run("explain").stdout
    assert all(f"  {name} " in listed for name in rules())
    wrong = run("explain", "strict-gard")
    assert (wrong.exit_code, "did you mean 'strict-guard'?" in wrong.stderr) == (2, True)
    assert '"name": "strict-guard"' in run("explain", "strict-guard", "--json").stdout


COMMANDS = {
    "check": ["check", "-"],
    "plan": ["plan", "-", "-i", "-"],
    "render": ["helm", "render", "-"],
    "migrate": ["helm", "migrate", "-"],
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("flag-twise=x", "did you mean 'flag-twice'?"),
        ("required=x", "the rule 'required' cannot be suppressed: the API server refuses the object"),
        ("=x", "there is no rule ''"),
    ],
)
def test_every_command_refuses_to_suppress_what_nobody_can(command: list[str], name: str, answer: str) -> None:
    result = run(*command, "--accept", name)
    assert result.exit_code == 2
    assert answer in " ".join(result.stderr.split())


def test_a_rule_is_shown_and_suppressed_with_its_reason() -> None:
    shown = run("check", "-", "--complete", stdin=DEPLOYMENT)
    assert shown.exit_code == 1
    assert "there is no ServiceAccount 'server' here [reference]\n" in shown.stderr
    quiet = run("check", "-", "--complete", "--accept", "reference=the platform makes it", stdin=DEPLOYMENT)
    assert quiet.exit_code == 0
    assert "[reference];\n  accepted: the platform makes it" in quiet.stderr


def test_an_annotation_suppresses_what_objects_say_about_each_other_too() -> None:
    annotated = DEPLOYMENT.replace("annotations: {}", "annotations: {constructs-dra/accept-reference: the platform makes it}")
    result = run("check", "-", "--complete", stdin=annotated)
    assert (result.exit_code, "accepted: the platform makes it" in result.stderr) == (0, True)


def test_a_program_without_problems_does_not_load_the_table() -> None:
    program = (
        "import sys\nfrom constructs_dra import Claim, Gaudi\nClaim('a', Gaudi(count=1)).manifest()\n"
        "print([name for name in sys.modules if name.startswith('constructs_dra.rules.') and name != 'constructs_dra.rules.rule'])"
    )
    assert subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout == "[]\n"
