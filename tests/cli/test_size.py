"""`constructs-dra size`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from constructs_dra.cli import main

SLICE = """\
apiVersion: resource.k8s.io/v1
kind: ResourceSlice
metadata: {name: s1}
spec:
  driver: gpu.nvidia.com
  nodeName: n1
  pool: {name: n1, generation: 1, resourceSliceCount: 1}
  devices:
  - {name: gpu-0, attributes: {productName: {string: NVIDIA H100 80GB HBM3}, type: {string: gpu}}, capacity: {memory: {value: 81559Mi}}}
  - {name: gpu-1, attributes: {productName: {string: NVIDIA H100 80GB HBM3}, type: {string: gpu}}, capacity: {memory: {value: 81559Mi}}}
  - {name: mig-0, attributes: {productName: {string: NVIDIA H100 80GB HBM3}, type: {string: mig}}, capacity: {memory: {value: 10Gi}}}
"""


def size(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["size", *arguments])


def test_a_table_of_what_serves_a_model() -> None:
    result = size("Qwen/Qwen3-32B", "-d", "H100", "-d", "gaudi3", "--length", "16384", "--concurrency", "100")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "Qwen/Qwen3-32B: one copy on the fewest devices that hold requests of 16384 tokens, 100 of them"
    assert lines[1].split() == ["DEVICE", "MEMORY", "DEVICES", "TENSOR", "PIPELINE", "EXPERTS", "WEIGHTS", "CACHE", "REQUESTS", "REPLICAS"]
    assert [line.split()[0] for line in lines[2:]] == ["H100", "Gaudi3"]


def test_json_and_a_version() -> None:
    old, new = (json.loads(size("Qwen/Qwen3-8B", "-d", "H100", "--json", "--vllm", version).stdout)["sizes"][0] for version in ("0.19.1", "0.20.0"))
    assert old["devices"] == new["devices"] == 1
    assert old["cacheBytes"] != new["cacheBytes"]


def test_the_devices_of_a_cluster(tmp_path: Path) -> None:
    file = tmp_path / "slices.yaml"
    file.write_text(SLICE)
    (found,) = json.loads(size("Qwen/Qwen3-32B", "-i", str(file), "--json").stdout)["sizes"]
    assert (found["device"], found["devices"], found["available"]) == ("H100", 2, 2)


def test_a_config_of_any_model(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"num_hidden_layers": 4, "hidden_size": 512, "num_attention_heads": 8, "vocab_size": 1000, "intermediate_size": 2048}))
    assert size(str(file), "-d", "L4").exit_code == 0
    file.write_text("{}")
    result = size(str(file))
    assert (result.exit_code, "is missing" in result.stderr, str(file) in result.stderr) == (1, True, True)


def test_nothing_fits() -> None:
    result = size("deepseek-ai/DeepSeek-R1", "-d", "T4")
    assert (result.exit_code, "fits none of the devices" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Qwen/Qwen3-33B"], "did you mean 'Qwen/Qwen3-32B'?"),
        (["Qwen/Qwen3-32B", "-d", "H1000x"], "is not a device that is known here"),
        (["Qwen/Qwen3-32B", "--vllm", "0.99"], "is not a version of vLLM that is known here"),
        (["Qwen/Qwen3-32B", "--length", "100000"], "takes at most 40960 tokens"),
        (["Qwen/Qwen3-32B", "--concurrency", "0"], "--concurrency"),
    ],
)
def test_wrong_usage_is_named(arguments: list[str], message: str) -> None:
    result = size(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
