"""What parallelism and memory need to know of a model: its shape, its parts by size, how its weights are stored."""

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from math import prod
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from constructs_dra.engines.data import facts
from constructs_dra.errors import Problem, SpecError, did_you_mean, shown
from constructs_dra.lazy import lazy_pattern
from constructs_dra.records.valued import Valued

__all__ = ["ModelFacts", "model_facts", "model_names"]

_SUFFIXES = (
    (r"(?:-quantized)?[.-]w8a8", {"quant_method": "compressed-tensors", "weights": {"num_bits": 8, "type": "int"}}),
    (r"(?:-quantized)?[.-]w4a16", {"quant_method": "compressed-tensors", "weights": {"num_bits": 4, "type": "int", "group_size": 128}}),
    (r"-fp8(?:-dynamic|-static)?", {"quant_method": "compressed-tensors", "weights": {"num_bits": 8, "type": "float"}}),
    (r"-gptq(?:-int4)?", {"quant_method": "gptq", "weights": {"num_bits": 4, "type": "int", "group_size": 128}}),
    (r"-(?:gptq-)?int8", {"quant_method": "gptq", "weights": {"num_bits": 8, "type": "int", "group_size": 128}}),
    (r"-awq(?:-int4)?", {"quant_method": "awq", "weights": {"num_bits": 4, "type": "int", "group_size": 128}}),
    (
        r"-(?:autoround-|w4a16-)?int4(?:-autoround)?",
        {"quant_method": "auto-round", "bits": 4, "weights": {"num_bits": 4, "type": "int", "group_size": 128}},
    ),
    (r"-bnb-4bit", {"quant_method": "bitsandbytes", "load_in_4bit": True}),
    (r"-(?:nv)?fp4", {"quant_method": "modelopt", "quant_algo": "NVFP4", "weights": {"num_bits": 4, "type": "float", "group_size": 16}}),
)
"""What names of quantised copies end in, and how such weights are stored."""

_ANY_SUFFIX = lazy_pattern(rf"(?:{'|'.join(pattern for pattern, _ in _SUFFIXES)})\Z")
"""Most names end in none of them."""

_OWN_FP8: Mapping[str, Mapping[str, Any]] = {
    "meta-llama": {"quant_method": "fbgemm_fp8", "weights": {"num_bits": 8, "type": "float"}},
    "Qwen": {"quant_method": "fp8", "weight_block_size": [128, 128]},
}
"""What publishers' own FP8 copies are like: Meta keeps the attention in BF16, Qwen stores blocks of 128 by 128 (their config.json files)."""

_FULL_EVERY: Mapping[str, int] = {"gemma3": 6, "gemma3_text": 6}
"""Models whose facts name no kinds of layers: every so many-th has full attention, the others a window (`sliding_window_pattern` of their config)."""

_HYBRID = lazy_pattern(r"granite-4\.0-h|nemotron|-next|linear|gemma")
"""Names of models whose layers differ, where only outer fields are known."""


