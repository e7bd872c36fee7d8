"""What is known of models, and what their memory comes to."""

import json
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.engines.devices import DEVICES, compute_device
from constructs_dra.engines.fitting import fits, sizes, spreads
from constructs_dra.engines.footprint import GIB, Spread, kv_bytes_per_token, memory, weight_bytes
from constructs_dra.engines.models import ModelFacts, model_facts, model_names
from constructs_dra.errors import SpecError

CONFIG = {
    "architectures": ["Qwen3ForCausalLM"],
    "model_type": "qwen3",
    "num_hidden_layers": 64,
    "hidden_size": 5120,
    "intermediate_size": 25600,
    "num_attention_heads": 64,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "vocab_size": 151936,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
    "max_position_embeddings": 40960,
}


def test_a_config_gives_the_facts_of_the_catalogue() -> None:
    known = model_facts("Qwen/Qwen3-32B")
    assert known
    read = ModelFacts.from_config(CONFIG)
    for name in ("layers", "hidden", "heads", "kv_heads", "head_dim", "kv_elements", "full_layers", "max_position", "architecture"):
        assert getattr(read, name) == getattr(known, name), name
    assert sum(read.parts.values()) == pytest.approx(sum(known.parts.values()), rel=0.001)


def test_multimodal_and_moe_configs_are_read(tmp_path: Path) -> None:
    inner = {**CONFIG, "num_experts": 128, "moe_intermediate_size": 768, "num_experts_per_tok": 8, "sliding_window": 1024}
    inner["layer_types"] = ["full_attention", "sliding_attention"] * 32
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"architectures": ["X"], "text_config": inner, "quantization_config": {"quant_method": "fp8"}}))
    read = ModelFacts.from_config(file)
    assert (read.experts, read.full_layers, read.sliding_layers, read.method) == (128, 32, 32, "fp8")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON"),
        ("[1]", "must be a mapping"),
        ("{}", "num_hidden_layers: is missing: this is not the config.json of a language model"),
        (json.dumps({**CONFIG, "num_attention_heads": "64"}), "num_attention_heads: must be a whole number above 0, not '64'"),
        (json.dumps({**CONFIG, "vocab_size": 1.5}), "vocab_size: must be a whole number"),
    ],
)
def test_what_is_not_a_config_is_named_with_its_file(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "config.json"
    file.write_text(content)
    with pytest.raises(SpecError) as caught:
        ModelFacts.from_config(file)
    assert message in str(caught.value)
    assert str(file) in str(caught.value)
    with pytest.raises(SpecError, match="cannot be read"):
        ModelFacts.from_config(tmp_path / "absent.json")


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from([*CONFIG, "text_config", "layer_types", "quantization_config"]), st.one_of(st.integers(), st.text(), st.none()))
)
def test_no_config_ends_in_a_traceback(content: dict[str, object]) -> None:
    try:
        read = ModelFacts.from_config({**CONFIG, **content})
    except SpecError:
        return
    assert weight_bytes(read, Spread(tensor=2)) is not None


def test_models_are_found_by_path_and_by_the_name_of_a_quantised_copy() -> None:
    plain = model_facts("Qwen/Qwen3-32B")
    assert model_facts("/model-cache/models/Qwen/Qwen3-32B") == plain
    copy = model_facts("some/Qwen3-32B-AWQ")
    assert copy
    assert (copy.inferred, copy.method, copy.layers) == (True, "awq", 64)
    block = model_facts("Qwen/Qwen3-30B-A3B-Instruct-2507-FP8")
    assert block
    assert (block.inferred, block.block) == (True, (128, 128))
    outer = model_facts("mistralai/Mistral-Nemo-Instruct-2407")
    assert outer
    assert (outer.inferred, outer.kv_elements) == (True, 2048)
    assert model_facts("nobody/knows-this") is None
    assert all(model_facts(name) for name in model_names())


def test_weights_divide_and_what_cannot_be_divided_does_not() -> None:
    model = model_facts("deepseek-ai/DeepSeek-V3")
    assert model
    whole, half = weight_bytes(model, Spread()), weight_bytes(model, Spread(tensor=2))
    assert whole
    assert half
    assert whole / 2 < half < whole * 0.51
    expert = weight_bytes(model, Spread(tensor=1, data=8, expert=True))
    assert expert
    assert expert < whole / 4


