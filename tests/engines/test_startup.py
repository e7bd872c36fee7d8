"""Every rule of the start that can be known: a start that breaks it, and one that does not."""

import json
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from constructs_dra.engines.catalogue import dialect
from constructs_dra.engines.models import ModelFacts, model_facts
from constructs_dra.engines.reader import read
from constructs_dra.engines.start import Broken, Start
from constructs_dra.engines.startup import NOT_KNOWN, broken_rules, startup_rules
from constructs_dra.engines.versions import columns
from constructs_dra.rules import rules


def broken(line: str, model: str | ModelFacts | None = None, version: str = "0.33.0", **known: Any) -> list[Broken]:
    which = dialect(version)
    reading = read(["m", *(line.split(" ") if line else [])], which)
    assert reading.faults == (), reading.faults
    facts = model_facts(model) if isinstance(model, str) else model
    assert not isinstance(model, str) or facts
    return list(broken_rules(Start(dialect=which, reading=reading, environment=known.pop("environment", {}), model=facts, **known)))


def changed(name: str, **fields: Any) -> ModelFacts:
    facts = model_facts(name)
    assert facts
    return evolve(facts, **fields)


DENSE = "Qwen/Qwen3-32B"
MOE = "Qwen/Qwen3-30B-A3B"
FP8 = "Qwen/Qwen3-30B-A3B-FP8"
KV = '--kv-transfer-config {"kv_connector":"NixlConnector","kv_role":"kv_both"}'