@frozen(kw_only=True, eq=False, repr=False)
class ModelFacts(Valued):
    """The facts about a model.

    Attributes:
        name: Its name, or the file its facts were read from.
        architecture: The class that vLLM runs, e.g. `Qwen3ForCausalLM`. Empty: not known.
        model_type: `model_type` of config.json. Empty: not known.
        layers: Layers.
        hidden: Width of the hidden state.
        intermediate: Width of dense MLPs; 0: none, or not known.
        heads: Attention heads.
        kv_heads: Key/value heads.
        head_dim: Size of a head.
        vocab: Size of the vocabulary.
        tied: Whether the output shares the embedding's weights.
        dtype: Type of the weights, e.g. `bfloat16`.
        max_position: Longest context config.json allows; 0: not known.
        rope: The entries about position scaling. Default: none.
        sliding_window: Tokens a sliding-window layer looks back; 0: none.
        full_layers: Layers whose cache grows with every token; None: not known.
        sliding_layers: Layers with a sliding window.
        linear_layers: Layers with a state of fixed size (Mamba, linear attention).
        kv_elements: Numbers stored for each token in each such layer, over all tensor ranks; None: not known.
        full_kv_heads: Key/value heads of those layers, where sliding layers have others. Default: `kv_heads`.
        sliding_elements: Numbers stored for each token in a sliding-window layer. Default: `kv_elements`.
        experts: Experts; 0: a dense model.
        active_experts: Experts a token uses.
        moe_intermediate: Width of an expert; 0: not known.
        latent: Whether keys and values are stored as one latent vector (MLA).
        index: Bytes for each token in an indexed layer beside keys and values (sparse attention), on every rank; and how many such layers.
        state: Bytes of the state of all linear layers for one request, over all tensor ranks.
        quantization: `quantization_config` of config.json. Default: none.
        parts: Parameters by part: `embed`, `attention`, `dense_mlp`, `routed_experts`, `shared_experts`, `router`, `norms`, `lm_head`, `vision`,
            `other`. Empty: not known.
        replicated: Parameters of `attention` that every tensor rank holds whole (the down-projections of MLA).
        doubled: Parameters of `attention` that are held twice: keys that serve as values too.
        total: Parameters in all, published or counted; None: not known.
        inferred: Whether facts of the unquantised model were used, with the quantisation that the name says, or only outer fields are known.
    """

    name: str
    architecture: str = ""
    model_type: str = ""
    layers: int = 0
    hidden: int = 0
    intermediate: int = 0
    heads: int = 0
    kv_heads: int = 0
    head_dim: int = 0
    vocab: int = 0
    tied: bool = False
    dtype: str = "bfloat16"
    max_position: int = 0
    rope: Mapping[str, Any] = field(factory=dict, hash=False)
    sliding_window: int = 0
    full_layers: int | None = None
    sliding_layers: int = 0
    linear_layers: int = 0
    kv_elements: int | None = None
    full_kv_heads: int = 0
    sliding_elements: int = 0
    experts: int = 0
    active_experts: int = 0
    moe_intermediate: int = 0
    latent: bool = False
    index: tuple[int, int] = (0, 0)
    state: int = 0
    quantization: Mapping[str, Any] = field(factory=dict, hash=False)
    parts: Mapping[str, int] = field(factory=dict, hash=False)
    replicated: int = 0
    doubled: int = 0
    total: int | None = None
    inferred: bool = False

    @property
    def is_moe(self) -> bool:
        """Whether it has experts."""
        return self.experts > 0

    @property
    def method(self) -> str:
        """The quantisation's name, as vLLM spells it; empty: none."""
        return str(self.quantization.get("quant_method") or ("modelopt" if self.quantization.get("quant_algo") else ""))

    @property
    def block(self) -> tuple[int, int] | None:
        """The block of block-wise FP8 weights."""
        block = self.quantization.get("weight_block_size")
        return (block[0], block[1]) if isinstance(block, list | tuple) and len(block) == 2 else None

    @classmethod
    def from_config(cls, file: str | Path | Mapping[str, Any]) -> "ModelFacts":
        """The facts of any model, from its config.json.

        Args:
            file: The file, or its content.

        Raises:
            SpecError: It cannot be read, is not JSON, or is not a model's configuration; the problem names the file.
        """
        if isinstance(file, Mapping):
            return _of_config(dict(file), "config.json")
        name = str(file)
        try:
            content = json.loads(Path(file).read_text(encoding="utf-8"))
        except OSError as error:
            raise SpecError([Problem("", f"cannot be read: {error.strerror or error}", source=name)]) from None
        except ValueError as error:
            line, column = getattr(error, "lineno", 0), getattr(error, "colno", 0)
            raise SpecError([Problem("", f"is not JSON: {getattr(error, 'msg', error)}", source=name, line=line, column=column)]) from None
        return _of_config(content, name)


def model_names() -> tuple[str, ...]:
    """The models whose facts come with the package."""
    return tuple(facts("models")["models"])