def test_cache_of_a_token() -> None:
    model = model_facts("Qwen/Qwen3-32B")
    assert model
    assert kv_bytes_per_token(model, Spread()) == 2 * 8 * 128 * 64 * 2
    assert kv_bytes_per_token(model, Spread(tensor=4)) == 2 * 2 * 128 * 64 * 2
    assert kv_bytes_per_token(model, Spread(tensor=16)) == 2 * 1 * 128 * 64 * 2  # heads are copied
    assert kv_bytes_per_token(model, Spread(), "fp8") == 2 * 8 * 128 * 64
    latent = model_facts("deepseek-ai/DeepSeek-V3")
    assert latent
    assert kv_bytes_per_token(latent, Spread(tensor=8)) == 576 * 61 * 2


def test_what_is_taken_by_version() -> None:
    model = model_facts("Qwen/Qwen3-8B")
    assert model
    old, new = memory(model, 80.0, version="0.19.1"), memory(model, 80.0, version="0.20.0")
    assert old
    assert new
    assert (round(old.budget / GIB, 1), round(new.budget / GIB, 1)) == (72.0, 73.6)
    assert (old.graphs, new.graphs > 0) == (0, True)


def test_sizes_are_the_smallest_that_fit() -> None:
    model = model_facts("meta-llama/Llama-3.3-70B-Instruct")
    assert model
    found = {size.device.name: size for size in sizes(model, DEVICES.values(), concurrency=100)}
    assert found["H100"].spread.tensor == 4
    assert found["H200"].spread.tensor == 2
    assert found["H100"].replicas
    for size in found.values():
        assert fits(size.memory, size.length)
        smaller = [each for each in spreads(model) if each.devices < size.spread.devices]
        assert not any(fits(memory(model, size.device, each), size.length) for each in smaller)


def test_devices_have_many_spellings() -> None:
    assert compute_device("NVIDIA-H100-80GB-HBM3").name == "H100"
    assert compute_device("nvidia-l4").name == "L4"
    assert compute_device("gaudi3").name == "Gaudi3"
    with pytest.raises(ValueError, match="did you mean"):
        compute_device("Gaudi4")


def test_a_model_whose_shape_is_not_known_is_not_judged() -> None:
    model = model_facts("Qwen/Qwen3-8B")
    assert model
    unknown = evolve(model, parts={}, total=None)
    assert memory(unknown, 80.0) is None
    assert list(sizes(unknown, DEVICES.values())) == []


def test_a_copy_has_the_shape_of_the_model_it_is_a_copy_of_and_the_other_way_round() -> None:
    # only the NVFP4 copy of Qwen3.6 is in the facts
    plain, quantised = model_facts("Qwen/Qwen3.6-35B-A3B"), model_facts("nvidia/Qwen3.6-35B-A3B-NVFP4")
    assert plain is not None
    assert quantised is not None
    assert (plain.layers, plain.experts, plain.kv_elements) == (quantised.layers, quantised.experts, quantised.kv_elements)
    assert (plain.method, plain.inferred, quantised.inferred) == ("", True, False)
    assert model_facts("Qwen/Qwen3.6-27B-FP8").method == "fp8"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "bytes_per_parameter"),
    [
        # the facts name no quantisation of these; their names do
        ("nvidia/Qwen3-235B-A22B-NVFP4", 0.57),
        ("nvidia/Llama-3.1-70B-Instruct-FP8", 1.03),
        ("nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-FP8", 1.05),
        # experts in NVFP4, attention in FP8
        ("nvidia/MiniMax-M3-NVFP4", 0.57),
        # the copy was not counted, the original was
        ("nvidia/Kimi-K2.5-NVFP4", 0.57),
        # the text part was counted; the checkpoint holds a vision tower of 0.42 billion parameters too
        ("google/gemma-3-4b-it", 2.0),
    ],
)
def test_weights_of_models_whose_facts_have_gaps(name: str, bytes_per_parameter: float) -> None:
    model = model_facts(name)
    assert model is not None
    weights = weight_bytes(model, Spread())
    assert weights is not None
    assert weights / sum(model.parts.values()) == pytest.approx(bytes_per_parameter, rel=0.03)


def test_gemma_3_has_full_attention_in_every_sixth_layer() -> None:
    model = model_facts("google/gemma-3-12b-it")
    assert model is not None
    assert (model.full_layers, model.sliding_layers, model.sliding_window) == (8, 40, 1024)
    assert sum(model.parts.values()) == 12_187_325_040
