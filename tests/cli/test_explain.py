"""`constructs-dra explain PATH`, and the formats of commands that list facts."""

import json

import pytest
from click.testing import CliRunner, Result

from constructs_dra.cli import main


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_a_field_is_explained_for_people() -> None:
    shown = run("explain", "Deployment.spec.strategy")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("Deployment.spec.strategy: a mapping\napps/v1 Deployment, Kubernetes 1.36\n")
    assert "  type: a string\n" in shown.stdout
    assert "      values: RollingUpdate, Recreate\n" in shown.stdout


@pytest.mark.parametrize("form", [["--json"], ["--format", "json"]])
def test_and_for_machines(form: list[str]) -> None:
    found = json.loads(run("explain", "resourceclaims.spec.devices.requests.exactly", "--kubernetes", "1.35", *form).stdout)
    assert found["kind"] == "ResourceClaim"
    assert next(child for child in found["fields"] if child["name"] == "tolerations")["gates"] == ["DRADeviceTaints (alpha, off)"]


def test_everything_below_a_field_is_listed() -> None:
    shown = run("explain", "DeviceClass.spec", "--recursive").stdout
    assert "  selectors: a list of mappings\n    cel: a mapping\n      expression: a string, required\n" in shown


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["Deploymnt.spec"], "did you mean 'Deployment'?"),
        (["deploymnt"], "did you mean 'Deployment'?"),
        (["kv-transfr"], "did you mean 'kv-transfer'?"),
        (["Deployment.spec.replicaz"], "did you mean 'replicas'?"),
        (["tolerations"], "did you mean 'Pod.spec.tolerations',"),
        (["toleration"], "did you mean 'Pod.spec.tolerations',"),
        (["spec.tolerations"], "did you mean 'Pod.spec.tolerations'"),
        (["Pod.tolerations"], "did you mean 'Pod.spec.tolerations'?"),
        (["replicaz"], ".spec.replicas'"),
        (["matchattribute"], "did you mean 'ResourceClaim.spec.devices.constraints.matchAttribute' or"),
        (["nothing-like-it"], "a path begins with a kind, e.g. Pod.spec"),
        (["Deployment", "--api-version", "apps/v3"], "it is in apps/v1"),
        (["Deployment", "--kubernetes", "1.2"], "1.2"),
        (["kv-transfer", "--recursive"], "go with the path of a field"),
    ],
)
def test_what_is_not_there_is_refused_with_the_nearest(words: list[str], says: str) -> None:
    shown = run("explain", *words)
    assert shown.exit_code == 2
    assert says in " ".join(shown.stderr.split())


@pytest.mark.parametrize("words", [["drivers", "gpu.intel.com"], ["size", "Qwen/Qwen3-8B", "--device", "H100"], ["explain", "kv-transfer"]])
def test_commands_that_list_facts_have_the_format_too(words: list[str]) -> None:
    made = run(*words, "--format", "json")
    assert made.exit_code == 0
    assert json.loads(made.stdout) == json.loads(run(*words, "--json").stdout)
    assert run(*words, "--format", "text").stdout == run(*words).stdout
    assert run(*words, "--format", "sarif").exit_code == 2
    assert run(*words, "--json", "--format", "text").exit_code == 2


def completed(text: str) -> str:
    """What bash is offered for a word behind `explain`."""
    words = {"_MAIN_COMPLETE": "bash_complete", "COMP_WORDS": f"main explain {text}", "COMP_CWORD": "2"}
    return CliRunner().invoke(main, env=words, prog_name="main").output


def test_a_shell_completes_rules_kinds_and_fields() -> None:
    assert "plain,kv-transfer" in completed("kv-tr")
    assert "plain,DeviceClass" in completed("DeviceC")
    assert "plain,DeviceClass.spec" in completed("DeviceClass.s")
    assert completed("Nothing.s").strip() == ""
