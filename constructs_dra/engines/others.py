"""What is known of other engines' command lines: the flags that say how many devices, which port, and by which names they answer.

Few flags and no versions: whatever is not in these tables is passed over. SGLang's names are those of its page "Server Arguments", TensorRT-LLM's
those of `trtllm-serve`; both take `--flag value` and `--flag=value`.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.engines.finding import Devices, Finding
from constructs_dra.engines.launch import Engine, Launch, launches
from constructs_dra.engines.shell import OPAQUE
from constructs_dra.errors import shown
from constructs_dra.records.valued import Valued

__all__ = ["OTHERS", "OtherEngine", "Said", "default_port", "other_findings", "ranks", "said_by", "silent_engine"]


@frozen(kw_only=True, eq=False, repr=False)
class OtherEngine(Valued):
    """One engine.

    Attributes:
        title: Its name in messages.
        numbers: Spellings of flags that take a whole number, and what vLLM calls their value.
        texts: Spellings of flags that take a text, and what vLLM calls it.
        switches: Spellings of flags without a value, and what is on then.
        positional: Whether its first argument is the model.
        port: The port it listens on where nothing says another.
        metrics: The flag without which it exports no metrics; empty: it always does.
        launchers: Programs that start it on several nodes, so that its ranks are not all here.
    """

    title: str
    numbers: Mapping[str, str]
    texts: Mapping[str, str]
    switches: Mapping[str, str] = field(factory=dict)
    positional: bool = False
    port: int
    metrics: str = ""
    launchers: frozenset[str] = frozenset()


def _spelt(**spellings: str) -> Mapping[str, str]:
    return MappingProxyType({spelling: name for name, listed in spellings.items() for spelling in listed.split()})


OTHERS: Final[Mapping[Engine, OtherEngine]] = MappingProxyType(
    {
        "sglang": OtherEngine(
            title="SGLang",
            numbers=_spelt(
                tensor_parallel_size="--tensor-parallel-size --tp-size --tp",
                pipeline_parallel_size="--pipeline-parallel-size --pp-size",
                data_parallel_size="--data-parallel-size --dp-size --dp",
                expert_parallel_size="--expert-parallel-size --ep-size --ep",
                nnodes="--nnodes",
                node_rank="--node-rank",
                max_model_len="--context-length",
                port="--port",
            ),
            texts=_spelt(
                model="--model-path --model",
                served_model_name="--served-model-name",
                host="--host",
                config="--config",
                disaggregation_mode="--disaggregation-mode",
                disaggregation_bootstrap_port="--disaggregation-bootstrap-port",
            ),
            switches=_spelt(enable_metrics="--enable-metrics", enable_dp_attention="--enable-dp-attention"),
            port=30000,
            metrics="--enable-metrics",
        ),
        "tensorrt-llm": OtherEngine(
            title="TensorRT-LLM",
            numbers=_spelt(
                tensor_parallel_size="--tp_size --tensor_parallel_size",
                pipeline_parallel_size="--pp_size --pipeline_parallel_size",
                expert_parallel_size="--ep_size --moe_expert_parallel_size",
                gpus_per_node="--gpus_per_node",
                max_model_len="--max_seq_len",
                port="--port",
            ),
            texts=_spelt(served_model_name="--served_model_name", host="--host", config="--extra_llm_api_options --config"),
            positional=True,
            port=8000,
            launchers=frozenset({"mpirun", "mpiexec", "srun", "trtllm-llmapi-launch"}),
        ),
    }
)
"""The engines beside vLLM."""


@frozen(kw_only=True, eq=False, repr=False)
class Said(Valued):
    """What a command line says.

    Attributes:
        values: vLLM's names of the values, each with the number of the argument; what only the running container knows is left out.
        spelt: The same names, and how the flag was spelt.
        unread: Names whose value only the running container knows, or that a configuration file may set; `*`: any.
        wrong: Numbers of arguments that should be whole numbers, the flag and what stands there.
    """

    values: Mapping[str, tuple[Any, int]]
    spelt: Mapping[str, str]
    unread: frozenset[str] = frozenset()
    wrong: tuple[tuple[int, str, str], ...] = ()


def said_by(launch: Launch) -> Said:
    """Read the flags that are known of an engine; of the same flag the last one counts."""
    engine = OTHERS[launch.engine]
    texts = launch.texts
    values: dict[str, tuple[Any, int]] = {}
    spelt: dict[str, str] = {}
    unread: set[str] = set()
    wrong: list[tuple[int, str, str]] = []
    if engine.positional and texts and not texts[0].startswith("-") and OPAQUE not in texts[0]:
        values["model"] = texts[0], 0
    following = ""
    for index, text in enumerate(texts):
        flag, equals, value = (following, "=", text) if following else text.partition("=")
        following = ""
        if text == OPAQUE and not flag.startswith("-"):
            unread.add("*")  # perhaps several flags
        elif flag in engine.switches and not equals:
            values[engine.switches[flag]] = True, index
        elif name := engine.numbers.get(flag) or engine.texts.get(flag):
            if not equals:
                following = flag
                continue
            values.pop(name, None)
            spelt[name] = flag
            if OPAQUE in value:
                unread.add(name)
            elif flag in engine.texts:
                values[name] = value, index
            elif value.strip().lstrip("-").isdecimal():
                values[name] = int(value), index
            else:
                wrong.append((index, flag, value))
    if "config" in values:
        unread.add("*")
    return Said(values=values, spelt=spelt, unread=frozenset(unread), wrong=tuple(wrong))


def ranks(said: Said) -> int | None:
    """Devices that the engine uses on its node; None where that is not known."""
    if said.unread & {"*", "tensor_parallel_size", "pipeline_parallel_size", "data_parallel_size", "nnodes"}:
        return None
    sizes: dict[str, int] = {
        name: said.values.get(name, (1, -1))[0] for name in ("tensor_parallel_size", "pipeline_parallel_size", "data_parallel_size", "nnodes")
    }
    if min(sizes.values()) < 1:
        return None
    # with attention that is parallel over the data, the copies share the tensor ranks
    copies = 1 if "enable_dp_attention" in said.values else sizes["data_parallel_size"]
    here = -(-sizes["tensor_parallel_size"] * sizes["pipeline_parallel_size"] * copies // sizes["nnodes"])
    limit = said.values.get("gpus_per_node")
    return min(here, int(limit[0])) if limit is not None and limit[0] > 0 else here


def other_findings(launch: Launch, devices: Devices) -> Iterator[Finding]:
    """What is wrong for sure: a size that is no number, and more ranks than the container has devices."""
    said = said_by(launch)
    title = OTHERS[launch.engine].title
    for index, flag, value in said.wrong:
        words = f"{title} takes a whole number for {flag}, not {shown(value)}"
        yield Finding(rule="engine-flag-value", message=words, hint="write a whole number", index=index, flags=(flag,))
    needed = None if OTHERS[launch.engine].launchers & set(launch.wrappers) else ranks(said)
    if needed is not None and devices.count and needed > devices.count:
        message = f"{title} starts {needed} ranks here, and the container gets {devices.count} device{'s' * (devices.count != 1)}"
        index = said.values.get("tensor_parallel_size", (0, -1))[1]
        hint = f"give the container {needed} devices, or start fewer ranks"
        yield Finding(rule="engine-world-gpus", message=message, hint=hint, index=index, flags=("tensor_parallel_size",))


def default_port(container: Mapping[str, Any]) -> int | None:
    """The port that the engine of a container listens on because nothing tells it another; None: something does, or it is not known."""
    for launch in launches(container):
        if launch.engine in OTHERS and not launch.fault:
            said = said_by(launch)
            return None if "port" in said.values or said.unread & {"*", "port"} else OTHERS[launch.engine].port
    return None


def silent_engine(container: Mapping[str, Any]) -> tuple[str, str] | None:
    """The engine of a container that exports no metrics, and the flag that is missing; None: it does, or that is not known."""
    for launch in launches(container):
        engine = OTHERS.get(launch.engine)
        if engine is not None and engine.metrics and not launch.fault:
            said = said_by(launch)
            return None if engine.switches[engine.metrics] in said.values or "*" in said.unread else (engine.title, engine.metrics)
    return None
