"""Devices by name: what they compute with, their memory, and what their platform is called in vLLM."""

import re
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from attrs import frozen

from constructs_dra.errors import did_you_mean
from constructs_dra.records.valued import Valued

__all__ = ["DEVICES", "ComputeDevice", "compute_device"]


@frozen(eq=False, repr=False)
class ComputeDevice(Valued):
    """One kind of device.

    Attributes:
        name: Its name.
        platform: `cuda`, `rocm`, `xpu`, `hpu` or `tpu`.
        memory: Memory that software sees, in GiB.
        capability: Compute capability times ten, e.g. 90; 0 where that means nothing.
    """

    name: str
    platform: str
    memory: float
    capability: int = 0


_ALL: Final = (
    # NVIDIA: what the driver reports of the marketed size; 79.18 GiB of an H100 80GB, 31.4 of an RTX 5090 and 23.58 of an RTX 3090 are measured
    ComputeDevice("T4", "cuda", 14.6, 75),
    ComputeDevice("V100-32GB", "cuda", 31.7, 70),
    ComputeDevice("A10G", "cuda", 22.1, 86),
    ComputeDevice("RTX3090", "cuda", 23.58, 86),
    ComputeDevice("RTX4090", "cuda", 23.5, 89),
    ComputeDevice("RTX5090", "cuda", 31.4, 120),
    ComputeDevice("L4", "cuda", 22.0, 89),
    ComputeDevice("L40S", "cuda", 44.4, 89),
    ComputeDevice("A100-40GB", "cuda", 39.4, 80),
    ComputeDevice("A100-80GB", "cuda", 79.2, 80),
    ComputeDevice("H100", "cuda", 79.18, 90),
    ComputeDevice("H20", "cuda", 95.1, 90),
    ComputeDevice("H200", "cuda", 139.8, 90),
    ComputeDevice("GH200", "cuda", 94.5, 90),
    ComputeDevice("B200", "cuda", 178.4, 100),
    ComputeDevice("B300", "cuda", 267.7, 103),
    # AMD, Intel, Google: the published size
    ComputeDevice("MI250X", "rocm", 64.0),
    ComputeDevice("MI300X", "rocm", 191.7),
    ComputeDevice("MI325X", "rocm", 255.7),
    ComputeDevice("MI355X", "rocm", 287.7),
    ComputeDevice("Gaudi2", "hpu", 94.6),
    ComputeDevice("Gaudi3", "hpu", 126.5),
    ComputeDevice("Max1550", "xpu", 128.0),
    ComputeDevice("B60", "xpu", 24.0),
    ComputeDevice("TPUv6e", "tpu", 31.2),
    ComputeDevice("TPUv7", "tpu", 191.0),
)

DEVICES: Final[Mapping[str, ComputeDevice]] = MappingProxyType({device.name: device for device in _ALL})
"""Every kind by name."""


def compute_device(name: str) -> ComputeDevice:
    """The device of a name, whatever its case, dashes and vendor.

    Raises:
        ValueError: None is known by that name; the message says which are near.
    """
    words = re.findall(r"[a-z0-9]+", name.casefold())
    # a name may be written in two words: `RTX 5090`
    known = {*words, *(first + second for first, second in pairwise(words)), "".join(words)}
    near = [device for device in _ALL if _is_kind_of(known, device)]
    if near:
        return max(near, key=lambda device: len(device.name))
    if "a100" in known:
        return DEVICES["A100-80GB"]
    raise ValueError(f"{name!r} is not a device that is known here; {did_you_mean(name, DEVICES)}")


def _is_kind_of(words: set[str], device: ComputeDevice) -> bool:
    """Whether a longer name is a device's: `NVIDIA-A100-SXM4-80GB` is an A100-80GB."""
    kind, _, size = device.name.casefold().partition("-")
    return kind in words and (not size or size in words)
