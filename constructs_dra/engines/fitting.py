"""Does a model fit the devices it is given, and what would fit it."""

from collections.abc import Iterable, Iterator, Mapping
from math import ceil
from typing import Any

from attrs import evolve, frozen

from constructs_dra.engines.devices import DEVICES, ComputeDevice
from constructs_dra.engines.footprint import GIB, Memory, Spread, memory
from constructs_dra.engines.models import ModelFacts
from constructs_dra.records.valued import Valued

__all__ = ["Size", "alternatives", "fits", "sizes", "spreads"]

_MOST = 64
"""Devices of one copy that are tried."""

_FP8: Mapping[str, Any] = {"quant_method": "fp8", "weights": {"num_bits": 8, "type": "float"}}


@frozen(kw_only=True, eq=False, repr=False)
class Size(Valued):
    """One way to serve a model.

    Attributes:
        device: The device.
        spread: How the model is spread.
        memory: The memory of one device.
        length: The longest request looked at.
        requests: Requests of that length served at the same time; None: not known.
        replicas: Copies of the service for the load asked for; None: none was, or it is not known.
    """

    device: ComputeDevice
    spread: Spread
    memory: Memory
    length: int
    requests: float | None
    replicas: int | None = None

    @property
    def devices(self) -> int:
        """Devices in all."""
        return self.spread.devices * (self.replicas or 1)


def fits(found: Memory | None, length: int) -> bool:
    """Whether weights fit and one request of a length does; with unknown cache whether 10 % of the budget is left for it."""
    if found is None or found.cache <= 0:
        return False
    needed = found.needed(length)
    return needed <= found.cache if needed is not None else found.cache > 0.1 * found.budget


def spreads(model: ModelFacts, most: int = _MOST) -> Iterator[Spread]:
    """Ways to spread a model that vLLM takes, the smallest first: tensor parallelism over up to eight devices, then stages of eight."""
    tensor = 1
    while tensor <= most:
        if _divides(model, tensor):
            if tensor <= 8:
                yield Spread(tensor=tensor, expert=_needs_experts(model, tensor))
            else:
                yield Spread(tensor=8, pipeline=tensor // 8, expert=_needs_experts(model, 8))
        tensor *= 2


def _divides(model: ModelFacts, devices: int) -> bool:
    tensor = min(devices, 8)
    if not model.heads or model.heads % tensor:
        return False
    if model.latent or not model.kv_heads:
        return True
    more, less = max(model.kv_heads, tensor), min(model.kv_heads, tensor)
    return more % less == 0 and (not model.parts.get("dense_mlp") or not model.intermediate or model.intermediate % tensor == 0)


def _needs_experts(model: ModelFacts, tensor: int) -> bool:
    """Whether experts must stay whole: their width does not divide, or not into blocks of FP8."""
    width = model.moe_intermediate
    if not model.is_moe or not width or tensor == 1:
        return False
    return bool(width % tensor or (model.block and width // tensor % model.block[0]))


def sizes(
    model: ModelFacts,
    devices: Iterable[ComputeDevice],
    *,
    length: int | None = None,
    concurrency: int | None = None,
    version: str | None = None,
    most: int = _MOST,
) -> Iterator[Size]:
    """The smallest way to serve a model on each kind of device; nothing for those it does not fit.

    Args:
        model: The model.
        devices: The devices to look at.
        length: Tokens of the longest request. Default: what the model allows, at most 32768.
        concurrency: Requests of that length to serve at the same time. Default: one.
        version: The version of vLLM. Default: the newest.
        most: Devices of one copy at most. Default 64.
    """
    longest = length or min(model.max_position or 32768, 32768)
    ways = list(spreads(model, most))
    for device in devices:
        for spread in ways:
            found = memory(model, device, spread, version=version)
            if found is not None and fits(found, longest):
                requests = found.requests(longest)
                copies = ceil(concurrency / requests) if concurrency and requests else None
                yield Size(device=device, spread=spread, memory=found, length=longest, requests=requests, replicas=copies)
                break


def alternatives(model: ModelFacts, gib: float, spread: Spread, length: int, version: str | None) -> str:
    """What would fit where this does not: more of the same, FP8, or another device."""
    ways = []
    for other in spreads(model):
        if other.devices > spread.devices and fits(memory(model, gib, other, version=version), length):
            ways.append(f"{other.devices} of these")
            break
    if not model.quantization and fits(memory(evolve(model, quantization=_FP8), gib, spread, version=version), length):
        ways.append("FP8 weights")
    larger = [device for device in DEVICES.values() if device.memory > gib]
    for device in sorted(larger, key=lambda each: each.memory):
        if fits(memory(model, device, spread, version=version), length):
            ways.append(f"{device.name} ({device.memory:.0f} GiB)")
            break
    return f"what would fit: {', or '.join(ways)}" if ways else ""


def shown_gib(size: float) -> str:
    """Bytes as GiB in words."""
    return f"{size / GIB:.1f} GiB"
