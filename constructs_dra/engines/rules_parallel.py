"""Rules about parallelism: heads, experts, stages, several nodes."""

from collections.abc import Iterator

from constructs_dra.engines.rulebook import broken, column, rule
from constructs_dra.engines.start import Broken, Start


def _divisors(number: int, *, at_most: int = 64) -> str:
    return ", ".join(str(each) for each in range(1, min(number, at_most) + 1) if number % each == 0)


@rule("tp-heads")
def _tp_heads(start: Start) -> Iterator[Broken]:
    model, tensor = start.model, start.tensor
    if model and model.heads and tensor and model.heads % tensor:
        yield broken("tp-heads", model.heads, tensor, flags=("tensor_parallel_size",), hint=f"take one of {_divisors(model.heads)}")


@rule("tp-kv-heads")
def _tp_kv_heads(start: Start) -> Iterator[Broken]:
    model, tensor = start.model, start.tensor
    if model is None or not model.kv_heads or not tensor or model.latent or model.heads % tensor:
        return
    more, less = max(model.kv_heads, tensor), min(model.kv_heads, tensor)
    if more % less:
        yield broken("tp-kv-heads", more, less, flags=("tensor_parallel_size",), hint=f"{model.name} has {model.kv_heads} key/value heads")


@rule("tp-ffn")
def _tp_ffn(start: Start) -> Iterator[Broken]:
    model, tensor = start.model, start.tensor
    if model is None or not tensor or (model.heads and model.heads % tensor):
        return
    if model.parts.get("dense_mlp") and model.intermediate and model.intermediate % tensor:
        hint = f"the MLPs of {model.name} are {model.intermediate} wide"
        yield broken("tp-ffn", model.intermediate, tensor, flags=("tensor_parallel_size",), hint=hint)
    ranks = _expert_ranks(start)
    if ranks and model.is_moe and model.moe_intermediate and model.moe_intermediate % ranks:
        hint = f"the experts of {model.name} are {model.moe_intermediate} wide; --enable-expert-parallel leaves them whole"
        yield broken("tp-ffn", model.moe_intermediate, ranks, flags=("tensor_parallel_size",), hint=hint)


def _expert_ranks(start: Start) -> int | None:
    """Ranks that each expert is divided over: 1 with expert parallelism; None: not known."""
    if start.has("enable_expert_parallel"):
        return 1
    if None in {start.tensor, start.data, start.context} or "enable_expert_parallel" in start.reading.values:
        return None
    flattened = start.dialect.version != "" and start.dialect.column >= 3  # from 0.9.0 on
    return (start.tensor or 1) * ((start.data or 1) * (start.context or 1) if flattened else 1)


@rule("fp8-block")
def _fp8_block(start: Start) -> Iterator[Broken]:
    model, ranks = start.model, _expert_ranks(start)
    if model is None or model.block is None or not model.is_moe or not model.moe_intermediate or not ranks or start.platform == "tpu":
        return
    width = model.moe_intermediate // ranks
    if model.moe_intermediate % ranks == 0 and width % model.block[0]:
        hint = f"add --enable-expert-parallel, or divide the experts' {model.moe_intermediate} columns into multiples of {model.block[0]}"
        yield broken("fp8-block", width, model.block[0], flags=("tensor_parallel_size",), hint=hint)


@rule("ep-moe")
def _ep_moe(start: Start) -> Iterator[Broken]:
    if start.has("enable_expert_parallel") and start.model and start.model.layers and not start.model.is_moe:
        yield broken("ep-moe", flags=("enable_expert_parallel",), hint=f"{start.model.name} has no experts")


@rule("eplb-ep")
def _eplb_ep(start: Start) -> Iterator[Broken]:
    if start.has("enable_eplb") and not start.given("enable_expert_parallel"):
        yield broken("eplb-ep", flags=("enable_eplb",), hint="add --enable-expert-parallel")


@rule("eplb-size")
def _eplb_size(start: Start) -> Iterator[Broken]:
    sizes = (start.tensor, start.context, start.data)
    if start.has("enable_eplb") and None not in sizes and (sizes[0] or 1) * (sizes[1] or 1) * (sizes[2] or 1) <= 1:
        yield broken("eplb-size", *sizes, flags=("enable_eplb",))


@rule("eplb-dev")
def _eplb_dev(start: Start) -> Iterator[Broken]:
    if start.has("enable_eplb") and start.platform in {"cpu", "tpu", "hpu", "neuron"}:
        yield broken("eplb-dev", flags=("enable_eplb",))


