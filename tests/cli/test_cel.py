"""`constructs-dra cel`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.cli.cel import command

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(f"{name}: &{name} [{', '.join([f'*{chr(ord(name) - 1)}'] * 9)}]\n" for name in "bcdefghi")
FAMILY = 'device.attributes["gpu.intel.com"].family == "Data Center Flex"'
SLICE = """
apiVersion: resource.k8s.io/v1
kind: ResourceSlice
spec:
  driver: gpu.intel.com
  devices:
  - name: flex
    attributes: {family: {string: Data Center Flex}}
  - name: arc
    attributes: {family: {string: Arc A-Series}}
  - name: bare
    attributes: {model: {string: B60}}
"""


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(command, list(arguments), input=stdin)


def test_a_good_selector_shows_its_cost_and_what_it_reads() -> None:
    result = run(FAMILY, "--driver", "gpu.intel.com")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["ok: costs at most 6 of 1000000", "reads attribute gpu.intel.com/family"]


def test_a_mistake_is_shown_with_its_place_and_hint() -> None:
    result = run('device.attributes["gaudi.intel.com"].model == "gaudi2"', "--driver", "gaudi.intel.com")
    assert result.exit_code == 1
    assert "did you mean 'Gaudi2'" in result.stderr
    assert "^" in result.stderr


def test_each_device_of_a_slice_is_evaluated() -> None:
    result = run(FAMILY, "--device", "-", stdin=SLICE)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-3:] == ["flex: match", "arc: no match", "bare: error: no such key: family"]


def test_one_device_is_evaluated_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "device.json"
    file.write_text(json.dumps({"driver": "gpu.intel.com", "attributes": {"family": {"string": "Data Center Flex"}}}), encoding="utf-8")
    result = run(FAMILY, "--device", str(file), "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["devices"] == [{"device": "device", "result": "match"}]
    assert found["cost"] == 6


def test_gates_are_named() -> None:
    result = run('device.attributes["d"].names.includes("a")', "--kubernetes", "1.36")
    assert "needs feature gate DRAListTypeAttributes" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "stdin", "complaint"),
    [
        (["true", "--device", "/no/such/file"], None, "No such file"),
        (["true", "--device", "-"], "{a: [", "is not YAML"),
        (["true", "--device", "-"], b"\xf3\x28", "UTF-8"),
        (["true", "--device", "-"], "", "holds no object"),
        (["true", "--device", "-"], "[ " * 50_000, "nest"),
        (
            ["true", "--device", "-"],
            "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(f"{c}: &{c} [{', '.join([f'*{chr(ord(c) - 1)}'] * 9)}]\n" for c in "bcdefghi"),
            "alias",
        ),
        (["true", "--device", "-"], "attributes: {x: {int: .nan}}", "nan"),
        (["true", "--device", "-"], "kind: List\nitems: {a: 1}", "must be a list"),
        (["true", "--device", "-"], "- 1", "a device is a mapping"),
        (["true", "--device", "-"], "kind: Pod", "holds a Pod"),
        (["true", "--device", "-"], "kind: ResourceSlice", "no spec"),
        (["true", "--device", "-"], "attributes: [1]", "must map names to values"),
        (["true", "--device", "-"], "attributes: {x: {int: 1}}", "which driver"),
        (["true", "--driver", "gpu.intl.com"], None, "did you mean 'gpu.intel.com'"),
        (["true", "--kubernetes", "1.2.3.4"], None, "not a Kubernetes version"),
    ],
)
def test_wrong_usage_says_what_is_wrong(arguments: list[str], stdin: str | bytes | None, complaint: str) -> None:
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 2
    assert complaint in result.stderr


@given(st.one_of(st.text(max_size=80), st.binary(max_size=80)))
@settings(max_examples=100, deadline=None)
def test_no_device_file_gives_a_traceback(content: str | bytes) -> None:
    result = run(
        "true", "--device", "-", "--driver", "gpu.intel.com", stdin=content.encode(errors="replace") if isinstance(content, str) else content
    )
    assert result.exit_code in {0, 1, 2}
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_the_status_says_whether_a_device_matches() -> None:
    assert run(FAMILY, "--device", "-", stdin="{driver: gpu.intel.com, attributes: {family: {string: Arc A-Series}}}").exit_code == 1
    assert run(FAMILY, "--device", "-", stdin="{driver: gpu.intel.com, attributes: {family: {string: Data Center Flex}}}").exit_code == 0


@pytest.mark.parametrize("value", ["{int: 9223372036854775808}", "{ints: [a]}", "{versions: [1]}", "{bools: [1, true]}", "{string: 1}", "{}", "7"])
def test_a_value_no_slice_could_hold_is_an_error(value: str) -> None:
    result = run("true", "--device", "-", stdin=f"driver: d\nattributes: {{x: {value}}}")
    assert result.exit_code == 1
    assert "attribute x" in result.stdout


def test_a_gate_that_is_off_is_an_error() -> None:
    expression = 'device.attributes["d"].x.all(v, v == 1)'
    assert run(expression, "--kubernetes", "1.34").exit_code == 1
    off = run(expression, "--kubernetes", "1.36")
    assert off.exit_code == 1
    assert "DRAListTypeAttributes" in off.stderr
    assert run(expression, "--kubernetes", "1.36", "--feature-gates", "DRAListTypeAttributes=true").exit_code == 0


def test_functions_depend_on_the_version() -> None:
    assert "comes with Kubernetes 1.35" in run("[1].reverse() == [1]", "--kubernetes", "1.34").stderr
    assert run("[1].reverse() == [1]", "--kubernetes", "1.35").exit_code == 0