@lru_cache(maxsize=512)
def model_facts(name: str) -> ModelFacts | None:
    """The facts of a model by its Hugging Face name or a path that ends in it; None: not known.

    A quantised copy of a known model, recognised by name (`…-AWQ`, `…-quantized.w8a8`), has the shape of the original and the weights its name says;
    it says so (`inferred`).
    """
    known = facts("models")["models"]
    if name in known:
        return _of_facts(name, known[name])
    tail = "/".join(name.rstrip("/").split("/")[-2:])
    if tail in known:
        return _of_facts(tail, known[tail])
    plain = _plain(tail)
    if plain in _by_plain():
        found = _by_plain()[plain]
        return _of_facts(found, known[found])
    partial = facts("models")["partial"]
    if tail in partial:
        return _of_partial(tail, partial[tail])
    base, quantization = _base(plain)
    original = _by_plain().get(base) or _by_base().get(base)
    if original is not None:
        shape = _of_facts(original, {**known[original], "quantization": {}})
        stored = _OWN_FP8.get(tail.partition("/")[0], quantization) if plain.endswith("-fp8") else quantization
        return evolve(shape, name=name, quantization=stored, inferred=True)
    return None


def _base(plain: str) -> tuple[str, Mapping[str, Any]]:
    """The name of the model that a quantised copy is of, and how its weights are stored; of others the name itself, and nothing."""
    for pattern, quantization in _SUFFIXES if _ANY_SUFFIX.search(plain) else ():
        if match := re.search(rf"{pattern}\Z", plain):
            return plain[: match.start()], quantization
    return plain, {}


def _of_partial(name: str, raw: Mapping[str, Any]) -> ModelFacts:
    """A model of which only outer fields are known, and nobody counted it."""
    layers, kv_heads, head_dim = (raw.get(key) or 0 for key in ("layers", "kv_heads", "head_dim"))
    alike = layers and kv_heads and head_dim and not _HYBRID.search(name.lower())
    return ModelFacts(
        name=name,
        layers=layers,
        hidden=raw.get("hidden") or 0,
        heads=raw.get("heads") or 0,
        kv_heads=kv_heads,
        head_dim=head_dim,
        vocab=raw.get("vocab") or 0,
        max_position=0,
        full_layers=layers if alike else None,
        kv_elements=2 * kv_heads * head_dim if alike else None,
        experts=raw.get("experts") or 0,
        active_experts=raw.get("active") or 0,
        quantization=next((stored for pattern, stored in _SUFFIXES if re.search(rf"{pattern}\Z", name.lower())), {}),
        total=raw.get("published_total"),
        inferred=True,
    )


@cache
def _by_plain() -> dict[str, str]:
    """Known models by the plain form of their names; of several the first."""
    made: dict[str, str] = {}
    for name in facts("models")["models"]:
        made.setdefault(_plain(name), name)
    return made


@cache
def _by_base() -> dict[str, str]:
    """Known quantised copies by the plain name of what they are copies of: its shape is theirs."""
    made: dict[str, str] = {}
    for name in facts("models")["models"]:
        base, quantization = _base(_plain(name))
        if quantization:
            made.setdefault(base, name)
    return made


def _plain(name: str) -> str:
    """A name without the organisation and the words that change nothing about the shape."""
    return re.sub(r"\A(?:meta|mistral)-(?=llama|mistral)|-(?:instruct|chat|base|it)(?=[-.]|\Z)", "", name.rpartition("/")[2].lower())


