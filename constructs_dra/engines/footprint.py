"""Does a model fit its devices: weights, key/value cache and what else vLLM puts into memory, for each device, by version.

Weights and cache follow from the model's shape and are exact to a few tenths of a percent. Activations, the memory outside PyTorch and CUDA graphs
are measured by vLLM when it starts and can only be estimated: with the constants of llm-d-planner, scaled by the tokens of one step.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

from attrs import frozen

from constructs_dra.engines.devices import ComputeDevice
from constructs_dra.engines.models import ModelFacts
from constructs_dra.engines.versions import columns, known, versions
from constructs_dra.records.valued import Valued

__all__ = ["GIB", "Memory", "Spread", "kv_bytes_per_token", "memory", "weight_bytes"]

GIB = 2**30
"""Bytes of a GiB."""

_WIDTHS = {"float32": 4.0, "float": 4.0, "float16": 2.0, "half": 2.0, "bfloat16": 2.0, "bf16": 2.0, "float8_e4m3fn": 1.0}
_LINEAR = ("attention", "dense_mlp", "routed_experts", "shared_experts")
_WHOLE = ("norms", "router", "other")
"""Parts that every tensor rank holds whole."""

_ACTIVATIONS = {"dense": 5.5, "moe": 8.0, "multimodal": 2.5}
"""GiB at 8192 tokens a step (llm-d-planner)."""


@frozen(kw_only=True, eq=False, repr=False)
class Spread(Valued):
    """How a model is spread over devices.

    Attributes:
        tensor: Devices that share every layer. Default 1.
        pipeline: Stages the layers are cut into. Default 1.
        data: Copies whose experts may be spread over all of them. Default 1.
        expert: Whether experts are parallel (`--enable-expert-parallel`). Default no.
        context: Ranks that share the cache of one request (`--decode-context-parallel-size`). Default 1.
    """

    tensor: int = 1
    pipeline: int = 1
    data: int = 1
    expert: bool = False
    context: int = 1

    @property
    def devices(self) -> int:
        """Devices of one copy."""
        return self.tensor * self.pipeline


@frozen(kw_only=True, eq=False, repr=False)
class Memory(Valued):
    """The memory of one device, in bytes.

    Attributes:
        device: All of it.
        budget: What vLLM may use: the device's memory times its utilisation.
        weights: Weights.
        activations: What one step needs; an estimate.
        other: Memory outside PyTorch; an estimate.
        graphs: CUDA graphs where they are taken out of the budget; an estimate.
        per_token: Cache that each token of a request adds; None: not known for this model.
        per_request: Cache that a request needs whatever its length: states, and windows that are full.
        window: Tokens after which sliding-window layers stop growing.
        sliding: Cache that each token adds in sliding-window layers until then.
    """

    device: float
    budget: float
    weights: float
    activations: float
    other: float
    graphs: float
    per_token: float | None
    per_request: float
    window: int
    sliding: float

    @property
    def cache(self) -> float:
        """What is left for the cache; an estimate, below 0 where nothing is."""
        return self.budget - self.weights - self.activations - self.other - self.graphs

    @property
    def room(self) -> float:
        """The most there can be for the cache: without the estimates."""
        return self.budget - self.weights

    def needed(self, length: int) -> float | None:
        """Cache of one request of a length; None: not known."""
        if self.per_token is None:
            return None
        return self.per_token * length + self.sliding * min(length, self.window or length) + self.per_request

    def tokens(self) -> int | None:
        """Tokens the cache holds in all; None: not known."""
        if self.per_token is None or self.cache <= 0:
            return None if self.per_token is None else 0
        return int(self.cache / (self.per_token + self.sliding)) if self.per_token + self.sliding else None

    def requests(self, length: int) -> float | None:
        """Requests of a length that are served at the same time; None: not known."""
        needed = self.needed(length)
        return None if not needed else max(self.cache, 0) / needed


def stored(model: ModelFacts) -> Mapping[str, float]:
    """Bytes of one parameter of each part, by the quantisation."""
    plain = _WIDTHS.get(model.dtype, 2.0)
    config = model.quantization
    made: dict[str, float] = dict.fromkeys((*_LINEAR, "embed", "lm_head", "vision", *_WHOLE), plain)
    method, algorithm = model.method, str(config.get("quant_algo") or "")
    weights: Any = config.get("weights")
    bits, group = (weights.get("num_bits"), weights.get("group_size")) if isinstance(weights, dict) else (None, None)
    if not method:
        return made
    if method == "mxfp4" or str(config.get("format", "")).startswith("mxfp4"):
        made["routed_experts"] = 0.5 + 1 / 32
        return made
    if algorithm == "MIXED_PRECISION" and (bits == 4 or "nvfp4" in model.name.lower()):
        # ModelOpt's mixed copies keep the attention in FP8
        made.update(dict.fromkeys(_LINEAR, 0.5 + 1 / 16), attention=1.0)
        return made
    if algorithm == "NVFP4" or (bits == 4 and group == 16):
        quantised = 0.5 + 1 / 16
    elif bits == 4 or method in {"awq", "gptq", "awq_marlin", "gptq_marlin", "auto_awq", "auto_gptq"} or config.get("bits") == 4:
        size = group or config.get("group_size") or 128
        quantised = 0.5 + (2 + (0.5 if method == "awq" else 0)) / size
    elif method == "bitsandbytes":
        quantised = 0.5 + 4 / 64 if config.get("load_in_4bit") else 1.0
    elif model.block is not None:
        quantised = 1 + 4 / (model.block[0] * model.block[1])
    else:
        quantised = 1.0
    for part in _LINEAR:
        made[part] = quantised
    _kept(made, model, plain, bits)
    return made


def _kept(made: dict[str, float], model: ModelFacts, plain: float, bits: int | None) -> None:
    """Linear parts that the checkpoint leaves as they were."""
    config = model.quantization
    left = config.get("unquantized") or len(config.get("ignore") or config.get("modules_to_not_convert") or ())
    if model.method == "fbgemm_fp8":
        # Meta leaves the attention and the first and the last layer as they were
        made["attention"] = plain
        made["dense_mlp"] += (plain - made["dense_mlp"]) * 2 / max(model.layers, 2)
    elif model.is_moe and bits == 4 and config.get("format") == "pack-quantized" and left:
        made.update(dict.fromkeys(("attention", "dense_mlp", "shared_experts"), plain))
    elif bits == 4 and left >= model.layers:
        made["attention"] = plain


def weight_bytes(model: ModelFacts, spread: Spread, *, capability: int = 0, version: str | None = None) -> float | None:
    """Bytes of weights on the fullest device; None where the model's parts are not known and it is quantised.

    Args:
        model: The model.
        spread: How it is spread.
        capability: Compute capability times ten; kernels for MXFP4 pad differently. Default: not known.
        version: The version of vLLM. Default: the newest.
    """
    if not model.parts:
        if model.total is None or model.quantization:
            return None
        return model.total * _WIDTHS.get(model.dtype, 2.0) / spread.devices
    widths = dict(stored(model))
    if widths["routed_experts"] == 0.5 + 1 / 32 and model.model_type == "gpt_oss":
        widths["routed_experts"] *= _padding(model, capability, version)
    stage = ceil(model.layers / spread.pipeline) / model.layers if model.layers else 1 / spread.pipeline
    tensor = spread.tensor
    inside = 0.0
    for part, count in model.parts.items():
        size = count * widths.get(part, 2.0)
        if part in {"embed", "lm_head"}:
            continue
        if part == "attention":
            inside += stage * (_attention(model, count, tensor) * widths[part])
        elif part == "routed_experts":
            inside += stage * size * _expert_share(model, spread)
        elif part in _WHOLE:
            inside += stage * size
        elif part == "vision":
            inside += size / tensor
        else:
            inside += stage * size / tensor
    ends = [model.parts.get(part, 0) * widths[part] / tensor for part in ("embed", "lm_head")]
    return inside + (sum(ends) if spread.pipeline == 1 else max(ends))


def _attention(model: ModelFacts, count: int, tensor: int) -> float:
    """Parameters of attention on one rank: what cannot be divided is held whole, and key/value heads are copied where there are too few."""
    copied = 0.0
    if not model.latent and model.kv_heads and tensor > model.kv_heads and model.hidden and model.head_dim:
        keys_values = model.layers * 2 * model.hidden * model.kv_heads * model.head_dim
        if keys_values < count:
            copied = keys_values / model.kv_heads - keys_values / tensor
    return (count - model.replicated + model.doubled) / tensor + model.replicated + copied


def _expert_share(model: ModelFacts, spread: Spread) -> float:
    """The share of the experts on one rank."""
    ranks = spread.tensor * spread.data
    if spread.expert and model.experts:
        return ceil(model.experts / ranks) / model.experts
    return 1 / ranks


def _padding(model: ModelFacts, capability: int, version: str | None) -> float:
    """How much kernels for MXFP4 pad: both widths with Marlin, one with Triton's kernels on Hopper from 0.11.0 on (measured, see memory.json)."""
    wide = ceil(model.hidden / 256) * 256 / model.hidden
    narrow = ceil(model.moe_intermediate / 128) * 128 / model.moe_intermediate if model.moe_intermediate else 1.0
    column = columns().get(known(version) or versions()[-1], 0) if version else len(versions()) - 1
    return wide if capability == 90 and column >= columns()["0.11.0"] else wide * narrow