CASES: dict[str, tuple[tuple[Any, ...], dict[str, Any], tuple[Any, ...], dict[str, Any]]] = {
    # rule: arguments and knowledge of a start that breaks it, then of one that does not
    "tp-heads": (("-tp 3", DENSE), {}, ("-tp 4", DENSE), {}),
    "tp-kv-heads": (("-tp 12", changed(DENSE, heads=48, kv_heads=8)), {}, ("-tp 16", DENSE), {}),
    "tp-ffn": (("-tp 4", changed(DENSE, intermediate=25602)), {}, ("-tp 4", DENSE), {}),
    "fp8-block": (("-tp 4", FP8), {}, ("-tp 4 --enable-expert-parallel", FP8), {}),
    "ep-moe": (("--enable-expert-parallel", DENSE), {}, ("--enable-expert-parallel", MOE), {}),
    "eplb-ep": (("--enable-eplb -tp 2",), {}, ("--enable-eplb --enable-expert-parallel -tp 2",), {}),
    "eplb-size": (("--enable-eplb --enable-expert-parallel",), {}, ("--enable-eplb --enable-expert-parallel -tp 2",), {}),
    "eplb-dev": (
        ("--enable-eplb --enable-expert-parallel -tp 2",),
        {"platform": "cpu"},
        ("--enable-eplb --enable-expert-parallel -tp 2",),
        {"platform": "cuda"},
    ),
    "eplb-redundant": (
        ('--eplb-config {"num_redundant_experts":4}',),
        {},
        ('--eplb-config {"num_redundant_experts":4} --enable-eplb --enable-expert-parallel -tp 2',),
        {},
    ),
    "eplb-even": (
        ("--enable-eplb --enable-expert-parallel -tp 4", changed(MOE, experts=126)),
        {},
        ("--enable-eplb --enable-expert-parallel -tp 4", MOE),
        {},
    ),
    "elastic": (("--enable-elastic-ep",), {}, ("--enable-elastic-ep --enable-eplb --enable-expert-parallel -tp 2",), {}),
    "pp-v1": (("-pp 2", None, "0.8.5"), {}, ("-pp 2", None, "0.9.0"), {}),
    "pp-layers": (
        ("-pp 2", DENSE),
        {"environment": {"VLLM_PP_LAYER_PARTITION": "30,30"}},
        ("-pp 2", DENSE),
        {"environment": {"VLLM_PP_LAYER_PARTITION": "32,32"}},
    ),
    "dcp-tp": (("-tp 4 -dcp 3",), {}, ("-tp 4 -dcp 2",), {}),
    "dcp-gqa": (("-tp 8 -dcp 2", DENSE), {}, ("-tp 16 -dcp 2", DENSE), {}),
    "world-gpus": (("-tp 4",), {"devices": 2}, ("-tp 4 --nnodes 2",), {"devices": 2}),
    "dp-local": (("-dp 2 --data-parallel-size-local 4",), {}, ("-dp 4 --data-parallel-size-local 4",), {}),
    "dp-ext": (("--data-parallel-external-lb --data-parallel-rank 0",), {}, ("-dp 2 --data-parallel-external-lb --data-parallel-rank 0",), {}),
    "dp-rank": (("-dp 2 --data-parallel-rank 2",), {}, ("-dp 2 --data-parallel-rank 1",), {}),
    "dp-modes": (
        ("-dp 2 --data-parallel-multi-port-external-lb --data-parallel-rank 1",),
        {},
        ("-dp 2 --data-parallel-multi-port-external-lb",),
        {},
    ),
    "dp-hybrid-ext": (
        ("-dp 2 --data-parallel-hybrid-lb --data-parallel-size-local 1 --data-parallel-external-lb --data-parallel-rank 0",),
        {},
        ("-dp 2 --data-parallel-hybrid-lb --data-parallel-size-local 1",),
        {},
    ),
    "dp-hybrid-local": (("-dp 2 --data-parallel-hybrid-lb",), {}, ("-dp 2 --data-parallel-hybrid-lb --data-parallel-size-local 2",), {}),
    "dp-ext-local": (
        ("-dp 2 --data-parallel-rank 1 --data-parallel-size-local 2",),
        {},
        ("-dp 2 --data-parallel-rank 1 --data-parallel-size-local 1",),
        {},
    ),
    "dp-ext-rank": (("-dp 2 --data-parallel-external-lb",), {}, ("-dp 2 --data-parallel-external-lb --data-parallel-rank 0",), {}),
    "dp-dense-ext": (("-dp 2 --data-parallel-rank 0", DENSE), {}, ("-dp 2 --data-parallel-rank 0", MOE), {}),
    "headless-api": (("--headless --api-server-count 2",), {}, ("--headless",), {}),
    "headless-local": (("--headless --data-parallel-size-local 0",), {}, ("--headless --data-parallel-size-local 1",), {}),
    "headless-hybrid": (
        ("--headless -dp 2 --data-parallel-hybrid-lb --data-parallel-size-local 1",),
        {},
        ("-dp 2 --data-parallel-hybrid-lb --data-parallel-size-local 1",),
        {},
    ),
    "nnodes-mp": (("-tp 2 --nnodes 2 --distributed-executor-backend ray",), {}, ("-tp 2 --nnodes 2 --distributed-executor-backend mp",), {}),
    "nnodes-world": (("-tp 2 --nnodes 3",), {}, ("-tp 6 --nnodes 3",), {}),
    "node-rank": (("-tp 2 --nnodes 2 --node-rank 2",), {}, ("-tp 2 --nnodes 2 --node-rank 1",), {}),
    "max-len": (("--max-model-len 40961", DENSE), {}, ("--max-model-len 40960", DENSE), {}),
    "batched-len": (
        ("--max-num-batched-tokens 1024 --max-model-len 4096 --no-enable-chunked-prefill",),
        {},
        ("--max-num-batched-tokens 1024 --max-model-len 4096",),
        {},
    ),
    "batched-seqs": (("--max-num-batched-tokens 128 --max-num-seqs 256",), {}, ("--max-num-batched-tokens 256 --max-num-seqs 256",), {}),
    "long-prefill": (
        ("--long-prefill-token-threshold 5000 --max-model-len 4096",),
        {},
        ("--long-prefill-token-threshold 4096 --max-model-len 4096",),
        {},
    ),
    "fp16-model": (("--dtype half", "google/gemma-3-4b-it"), {}, ("--dtype bfloat16", "google/gemma-3-4b-it"), {}),
    "mem-range": (("--gpu-memory-utilization 95",), {}, ("--gpu-memory-utilization 0.95",), {}),
    "q-unknown": (("--quantization nonsense",), {}, ("--quantization fp8",), {}),
    "q-mismatch": (("--quantization awq", FP8), {}, ("--quantization fp8", FP8), {}),
    "q-platform": (("--quantization tpu_int8", None, "0.12.0"), {"platform": "rocm"}, ("--quantization fp8", None, "0.12.0"), {"platform": "rocm"}),
    "q-cap": (("--quantization fp8",), {"capability": 70}, ("--quantization fp8",), {"capability": 90}),
    "q-dtype": (("--quantization mxfp4 --dtype half",), {}, ("--quantization mxfp4 --dtype bfloat16",), {}),
    "bf16": (("--dtype bfloat16",), {"capability": 75}, ("--dtype half",), {"capability": 75}),
    "kv-dtype": (("--kv-cache-dtype nonsense",), {}, ("--kv-cache-dtype fp8",), {}),
    "kv-float": (("--kv-cache-dtype float16 --dtype bfloat16",), {}, ("--kv-cache-dtype bfloat16 --dtype bfloat16",), {}),
    "kv-name": ((KV.replace("Nixl", "Mixl"),), {}, (KV,), {}),
    "kv-alloc": (
        (KV,),
        {"environment": {"PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:True"}},
        (f"{KV} --enable-cumem-allocator",),
        {"environment": {"PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:True"}},
    ),
    "kv-dcp": ((f"{KV} -tp 8 -dcp 2",), {}, (f"{KV} -tp 8 -dcp 8",), {}),
    "tool-needs": (("--enable-auto-tool-choice",), {}, ("--enable-auto-tool-choice --tool-call-parser hermes",), {}),
    "tool-name": (("--enable-auto-tool-choice --tool-call-parser herpes",), {}, ("--enable-auto-tool-choice --tool-call-parser hermes",), {}),
    "reasoning-name": (("--reasoning-parser qwen9",), {}, ("--reasoning-parser qwen3",), {}),
    "reasoning-needs": (("--enable-reasoning", None, "0.8.5"), {}, ("--enable-reasoning --reasoning-parser deepseek_r1", None, "0.8.5"), {}),
    "log-out": (("--enable-log-outputs",), {}, ("--enable-log-outputs --enable-log-requests",), {}),
    "lora-rank": (("--enable-lora --max-lora-rank 24", None, "0.11.0"), {}, ("--enable-lora --max-lora-rank 32", None, "0.11.0"), {}),
    "lora-cpu": (("--enable-lora --max-loras 4 --max-cpu-loras 2",), {}, ("--enable-lora --max-loras 4 --max-cpu-loras 4",), {}),
    "architecture": (("", "openai/gpt-oss-20b", "0.9.2"), {}, ("", "openai/gpt-oss-20b"), {}),
    "spec-tokens": (
        ('--speculative-config {"num_speculative_tokens":3}',),
        {},
        ('--speculative-config {"num_speculative_tokens":3,"method":"mtp"}',),
        {},
    ),
    "spec-need": (
        ('--speculative-config {"model":"a/b","method":"eagle3"}',),
        {},
        ('--speculative-config {"model":"a/b","method":"eagle3","num_speculative_tokens":3}',),
        {},
    ),
    "spec-tp": (
        ('-tp 4 --speculative-config {"method":"mtp","draft_tensor_parallel_size":2}',),
        {},
        ('-tp 4 --speculative-config {"method":"mtp","draft_tensor_parallel_size":4}',),
        {},
    ),
    "spec-key": (('--speculative-config {"method":"mtp","tensor_parallel_size":2}',), {}, ('--speculative-config {"method":"mtp"}',), {}),
    "spec-keys": (('--speculative-config {"method":"mtp","bogus":2}',), {}, ('--speculative-config {"method":"mtp"}',), {}),
    "ngram": (
        ('--speculative-config {"method":"ngram","num_speculative_tokens":3}',),
        {},
        ('--speculative-config {"method":"ngram","num_speculative_tokens":3,"prompt_lookup_max":4}',),
        {},
    ),
    "cg-excl": (
        ('--cudagraph-capture-sizes 1 2 --compilation-config {"cudagraph_capture_sizes":[1]}',),
        {},
        ("--cudagraph-capture-sizes 1 2",),
        {},
    ),
    "attn-excl": (
        ('--attention-backend FLASH_ATTN --attention-config {"backend":"FLASHINFER"}',),
        {},
        ("--attention-backend FLASH_ATTN",),
        {},
    ),
    "devids": (("--device-ids 0,0",), {}, ("--device-ids 0,1",), {}),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_start_that_breaks_the_rule_and_one_that_does_not(name: str) -> None:
    bad, knowing, good, known = CASES[name]
    found = {each.rule: each for each in broken(*bad, **knowing)}
    assert name in found
    assert "{" not in found[name].words.replace("{…}", "")
    assert [each.rule for each in broken(*good, **known)] == []


def test_every_rule_has_a_case_a_row_or_a_reason(shared: Path) -> None:
    assert set(CASES) == set(startup_rules())
    assert all(f"engine-{name}" in rules() for name in startup_rules())
    listed = {rule["id"] for rule in json.loads((shared / "facts" / "engine" / "rules.json").read_text(encoding="utf-8"))}
    assert listed <= set(startup_rules()) | set(NOT_KNOWN)


def test_a_rule_holds_in_its_versions_only() -> None:
    line = KV.replace("NixlConnector", "PyNcclConnector")
    assert [version for version in ("0.10.0", "0.11.0") if any(each.rule == "kv-name" for each in broken(line, None, version))] == ["0.11.0"]
    assert columns()["0.10.0"] < columns()["0.11.0"]


def test_what_is_known_only_when_the_container_runs_breaks_nothing() -> None:
    which = dialect("0.33.0")
    reading = read(["m", "--tensor-parallel-size", "\ue000", "--max-model-len=\ue000"], which)
    assert list(broken_rules(Start(dialect=which, reading=reading, environment={}, model=model_facts(DENSE), devices=1))) == []
