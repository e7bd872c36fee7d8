"""Rules about lengths, types and quantisation."""

from collections.abc import Iterator

from constructs_dra.engines.data import facts
from constructs_dra.engines.rulebook import PLUGINS, broken, column, elsewhere, names, rule
from constructs_dra.engines.start import Broken, Start
from constructs_dra.errors import did_you_mean


def longest(start: Start) -> int | None:
    """The longest context vLLM derives from the model's configuration; None: not known."""
    model = start.model
    if model is None or not model.max_position:
        return None
    limit = model.max_position
    kind = model.rope.get("rope_type") or model.rope.get("type")
    factor = model.rope.get("factor")
    if kind in {None, "default", "su", "longrope", "llama3", "mrope"} or not isinstance(factor, int | float) or model.model_type.startswith("gemma3"):
        return limit
    if str(kind).endswith("yarn") or str(kind).startswith("deepseek"):
        # taken as scaled already from 0.30.0 on, and the larger of the two where a file says the scaled length itself
        original = model.rope.get("original_max_position_embeddings") or limit
        return max(limit, int(original * factor)) if start.dialect.column < column("0.30.0") else limit
    return int(limit * factor)


@rule("max-len")
def _max_len(start: Start) -> Iterator[Broken]:
    length, limit = start.number("max_model_len"), longest(start)
    allowed = start.environment.get("VLLM_ALLOW_LONG_MAX_MODEL_LEN") not in {None, "0", ""} or "VLLM_ALLOW_LONG_MAX_MODEL_LEN" in start.environment
    overridden = any(start.given(name) for name in ("hf_overrides", "rope_scaling", "hf_config_path"))
    if length and limit and length > limit and not allowed and not overridden:
        hint = f"{start.model.name if start.model else 'the model'} takes {limit} tokens; VLLM_ALLOW_LONG_MAX_MODEL_LEN=1 turns this into a warning"
        yield broken("max-len", length, limit, flags=("max_model_len",), hint=hint)


@rule("batched-len")
def _batched_len(start: Start) -> Iterator[Broken]:
    tokens, length = start.number("max_num_batched_tokens"), start.number("max_model_len")
    if tokens and length and tokens < length and start.value("enable_chunked_prefill") is False:
        yield broken("batched-len", tokens, length, flags=("max_num_batched_tokens",))


@rule("batched-seqs")
def _batched_seqs(start: Start) -> Iterator[Broken]:
    tokens, requests = start.number("max_num_batched_tokens"), start.number("max_num_seqs")
    if tokens and requests and tokens < requests:
        yield broken("batched-seqs", tokens, requests, flags=("max_num_batched_tokens",))


@rule("long-prefill")
def _long_prefill(start: Start) -> Iterator[Broken]:
    threshold, length = start.number("long_prefill_token_threshold"), start.number("max_model_len")
    if threshold and length and length > 0 and threshold > length:
        yield broken("long-prefill", threshold, length, flags=("long_prefill_token_threshold",))


@rule("fp16-model")
def _fp16_model(start: Start) -> Iterator[Broken]:
    if start.value("dtype") in {"half", "float16"} and start.model and start.model.model_type in {"gemma2", "gemma3", "gemma3_text", "glm4"}:
        yield broken("fp16-model", start.model.model_type, "numerical instability", flags=("dtype",), hint="write --dtype bfloat16")


@rule("mem-range")
def _mem_range(start: Start) -> Iterator[Broken]:
    share = start.value("gpu_memory_utilization")
    low = start.dialect.column >= column("0.11.1")
    if isinstance(share, int | float) and (share > 1 or (low and share <= 0)):
        yield broken("mem-range", share, flags=("gpu_memory_utilization",), hint="it is a share, e.g. 0.9")