def kv_bytes_per_token(model: ModelFacts, spread: Spread, kv_cache_dtype: str = "auto", *, layers: int | None = None) -> float | None:
    """Bytes of cache that one token adds on one device; None: not known.

    Args:
        model: The model.
        spread: How it is spread.
        kv_cache_dtype: `--kv-cache-dtype`. Default: that of the model.
        layers: Layers to count. Default: those with full attention.
    """
    count = model.full_layers if layers is None else layers
    if model.kv_elements is None or count is None:
        return None
    heads = model.kv_heads if layers is not None else model.full_kv_heads or model.kv_heads
    share = 1.0 if model.latent or not heads else max(1.0, heads / spread.tensor) / heads
    elements = model.kv_elements if layers is None else model.sliding_elements or model.kv_elements
    per_layer = elements * share * _cache_width(model, kv_cache_dtype)
    stage = ceil(count / spread.pipeline)
    size, indexed = model.index
    index = size * min(ceil(indexed / spread.pipeline), stage) if layers is None else 0
    return (per_layer * stage + index) / spread.context


def _cache_width(model: ModelFacts, kv_cache_dtype: str) -> float:
    if kv_cache_dtype.startswith(("fp8", "int8")):
        return 1.0
    if "4" in kv_cache_dtype and not kv_cache_dtype.startswith(("bfloat", "float")):
        return 0.5625
    return _WIDTHS.get(kv_cache_dtype, min(_WIDTHS.get(model.dtype, 2.0), 2.0))


