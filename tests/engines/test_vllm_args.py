"""Options of vLLM by name become the arguments that its parser reads back."""

import ast
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.engines import VllmArgs, vllm_args
from constructs_dra.engines.catalogue import dialect
from constructs_dra.engines.reader import read
from constructs_dra.engines.versions import versions
from constructs_dra.errors import SpecError
from constructs_dra.serving.container import Container


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"max_model_len": 32_768}, ["--max-model-len=32768"]),
        ({"max_model_len": "32k"}, ["--max-model-len=32k"]),
        ({"gpu_memory_utilization": 0.9}, ["--gpu-memory-utilization=0.9"]),
        ({"enforce_eager": True, "enable_prefix_caching": False}, ["--enforce-eager", "--no-enable-prefix-caching"]),
        ({"kv_transfer_config": {"kv_connector": "NixlConnector"}}, ['--kv-transfer-config={"kv_connector":"NixlConnector"}']),
        ({"served_model_name": ["a", "b"], "port": 1}, ["--served-model-name", "a", "b", "--port=1"]),
        ({"seed": None}, []),
    ],
)
def test_arguments(fields: dict[str, Any], expected: list[str]) -> None:
    assert list(VllmArgs(**fields).arguments) == expected


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"max_model_length": 1}, "is not an option of vLLM;\n  did you mean 'max_model_len'?"),
        ({"enforce_eager": "yes"}, "must be a boolean, not 'yes'"),
        ({"tensor_parallel_size": "two"}, "must be a whole number, not 'two'"),
        ({"tensor_parallel_size": True}, "must be a whole number, not True"),
        ({"kv_transfer_config": {"a": object()}}, "cannot be written as JSON"),
        ({"port": [1]}, "must be a whole number"),
    ],
)
def test_wrong_options_are_named(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError) as caught:
        VllmArgs(**fields)
    assert message in str(caught.value)
    assert str(caught.value).startswith("VllmArgs: ")


_VALUES = {"tensor_parallel_size": st.integers(1, 64), "max_model_len": st.integers(1, 10**6), "gpu_memory_utilization": st.floats(0.1, 1.0)}


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {}, optional={**_VALUES, "enforce_eager": st.just(True), "served_model_name": st.lists(st.just("x"), min_size=1, max_size=3)}
    )
)
def test_the_parser_reads_back_what_was_given(fields: dict[str, Any]) -> None:
    made = VllmArgs(**fields)
    reading = read(["m", *made.arguments], dialect(versions()[-1]))
    assert reading.faults == ()
    assert reading.values == fields
    assert made == VllmArgs(**fields)


def test_the_stub_types_every_option_and_no_other() -> None:
    stub = ast.parse(Path(vllm_args.__file__).with_name("vllm_fields.pyi").read_text(encoding="utf-8"))
    typed = {node.target.id for node in ast.walk(stub) if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)}
    known = {flag.dest for version in versions() for flag in dialect(version).options.values()}
    known |= {flag.dest for flag in dialect("0.9.0", "api_server").options.values()}
    assert typed == known - vllm_args.NO_FIELDS


def test_a_container_takes_them_before_its_arguments() -> None:
    made = Container.vllm("own/vllm:1", VllmArgs(seed=1), vllm="0.26.0", args=["--port=1"])
    assert (list(made.args), made.engine_version) == (["--seed=1", "--port=1"], "0.26.0")
    with pytest.raises(SpecError, match="must be VllmArgs"):
        Container.vllm("own/vllm:1", ["--seed=1"])  # type: ignore[arg-type]