@rule("q-unknown")
def _q_unknown(start: Start) -> Iterator[Broken]:
    name = start.value("quantization")
    if isinstance(name, str) and name not in names("quantization", start) and start.platform not in PLUGINS:
        yield broken("q-unknown", name, "the known ones", flags=("quantization",), hint=elsewhere("quantization", name, start))


@rule("q-mismatch")
def _q_mismatch(start: Start) -> Iterator[Broken]:
    name = start.value("quantization")
    plain = {"fp8", "awq", "gptq", "bitsandbytes", "mxfp4"}
    if isinstance(name, str) and start.model and not start.model.inferred and start.model.method in plain and name in plain - {start.model.method}:
        yield broken("q-mismatch", start.model.method, name, flags=("quantization",), hint="leave the flag out: vLLM reads it from the model")


def _method(start: Start) -> str | None:
    """The quantisation in use: the flag's, else the model's."""
    given = start.value("quantization")
    if isinstance(given, str):
        return given
    return start.model.method if start.model and not start.given("quantization") else None


@rule("q-platform")
def _q_platform(start: Start) -> Iterator[Broken]:
    name = start.value("quantization")
    here = start.dialect.column
    ranges = facts("names")["platform_quantization"].get(start.platform, ())
    allowed = next((names for first, last, names in ranges if first <= here <= last), None)
    if isinstance(name, str) and allowed and name not in allowed and name in names("quantization", start):
        yield broken("q-platform", name, start.platform, flags=("quantization",), hint=f"it takes {', '.join(sorted(allowed))}")


@rule("q-cap")
def _q_cap(start: Start) -> Iterator[Broken]:
    method, here = _method(start), start.dialect.column
    if not method or not start.capability:
        return
    for first, last, least, _ in facts("names")["capability"].get(method, ()):
        if first <= here <= last and start.capability < least:
            flags = ("quantization",) if start.given("quantization") else ()
            yield broken("q-cap", method, least, start.capability, flags=flags, hint=f"takes devices of capability {least / 10} and above")


@rule("q-dtype")
def _q_dtype(start: Start) -> Iterator[Broken]:
    method, dtype, here = _method(start), start.value("dtype"), start.dialect.column
    spelt = {"half": "float16", "float": "float32"}.get(str(dtype), str(dtype))
    if not method or dtype in {None, "auto"}:
        return
    for first, last, _, dtypes in facts("names")["capability"].get(method, ()):
        taken: set[str] = {{"half": "float16", "float": "float32"}.get(each, each) for each in map(str, dtypes)}
        if first <= here <= last and taken and spelt not in taken:
            yield broken("q-dtype", f"torch.{spelt}", method, f"{sorted(taken)}", flags=("dtype",))


@rule("bf16")
def _bf16(start: Start) -> Iterator[Broken]:
    dtype = start.value("dtype") if start.given("dtype") else "auto"
    wide = dtype == "bfloat16"
    if wide and start.platform in {"", "cuda"} and 0 < start.capability < 80:
        hint = "write --dtype half"
        yield broken("bf16", "", f"has compute capability {start.capability / 10}", flags=("dtype",), hint=hint)


@rule("kv-dtype")
def _kv_dtype(start: Start) -> Iterator[Broken]:
    name = start.value("kv_cache_dtype")
    flag = start.dialect.get("--kv-cache-dtype")
    if isinstance(name, str) and flag and flag.known and name not in flag.known:
        yield broken("kv-dtype", name, ", ".join(map(str, flag.known)), flags=("kv_cache_dtype",), hint=did_you_mean(name, map(str, flag.known)))


@rule("kv-float")
def _kv_float(start: Start) -> Iterator[Broken]:
    cache_type, dtype = start.value("kv_cache_dtype"), start.value("dtype")
    spelt = {"half": "float16"}.get(str(dtype), str(dtype))
    if cache_type in {"float16", "bfloat16"} and spelt in {"float16", "bfloat16", "float32"} and spelt != cache_type:
        yield broken("kv-float", cache_type, spelt, spelt, flags=("kv_cache_dtype",))