def _of_facts(name: str, raw: Mapping[str, Any]) -> ModelFacts:
    """A model of the catalogue; one that is another under a second name has its facts, and an uncounted copy the parts of its original."""
    known = facts("models")["models"]
    if raw.get("same_as"):
        raw = {**known.get(raw["same_as"], {}), **raw}
    base, named = _base(_plain(name))
    told = "quantization" not in raw and bool(named)
    parts = (raw.get("params") or {}).get("by_part") or (known.get(_by_plain().get(base, ""), {}).get("params") or {}).get("by_part") or {}
    moe, mla = raw.get("moe") or {}, raw.get("mla") or {}
    kinds = raw.get("layer_types") or {}
    linear = sum(count for kind, count in kinds.items() if "linear" in kind) + (raw.get("layer_pattern") or {}).get("mamba", 0)
    linear = linear or (raw.get("linear_attention") or {}).get("kda_layers", 0)
    layers = raw.get("layers") or 0
    shared = _shared_values(raw, kinds)
    every = _FULL_EVERY.get(raw.get("model_type") or "", 0) if raw.get("sliding_window") and not kinds else 0
    return ModelFacts(
        name=name,
        architecture=raw.get("architecture") or "",
        model_type=raw.get("model_type") or "",
        layers=layers,
        hidden=raw.get("hidden") or 0,
        intermediate=raw.get("intermediate") or 0,
        heads=raw.get("heads") or 0,
        kv_heads=raw.get("kv_heads") or 0,
        head_dim=raw.get("head_dim") or 0,
        vocab=raw.get("vocab") or 0,
        tied=bool(raw.get("tie")),
        dtype=raw.get("dtype") or "bfloat16",
        max_position=(raw.get("context") if raw.get("same_as") else 0) or raw.get("max_position") or raw.get("context") or 0,
        rope=raw.get("rope") or {},
        sliding_window=raw.get("sliding_window") or 0,
        full_layers=layers // every if every else raw.get("full_attention_layers"),
        sliding_layers=layers - layers // every if every else kinds.get("sliding_attention", 0),
        linear_layers=linear,
        kv_elements=2 * shared // raw["hidden"] if shared else raw.get("kv_elements_per_token_per_layer"),
        full_kv_heads=shared // raw["hidden"] // (2 * raw["head_dim"]) if shared else 0,
        sliding_elements=raw.get("kv_elements_per_token_per_layer") or 0,
        doubled=shared * (raw.get("full_attention_layers") or 0),
        experts=moe.get("experts") or 0,
        active_experts=moe.get("active") or 0,
        moe_intermediate=moe.get("moe_intermediate") or (raw.get("intermediate") or 0 if moe.get("experts") else 0),
        latent=bool(mla.get("kv_lora_rank")),
        index=_index(raw.get("model_type") or "", raw.get("indexer") or {}, layers, moe.get("first_dense")),
        state=_state(raw, linear),
        quantization=named if told else raw.get("quantization") or {},
        parts=parts,
        replicated=_replicated(raw.get("hidden") or 0, layers, mla),
        total=(raw.get("params") or {}).get("total") or raw.get("published"),
        inferred=told,
    )


def _shared_values(raw: Mapping[str, Any], kinds: Mapping[str, int]) -> int:
    """Parameters of the keys of one full-attention layer of Gemma 4, which serve as values too.

    Such layers have heads twice as wide and key/value heads of their own number; the exact count of the attention leaves only the keys open.
    """
    full, sliding = kinds.get("full_attention", 0), kinds.get("sliding_attention", 0)
    attention = ((raw.get("params") or {}).get("by_part") or {}).get("attention", 0)
    if not str(raw.get("model_type", "")).startswith("gemma4") or not full or not attention:
        return 0
    hidden, heads, kv_heads, size = raw["hidden"], raw["heads"], raw["kv_heads"], raw["head_dim"]
    each = (attention - sliding * 2 * hidden * size * (heads + kv_heads)) / full - 2 * hidden * heads * 2 * size
    return int(each) // hidden * hidden if each > 0 else 0


def _replicated(hidden: int, layers: int, mla: Mapping[str, Any]) -> int:
    """The down-projections of MLA, which are not divided."""
    if not mla.get("kv_lora_rank"):
        return 0
    return layers * hidden * int((mla.get("q_lora_rank") or 0) + mla["kv_lora_rank"] + (mla.get("qk_rope_head_dim") or 0))


def _index(model_type: str, indexer: Mapping[str, Any], layers: int, first_dense: int | None) -> tuple[int, int]:
    """Sparse attention keeps an index vector for each token: FP8 with a scale where DeepSeek's indexer is used, BF16 in MiniMax-M3."""
    if model_type.startswith("minimax_m3"):
        return 128 * 2, layers - (first_dense if first_dense is not None else 3)
    size = indexer.get("index_head_dim") or 0
    return (size + 4, layers) if size else (0, 0)


