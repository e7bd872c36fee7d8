"""Rules about connectors, parsers, speculative decoding, and flags that need or exclude each other."""

import re
from collections.abc import Iterator
from typing import Any

from constructs_dra.engines.data import facts
from constructs_dra.engines.rulebook import PLUGINS, broken, column, elsewhere, names, rule
from constructs_dra.engines.start import Broken, Start
from constructs_dra.engines.versions import span_words
from constructs_dra.errors import did_you_mean


def _connectors(config: Any) -> Iterator[str]:
    """The connectors a configuration names, those of a MultiConnector too, without those that bring their own module."""
    if not isinstance(config, dict):
        return
    if isinstance(config.get("kv_connector"), str) and not config.get("kv_connector_module_path"):
        yield config["kv_connector"]
    inner = config.get("kv_connector_extra_config")
    if isinstance(inner, dict) and isinstance(inner.get("connectors"), list):
        for each in inner["connectors"]:
            yield from _connectors(each)


@rule("kv-name")
def _kv_name(start: Start) -> Iterator[Broken]:
    if start.platform in PLUGINS:
        return
    for name in _connectors(start.config("kv_transfer_config")):
        if name not in names("kv_connectors", start):
            yield broken("kv-name", name, flags=("kv_transfer_config",), hint=elsewhere("kv_connectors", name, start))


@rule("kv-alloc")
def _kv_alloc(start: Start) -> Iterator[Broken]:
    setting = start.environment.get("PYTORCH_CUDA_ALLOC_CONF") or ""
    name = start.config("kv_transfer_config").get("kv_connector")
    asleep = start.has("enable_cumem_allocator") or start.has("enable_sleep_mode")
    if name and re.search(r"expandable_segments\s*:\s*True", setting) and not asleep:
        hint = "leave expandable_segments:True out, or add --enable-cumem-allocator"
        yield broken("kv-alloc", name, flags=("kv_transfer_config",), hint=hint, variable="PYTORCH_CUDA_ALLOC_CONF")


@rule("kv-dcp")
def _kv_dcp(start: Start) -> Iterator[Broken]:
    context, tensor = start.number("decode_context_parallel_size", 1), start.tensor
    nixl = any(name.startswith("Nixl") for name in _connectors(start.config("kv_transfer_config")))
    if nixl and context and tensor and context not in {1, tensor}:
        yield broken("kv-dcp", context, tensor, flags=("decode_context_parallel_size",))


@rule("tool-needs")
def _tool_needs(start: Start) -> Iterator[Broken]:
    if start.has("enable_auto_tool_choice") and not start.given("tool_call_parser"):
        yield broken("tool-needs", flags=("enable_auto_tool_choice",), hint="add --tool-call-parser NAME")


@rule("tool-name")
def _tool_name(start: Start) -> Iterator[Broken]:
    name = start.value("tool_call_parser")
    plugin = start.given("tool_parser_plugin")
    if isinstance(name, str) and start.has("enable_auto_tool_choice") and not plugin and name not in names("tool_parsers", start):
        yield broken("tool-name", name, flags=("tool_call_parser",), hint=elsewhere("tool_parsers", name, start))


@rule("reasoning-name")
def _reasoning_name(start: Start) -> Iterator[Broken]:
    name = start.value("reasoning_parser")
    if isinstance(name, str) and name and not start.given("reasoning_parser_plugin") and name not in names("reasoning_parsers", start):
        yield broken("reasoning-name", name, flags=("reasoning_parser",), hint=elsewhere("reasoning_parsers", name, start))


@rule("reasoning-needs")
def _reasoning_needs(start: Start) -> Iterator[Broken]:
    if start.has("enable_reasoning") and not start.given("reasoning_parser") and start.dialect.column <= column("0.8.5.post1"):
        yield broken("reasoning-needs", flags=("enable_reasoning",), hint="add --reasoning-parser NAME")


@rule("log-out")
def _log_out(start: Start) -> Iterator[Broken]:
    if start.has("enable_log_outputs") and not start.given("enable_log_requests"):
        yield broken("log-out", flags=("enable_log_outputs",), hint="add --enable-log-requests")