def memory(
    model: ModelFacts,
    device: ComputeDevice | float,
    spread: Spread | None = None,
    *,
    version: str | None = None,
    utilization: float | None = None,
    kv_cache_dtype: str = "auto",
    batched_tokens: int | None = None,
    enforce_eager: bool = False,
) -> Memory | None:
    """The memory of the fullest device when a model is served; None where its weights are not known.

    Args:
        model: The model.
        device: The device, or its memory in GiB.
        spread: How the model is spread. Default: over one device.
        version: The version of vLLM. Default: the newest.
        utilization: `--gpu-memory-utilization`. Default: the version's (0.9 until 0.19.1, then 0.92).
        kv_cache_dtype: `--kv-cache-dtype`. Default: that of the model.
        batched_tokens: `--max-num-batched-tokens`. Default: the version's for such a device.
        enforce_eager: Whether no CUDA graphs are made. Default no.
    """
    spread = spread or Spread()
    capability = device.capability if isinstance(device, ComputeDevice) else 0
    size = (device.memory if isinstance(device, ComputeDevice) else device) * GIB
    weights = weight_bytes(model, spread, capability=capability, version=version)
    if weights is None:
        return None
    column = columns().get(known(version) or "", len(versions()) - 1) if version else len(versions()) - 1
    deducted = column >= columns()["0.20.0"]
    if utilization is None:
        utilization = 0.92 if deducted else 0.9
    tokens = batched_tokens or (8192 if size >= 70 * GIB else 2048)
    kind = "multimodal" if model.parts.get("vision") and not model.is_moe else "moe" if model.is_moe else "dense"
    graphs = (1.0 if model.is_moe else 0.5) * GIB if deducted and not enforce_eager else 0.0
    window = (model.sliding_window - 1 + tokens) if model.sliding_layers else 0
    sliding = kv_bytes_per_token(model, spread, kv_cache_dtype, layers=model.sliding_layers) if model.sliding_layers else 0.0
    return Memory(
        device=size,
        budget=size * utilization,
        weights=weights,
        activations=_ACTIVATIONS[kind] * GIB * max(0.2, min(tokens, 16384) / 8192),
        other=(0.15 if spread.devices == 1 else 0.6) * GIB,
        graphs=graphs,
        per_token=kv_bytes_per_token(model, spread, kv_cache_dtype),
        per_request=model.state / spread.tensor / spread.pipeline,
        window=window,
        sliding=sliding or 0.0,
    )