def _state(raw: Mapping[str, Any], layers: int) -> int:
    """Bytes of the recurrent state of one request."""
    linear, mamba = raw.get("linear_attention") or {}, raw.get("mamba") or {}
    if linear.get("linear_num_value_heads"):
        heads, keys, values = linear["linear_num_value_heads"], linear["linear_key_head_dim"], linear["linear_value_head_dim"]
        convolution = (linear["linear_conv_kernel_dim"] - 1) * (2 * linear["linear_num_key_heads"] * keys + heads * values)
        return layers * int(heads * keys * values * 4 + convolution * 2)
    if linear.get("num_heads"):
        return layers * int(linear["num_heads"] * linear["head_dim"] ** 2 * 4)
    if mamba.get("mamba_num_heads"):
        heads, size, state = mamba["mamba_num_heads"], mamba["mamba_head_dim"], mamba["ssm_state_size"]
        convolution = (mamba.get("conv_kernel", 4) - 1) * (heads * size + 2 * mamba.get("n_groups", 1) * state)
        width = 4 if mamba.get("mamba_ssm_cache_dtype", "float32") == "float32" else 2
        return layers * int(heads * size * state * width + convolution * 2)
    return 0


# --- config.json ---------------------------------------------------------------------------------------------------------------------------------

_NEEDED = {"num_hidden_layers": "layers", "hidden_size": "hidden", "num_attention_heads": "heads"}
_SPELLINGS = {
    "num_hidden_layers": ("n_layer", "num_layers", "n_layers"),
    "hidden_size": ("n_embd", "d_model"),
    "num_attention_heads": ("n_head", "n_heads"),
    "intermediate_size": ("ffn_hidden_size", "n_inner", "ffn_dim"),
    "num_key_value_heads": ("num_kv_heads", "multi_query_group_num", "n_head_kv"),
    "max_position_embeddings": ("n_positions", "max_seq_len", "seq_length", "max_sequence_length"),
    "num_experts": ("n_routed_experts", "num_local_experts", "moe_num_experts"),
    "num_experts_per_tok": ("num_experts_per_token", "moe_topk", "moe_k", "top_k"),
}


def _of_config(content: Any, name: str) -> ModelFacts:
    if not isinstance(content, dict):
        raise SpecError([Problem("", f"must be a mapping, as config.json of a model is, not {shown(content)}", source=name)])
    inner = next((content[key] for key in ("text_config", "llm_config", "language_config") if isinstance(content.get(key), dict)), None)
    text = {**content, **inner} if inner else dict(content)
    for key, others in _SPELLINGS.items():
        if text.get(key) is None:
            text[key] = next((text[other] for other in others if text.get(other) is not None), None)
    faults = []
    for key in _NEEDED:
        value = text.get(key)
        if value is None:
            hint = did_you_mean(key, [each for each in content if isinstance(each, str)], fallback=lambda _: "")
            faults.append(Problem(key, "is missing: this is not the config.json of a language model", hint, source=name))
        elif not isinstance(value, int) or isinstance(value, bool) or value < 1:
            faults.append(Problem(key, f"must be a whole number above 0, not {shown(value)}", source=name))
    numbers = (
        "num_key_value_heads",
        "head_dim",
        "intermediate_size",
        "vocab_size",
        "max_position_embeddings",
        "num_experts",
        "moe_intermediate_size",
    )
    faults += [
        Problem(key, f"must be a whole number, not {shown(text[key])}", source=name)
        for key in numbers
        if text.get(key) is not None and (not isinstance(text[key], int) or isinstance(text[key], bool) or text[key] < 0)
    ]
    if faults:
        raise SpecError(faults)
    return _shaped(text, content, name)


