"""Would the server start: the rules of the start, and the memory of its devices."""

from collections.abc import Iterator
from typing import Final

from attrs import evolve

from constructs_dra.engines.catalogue import dialect
from constructs_dra.engines.finding import UNKNOWN_DEVICES, Devices, Finding
from constructs_dra.engines.fitting import alternatives, shown_gib
from constructs_dra.engines.footprint import Memory, Spread, memory
from constructs_dra.engines.launch import Launch
from constructs_dra.engines.models import ModelFacts, model_facts
from constructs_dra.engines.readings import accepted, reading_of
from constructs_dra.engines.rules_model import longest
from constructs_dra.engines.shell import OPAQUE
from constructs_dra.engines.start import Start
from constructs_dra.engines.startup import breaks, broken_rules, rule_name
from constructs_dra.engines.versions import number, versions
from constructs_dra.errors import Severity

__all__ = ["MEMORY_RULES", "memory_findings", "start_findings", "started"]

MEMORY_RULES: Final = frozenset({"engine-memory-length", "engine-memory-margin", "engine-memory-weights"})
"""What `memory_findings` finds."""


def started(launch: Launch, version: str, devices: Devices = UNKNOWN_DEVICES) -> Start:
    """What is known of a start in one version."""
    reading = reading_of(launch, version)
    name = reading.model if reading.model and OPAQUE not in reading.model else reading.values.get("model")
    return Start(
        dialect=dialect(version, launch.entry or "serve"),
        reading=reading,
        environment=launch.environment,
        model=devices.model or (model_facts(name) if isinstance(name, str) else None),
        platform=launch.image.platform or devices.platform,
        capability=devices.capability,
        devices=devices.count,
    )


def start_findings(launch: Launch, devices: Devices) -> Iterator[Finding]:
    """Rules of the start: of the image's version, or of every version that takes the command line."""
    known = [launch.image.version] if launch.image.version is not None else [versions()[number] for number in accepted(launch)]
    if not known or any(fault.kind in {"model", "config"} for fault in reading_of(launch, known[-1]).faults):
        return
    start = started(launch, known[-1], devices)
    for broken in broken_rules(start):
        if len(known) > 1 and not all(breaks(started(launch, version, devices), broken.rule) for version in known[:-1]):
            continue  # some version may do
        who = f"vLLM {known[0]}" if len(known) == 1 else "every version of vLLM that takes this command line"
        given = reading_of(launch, known[-1]).given
        index = next((each.index for name in broken.flags for each in given if each.flag.dest == name), -1)
        yield Finding(
            rule=rule_name(broken.rule),
            message=f"{who} does not start: {broken.words}",
            hint=broken.hint,
            # what only follows from facts that a name suggests is no certain mistake
            severity="warning" if start.model and start.model.inferred and not breaks(start.without_model(), broken.rule) else "error",
            index=index,
            variable=broken.variable if index < 0 else "",
            flags=broken.flags,
        )


def memory_findings(launch: Launch, devices: Devices) -> Iterator[Finding]:
    """Whether the model fits the devices."""
    taking = accepted(launch) if launch.image.version is None else ()
    version = launch.image.version or (versions()[taking[-1]] if taking else None)
    if devices.memory is None or version is None:
        return
    start = started(launch, version, devices)
    model, tensor, pipeline, data = start.model, start.tensor, start.pipeline, start.data
    if model is None or not tensor or not pipeline or not data or start.platform in {"cpu", "tpu"} or start.given("cpu_offload_gb"):
        return
    spread = Spread(tensor=tensor, pipeline=pipeline, data=data, expert=start.has("enable_expert_parallel"), context=_context(start))
    quantised = start.value("quantization")
    if isinstance(quantised, str) and not model.quantization:
        if quantised != "fp8":
            return
        model = evolve(model, quantization={"quant_method": "fp8"})
    share = start.value("gpu_memory_utilization")
    if start.given("gpu_memory_utilization") and not isinstance(share, float):
        return
    found = memory(
        model,
        devices.memory,
        spread,
        version=number_version(version),
        utilization=share,
        kv_cache_dtype=str(start.value("kv_cache_dtype") or "auto"),
        batched_tokens=start.number("max_num_batched_tokens"),
        enforce_eager=start.has("enforce_eager"),
    )
    if found is not None:
        yield from _room(start, model, found, spread, devices)


def _context(start: Start) -> int:
    return start.number("decode_context_parallel_size", 1) or 1


def number_version(version: str) -> str:
    """A version, or the one a fork was made from."""
    return versions()[number(version)]


def _room(start: Start, model: ModelFacts, found: Memory, spread: Spread, devices: Devices) -> Iterator[Finding]:
    given = start.reading.given
    index = next((each.index for each in given if each.flag.dest in {"tensor_parallel_size", "max_model_len"}), -1)
    certain: Severity = "warning" if model.inferred else "error"
    length = start.number("max_model_len") or longest(start)
    if start.given("max_model_len") and start.number("max_model_len") in {None, -1}:
        length = None
    over = f"over {spread.devices} devices" if spread.devices > 1 else "on one device"
    weights, budget = shown_gib(found.weights), shown_gib(found.budget)
    version = number_version(start.dialect.version)
    if found.room <= 0:
        message = (
            f"{model.name} needs {weights} for weights {over}, and vLLM may use {budget} of {devices.memory:.1f} GiB: there is no room for the cache"
        )
        hint = alternatives(model, devices.memory or 0, spread, min(length or 1, 4096), version)
        yield Finding(rule="engine-memory-weights", message=message, hint=hint, severity=certain, index=index, flags=("tensor_parallel_size",))
        return
    needed = found.needed(length) if length else None
    if needed is not None and length and needed > found.room:
        message = (
            f"one request of {length} tokens needs {shown_gib(needed)} of cache on each device; "
            f"weights of {weights} leave {shown_gib(found.room)} of {budget}"
        )
        fitting = int(length * found.room / needed)
        hint = "; ".join(filter(None, (f"--max-model-len below {fitting}", alternatives(model, devices.memory or 0, spread, length, version))))
        yield Finding(rule="engine-memory-length", message=message, hint=hint, severity=certain, index=index, flags=("max_model_len",))
        return
    left = found.cache - (needed or 0)
    if left < 0.1 * found.budget:
        message = (
            f"{model.name} {over}: about {shown_gib(max(found.cache, 0))} of {budget} are left for the cache"
            + (f", and one request of {length} tokens needs {shown_gib(needed)}" if needed is not None else "")
            + "; activations and graphs are an estimate"
        )
        hint = alternatives(model, devices.memory or 0, spread, length or 4096, version)
        yield Finding(rule="engine-memory-margin", message=message, hint=hint, severity="warning", index=index, flags=("max_model_len",))