@rule("eplb-redundant")
def _eplb_redundant(start: Start) -> Iterator[Broken]:
    count = start.config("eplb_config").get("num_redundant_experts") or start.number("num_redundant_experts", 0)
    if count and not start.given("enable_eplb"):
        flags = ("eplb_config",) if start.given("eplb_config") else ("num_redundant_experts",)
        yield broken("eplb-redundant", count, flags=flags, hint="add --enable-eplb")


@rule("eplb-even")
def _eplb_even(start: Start) -> Iterator[Broken]:
    if not start.has("enable_eplb") or start.model is None or not start.model.is_moe or None in {start.tensor, start.data}:
        return
    count = start.config("eplb_config").get("num_redundant_experts") or start.number("num_redundant_experts", 0) or 0
    ranks = (start.tensor or 1) * (start.data or 1)
    total = start.model.experts + count if isinstance(count, int) else 0
    if total and total % ranks:
        hint = f"add {-total % ranks} redundant experts"
        yield broken("eplb-even", total, ranks, flags=("enable_eplb",), hint=hint)


@rule("elastic")
def _elastic(start: Start) -> Iterator[Broken]:
    if start.has("enable_elastic_ep") and not start.given("enable_eplb"):
        yield broken("elastic", flags=("enable_elastic_ep",), hint="add --enable-eplb")


@rule("pp-v1")
def _pp_v1(start: Start) -> Iterator[Broken]:
    unused = start.environment.get("VLLM_USE_V1", "1") == "0"
    other = start.value("distributed_executor_backend") not in {None, "mp"}
    if start.pipeline and start.pipeline > 1 and start.tensor and not unused and not other:
        yield broken("pp-v1", start.world, start.tensor, flags=("pipeline_parallel_size",), hint="set VLLM_USE_V1=0, or use Ray")


@rule("pp-layers")
def _pp_layers(start: Start) -> Iterator[Broken]:
    partition, layers = start.environment.get("VLLM_PP_LAYER_PARTITION"), start.model.layers if start.model else 0
    if not partition or not start.pipeline:
        return
    parts = partition.split(",")
    sums = all(part.strip().isdigit() for part in parts) and (not layers or sum(map(int, parts)) == layers)
    if len(parts) != start.pipeline or not sums:
        yield broken("pp-layers", start.pipeline, layers or "all", partition, variable="VLLM_PP_LAYER_PARTITION")


@rule("dcp-tp")
def _dcp_tp(start: Start) -> Iterator[Broken]:
    context = start.number("decode_context_parallel_size", 1)
    if context and start.tensor and start.tensor % context:
        yield broken("dcp-tp", start.tensor, context, flags=("decode_context_parallel_size",))


@rule("dcp-gqa")
def _dcp_gqa(start: Start) -> Iterator[Broken]:
    context, model = start.number("decode_context_parallel_size", 1), start.model
    if context and context > 1 and start.tensor and model and model.kv_heads and not model.latent and start.tensor <= model.kv_heads:
        yield broken("dcp-gqa", start.tensor, model.kv_heads, flags=("decode_context_parallel_size",))


@rule("world-gpus")
def _world_gpus(start: Start) -> Iterator[Broken]:
    local = start.number("data_parallel_size_local", start.data)
    elsewhere = start.value("distributed_executor_backend") == "ray" or start.value("data_parallel_backend") == "ray" or start.given("nnodes")
    spread = start.given("data_parallel_address") or start.has("data_parallel_external_lb") or start.given("data_parallel_rank")
    if None in {start.world, start.devices, local} or elsewhere or start.platform not in {"", "cuda"}:
        return
    needed = (start.world or 1) * (1 if spread and not start.given("data_parallel_size_local") else local or 1)
    if needed > (start.devices or 0) > 0:
        yield broken("world-gpus", needed, start.devices, flags=("tensor_parallel_size",), hint=f"give the container {needed} devices")


@rule("dp-local")
def _dp_local(start: Start) -> Iterator[Broken]:
    local = start.number("data_parallel_size_local")
    if local is not None and start.data is not None and local > start.data:
        yield broken("dp-local", local, start.data, flags=("data_parallel_size_local",))


@rule("dp-ext")
def _dp_ext(start: Start) -> Iterator[Broken]:
    if start.has("data_parallel_external_lb") and start.data is not None and start.data <= 1:
        yield broken("dp-ext", flags=("data_parallel_external_lb",))