@rule("lora-rank")
def _lora_rank(start: Start) -> Iterator[Broken]:
    rank = start.number("max_lora_rank")
    ranks = (8, 16, 32, 64, 128, 256, 320, 512)
    if rank is not None and rank not in ranks and start.has("enable_lora"):
        yield broken("lora-rank", rank, ranks, flags=("max_lora_rank",))


@rule("lora-cpu")
def _lora_cpu(start: Start) -> Iterator[Broken]:
    on_cpu, at_once = start.number("max_cpu_loras"), start.number("max_loras", 1)
    if on_cpu is not None and at_once is not None and on_cpu < at_once and start.has("enable_lora"):
        yield broken("lora-cpu", on_cpu, at_once, flags=("max_cpu_loras",))


@rule("architecture")
def _architecture(start: Start) -> Iterator[Broken]:
    if start.model is None or not start.model.architecture or start.platform in PLUGINS or start.given("model_impl"):
        return
    spans = facts("names")["architectures"].get(start.model.architecture)
    if spans and not any(first <= start.dialect.column <= last for first, last in spans):
        yield broken("architecture", start.model.architecture, hint=f"versions that have it: {span_words(spans)}")


@rule("spec-tokens")
def _spec_tokens(start: Start) -> Iterator[Broken]:
    config = start.config("speculative_config")
    if config.get("num_speculative_tokens") is not None and not config.get("model") and not config.get("method"):
        yield broken("spec-tokens", flags=("speculative_config",), hint='add "method" or "model"')


@rule("spec-need")
def _spec_need(start: Start) -> Iterator[Broken]:
    config = start.config("speculative_config")
    own = str(config.get("method") or "") not in {"", "eagle", "eagle3", "draft_model", "medusa"}
    if config.get("model") and config.get("num_speculative_tokens") is None and not own:
        yield broken("spec-need", flags=("speculative_config",), hint='add "num_speculative_tokens"')


@rule("spec-tp")
def _spec_tp(start: Start) -> Iterator[Broken]:
    draft = start.config("speculative_config").get("draft_tensor_parallel_size")
    if isinstance(draft, int) and start.tensor and draft not in {1, start.tensor}:
        yield broken("spec-tp", draft, flags=("speculative_config",), hint=f"write 1 or {start.tensor}")


@rule("spec-key")
def _spec_key(start: Start) -> Iterator[Broken]:
    if "tensor_parallel_size" in start.config("speculative_config"):
        yield broken("spec-key", flags=("speculative_config",))


@rule("spec-keys")
def _spec_keys(start: Start) -> Iterator[Broken]:
    fields = start.dialect.fields("SpeculativeConfig")
    for key in start.config("speculative_config"):
        if fields and key not in fields and key != "tensor_parallel_size":
            yield broken("spec-keys", key, flags=("speculative_config",), hint=did_you_mean(key, fields))


@rule("ngram")
def _ngram(start: Start) -> Iterator[Broken]:
    config = start.config("speculative_config")
    if config.get("method") == "ngram" and config.get("prompt_lookup_max") is None and config.get("prompt_lookup_min") is None:
        yield broken("ngram", flags=("speculative_config",), hint='add "prompt_lookup_max"')


@rule("cg-excl")
def _cg_excl(start: Start) -> Iterator[Broken]:
    if start.given("cudagraph_capture_sizes") and start.config("compilation_config").get("cudagraph_capture_sizes") is not None:
        yield broken("cg-excl", flags=("cudagraph_capture_sizes",), hint="keep one of the two")


@rule("attn-excl")
def _attn_excl(start: Start) -> Iterator[Broken]:
    if start.given("attention_backend") and start.config("attention_config").get("backend") is not None:
        yield broken("attn-excl", flags=("attention_backend",), hint="keep one of the two")


@rule("devids")
def _devids(start: Start) -> Iterator[Broken]:
    ids = start.value("device_ids")
    if isinstance(ids, list) and len(set(map(str, ids))) != len(ids):
        yield broken("devids", ids, flags=("device_ids",))