def _whole(text: Mapping[str, Any], key: str) -> int:
    value = text.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _shaped(text: Mapping[str, Any], content: Mapping[str, Any], name: str) -> ModelFacts:
    layers, hidden, heads = text["num_hidden_layers"], text["hidden_size"], text["num_attention_heads"]
    kv_heads = _whole(text, "num_key_value_heads") or heads
    head_dim = _whole(text, "head_dim") or hidden // heads
    rank, rope_dim = _whole(text, "kv_lora_rank"), _whole(text, "qk_rope_head_dim")
    mla = {"kv_lora_rank": rank, "q_lora_rank": _whole(text, "q_lora_rank"), "qk_rope_head_dim": rope_dim} if rank else {}
    kinds = text.get("layer_types")
    kinds = [kind for kind in kinds if isinstance(kind, str)] if isinstance(kinds, list) else []
    sliding = sum("sliding" in kind or "chunked" in kind for kind in kinds)
    linear = sum("linear" in kind or "mamba" in kind for kind in kinds)
    architectures = content.get("architectures")
    quantization = content.get("quantization_config") or text.get("quantization_config") or {}
    dtype = text.get("dtype") or text.get("torch_dtype") or content.get("torch_dtype")
    rope = text.get("rope_scaling") or text.get("rope_parameters") or {}
    window = _whole(text, "sliding_window") if text.get("use_sliding_window", True) else 0
    if window and not kinds and _whole(text, "sliding_window_pattern") > 1:
        sliding = layers - layers // _whole(text, "sliding_window_pattern")
    elif window and not kinds:
        every = _FULL_EVERY.get(str(text.get("model_type") or ""), 0)
        sliding = layers - layers // every if every else layers
    experts = _whole(text, "num_experts")
    return ModelFacts(
        name=name,
        architecture=architectures[0] if isinstance(architectures, list) and architectures and isinstance(architectures[0], str) else "",
        model_type=str(text.get("model_type") or content.get("model_type") or ""),
        layers=layers,
        hidden=hidden,
        intermediate=_whole(text, "intermediate_size"),
        heads=heads,
        kv_heads=kv_heads,
        head_dim=head_dim,
        vocab=_whole(text, "vocab_size"),
        tied=bool(text.get("tie_word_embeddings", content.get("tie_word_embeddings", False))),
        dtype=dtype if isinstance(dtype, str) else "bfloat16",
        max_position=_whole(text, "max_position_embeddings"),
        rope=rope if isinstance(rope, dict) else {},
        sliding_window=window,
        full_layers=layers - sliding - linear,
        sliding_layers=sliding,
        linear_layers=linear,
        kv_elements=rank + rope_dim if rank else 2 * kv_heads * head_dim,
        experts=experts,
        active_experts=_whole(text, "num_experts_per_tok"),
        moe_intermediate=_whole(text, "moe_intermediate_size") or (_whole(text, "intermediate_size") if experts else 0),
        latent=bool(rank),
        index=_index(str(text.get("model_type") or ""), text, layers, _whole(text, "first_k_dense_replace") or None),
        state=_state({"linear_attention": text, "mamba": {}}, linear) if linear and text.get("linear_num_value_heads") else 0,
        quantization=quantization if isinstance(quantization, dict) else {},
        parts=_counted(text, heads * head_dim, kv_heads * head_dim),
        replicated=_replicated(hidden, layers, mla),
    )


def _counted(text: Mapping[str, Any], width_of_heads: int, kv_width: int) -> dict[str, int]:
    """Parameters by part, from the closed form of plain dense, MoE and MLA models."""
    layers, hidden, heads = text["num_hidden_layers"], text["hidden_size"], text["num_attention_heads"]
    embed = _whole(text, "vocab_size") * hidden
    rank = _whole(text, "kv_lora_rank")
    if rank:
        nope, rope, value = (_whole(text, key) for key in ("qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"))
        query, q_rank = heads * (nope + rope), _whole(text, "q_lora_rank")
        attention = (hidden * q_rank + q_rank * query) if q_rank else hidden * query
        attention += hidden * (rank + rope) + rank * heads * (nope + value) + heads * value * hidden
    else:
        attention = 2 * hidden * width_of_heads + 2 * hidden * kv_width
    experts, width = _whole(text, "num_experts"), _whole(text, "moe_intermediate_size") or _whole(text, "intermediate_size")
    dense_layers = min(_whole(text, "first_k_dense_replace"), layers) if experts else layers
    moe_layers = layers - dense_layers if experts else 0
    shared = _whole(text, "shared_expert_intermediate_size") or _whole(text, "n_shared_experts") * width
    made = {
        "embed": embed,
        "attention": layers * attention,
        "dense_mlp": dense_layers * 3 * hidden * _whole(text, "intermediate_size"),
        "routed_experts": prod((moe_layers, experts, 3, hidden, width)),
        "shared_experts": moe_layers * 3 * hidden * shared if experts else 0,
        "router": moe_layers * hidden * experts,
        "norms": (2 * layers + 1) * hidden,
        "lm_head": 0 if text.get("tie_word_embeddings") else embed,
    }
    return {name: count for name, count in made.items() if count}
