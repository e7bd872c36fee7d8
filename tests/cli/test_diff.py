"""`diff --live`: what runs, asked through a kubectl; here one that answers from a file and writes down what it was asked."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from constructs_dra.cli import main

KUBECTL = """#!{python}
import json, sys
from pathlib import Path

here = Path(__file__).parent
arguments = sys.argv[1:]
with (here / "calls").open("a") as calls:
    calls.write(json.dumps(arguments) + "\\n")
if "config" in arguments:
    print("llm", end="")
    sys.exit()
asked = json.load(sys.stdin)["items"]
(here / "asked").write_text(json.dumps(asked))
if any(each["kind"] == "Unknown" for each in asked):
    sys.exit('error: resource mapping not found for kind "Unknown": ensure CRDs are installed first')
cluster = json.loads((here / "cluster").read_text())
key = lambda each: (each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"])
found = [each for each in cluster if key(each) in map(key, asked)]
if len(asked) == 1:
    print(json.dumps(found[0]) if found else "", end="")
else:
    print(json.dumps({{"apiVersion": "v1", "kind": "List", "items": found}}))
"""


def config(name: str, value: str, namespace: str = "") -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, **({"namespace": namespace} if namespace else {})},
        "data": {"a": value},
    }


@pytest.fixture
def kubectl(tmp_path: Path) -> Path:
    program = tmp_path / "kubectl"
    program.write_text(KUBECTL.format(python=sys.executable))
    program.chmod(0o755)
    (tmp_path / "cluster").write_text(json.dumps([config("one", "1", "llm"), config("two", "1", "llm")]))
    return program


def live(kubectl: Path, manifests: list[dict[str, Any]], *options: str) -> Result:
    (kubectl.parent / "new.yaml").write_text(yaml.safe_dump_all(manifests))
    return CliRunner().invoke(main, ["diff", "--live", "--kubectl", str(kubectl), str(kubectl.parent / "new.yaml"), *options])


def test_what_runs_is_compared_in_the_namespace_of_the_context(kubectl: Path) -> None:
    ended = live(kubectl, [config("one", "1"), config("two", "2"), config("three", "3")])
    assert ended.exit_code == 1
    changed, field, created = ended.stdout.splitlines()
    assert changed.startswith("~ ConfigMap/llm/two: changes in place")
    assert (field, created) == ("    data.a: '1' → '2'", "+ ConfigMap/llm/three: is created")


def test_nothing_but_names_is_sent_and_nothing_is_changed(kubectl: Path) -> None:
    live(kubectl, [config("one", "secret words"), config("two", "2")], "--context", "prod", "--namespace", "other")
    assert json.loads((kubectl.parent / "asked").read_text()) == [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "other"}} for name in ("one", "two")
    ]
    (call,) = map(json.loads, (kubectl.parent / "calls").read_text().splitlines())
    assert call == ["--context", "prod", "get", "--ignore-not-found", "--output", "json", "--filename", "-"]


def test_a_single_object_and_a_missing_one(kubectl: Path) -> None:
    assert live(kubectl, [config("one", "1", "llm")]).exit_code == 0
    assert live(kubectl, [config("none", "1", "llm")]).stdout == "+ ConfigMap/llm/none: is created\n"


def test_what_kubectl_says_is_an_error_of_its_own(kubectl: Path, tmp_path: Path) -> None:
    ended = live(kubectl, [{"apiVersion": "example.com/v1", "kind": "Unknown", "metadata": {"name": "x", "namespace": "llm"}}])
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "error: " in ended.stderr
    assert 'resource mapping not found for kind "Unknown"' in ended.stderr
    ended = live(kubectl, [config("one", "1")], "--kubectl", str(tmp_path / "nothing"))
    assert ended.exit_code == 2
    assert "cannot be found" in ended.stderr


def test_wrong_use_is_said(tmp_path: Path) -> None:
    file = str(tmp_path / "new.yaml")
    for arguments in (["--live", file, file], [file], [file, file, "--context", "prod"], ["-", "-"]):
        ended = CliRunner().invoke(main, ["diff", *arguments])
        assert ended.exit_code == 2, arguments
        assert "Usage:" in ended.stderr


@pytest.mark.parametrize("text", [None, "a: [1"])
def test_files_that_cannot_be_read_are_no_difference(tmp_path: Path, text: str | None) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(yaml.safe_dump(config("one", "1")))
    if text is not None:
        new.write_text(text)
    ended = CliRunner().invoke(main, ["diff", str(old), str(new)])
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert str(new) in ended.stderr