@rule("dp-rank")
def _dp_rank(start: Start) -> Iterator[Broken]:
    rank = start.number("data_parallel_rank")
    if rank is not None and start.data is not None and not 0 <= rank < start.data:
        yield broken("dp-rank", rank, start.data, flags=("data_parallel_rank",))


@rule("dp-modes")
def _dp_modes(start: Start) -> Iterator[Broken]:
    several = start.has("data_parallel_multi_port_external_lb")
    external = start.has("data_parallel_external_lb") or start.given("data_parallel_rank")
    hybrid = start.has("data_parallel_hybrid_lb")
    if several + external + hybrid > 1 and not (external and hybrid and start.dialect.column >= column("0.27.0")):
        yield broken("dp-modes", flags=("data_parallel_hybrid_lb" if hybrid else "data_parallel_multi_port_external_lb",))


@rule("dp-hybrid-ext")
def _dp_hybrid_ext(start: Start) -> Iterator[Broken]:
    if start.has("data_parallel_hybrid_lb") and start.has("data_parallel_external_lb"):
        yield broken("dp-hybrid-ext", flags=("data_parallel_hybrid_lb",))


@rule("dp-hybrid-local")
def _dp_hybrid_local(start: Start) -> Iterator[Broken]:
    if start.has("data_parallel_hybrid_lb") and not start.given("data_parallel_size_local") and not start.given("nnodes"):
        yield broken("dp-hybrid-local", flags=("data_parallel_hybrid_lb",))


@rule("dp-ext-local")
def _dp_ext_local(start: Start) -> Iterator[Broken]:
    local = start.number("data_parallel_size_local")
    if start.given("data_parallel_rank") and local not in {1, None}:
        yield broken("dp-ext-local", local, flags=("data_parallel_size_local",))


@rule("dp-ext-rank")
def _dp_ext_rank(start: Start) -> Iterator[Broken]:
    if start.has("data_parallel_external_lb") and not start.given("data_parallel_rank") and not start.given("nnodes"):
        yield broken("dp-ext-rank", flags=("data_parallel_external_lb",))


@rule("dp-dense-ext")
def _dp_dense_ext(start: Start) -> Iterator[Broken]:
    external = start.has("data_parallel_external_lb") or start.given("data_parallel_rank")
    if external and start.data and start.data > 1 and start.model and start.model.layers and not start.model.is_moe:
        yield broken("dp-dense-ext", flags=("data_parallel_size",), hint=f"{start.model.name} has no experts")


@rule("headless-api")
def _headless_api(start: Start) -> Iterator[Broken]:
    count = start.number("api_server_count")
    if start.has("headless") and count is not None and count > 0:
        yield broken("headless-api", count, flags=("api_server_count",))


@rule("headless-local")
def _headless_local(start: Start) -> Iterator[Broken]:
    local = start.number("data_parallel_size_local")
    if start.has("headless") and local is not None and local <= 0:
        yield broken("headless-local", flags=("data_parallel_size_local",))


@rule("headless-hybrid")
def _headless_hybrid(start: Start) -> Iterator[Broken]:
    if start.has("headless") and start.has("data_parallel_hybrid_lb"):
        yield broken("headless-hybrid", flags=("data_parallel_hybrid_lb",))


@rule("nnodes-mp")
def _nnodes_mp(start: Start) -> Iterator[Broken]:
    nodes, backend = start.number("nnodes", 1), start.value("distributed_executor_backend")
    allowed = {None, "mp"} if start.dialect.column < column("0.14.0") else {None, "mp", "uni", "external_launcher"}
    if nodes and nodes > 1 and backend not in allowed:
        yield broken("nnodes-mp", flags=("distributed_executor_backend",))


@rule("nnodes-world")
def _nnodes_world(start: Start) -> Iterator[Broken]:
    nodes, world = start.number("nnodes", 1), start.world
    if nodes and nodes > 1 and world and start.data and start.context and (world * start.data * start.context) % nodes:
        yield broken("nnodes-world", nodes, world * start.data * start.context, flags=("nnodes",))


@rule("node-rank")
def _node_rank(start: Start) -> Iterator[Broken]:
    nodes, rank = start.number("nnodes", 1), start.number("node_rank", 0)
    if nodes is not None and rank is not None and not 0 <= rank < nodes:
        yield broken("node-rank", nodes - 1, rank, flags=("node_rank",))
