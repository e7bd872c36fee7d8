"""The devices of an inventory as kinds that models are served on: product, memory and how many there are."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from attrs import evolve

from constructs_dra.engines.devices import ComputeDevice, compute_device
from constructs_dra.lexical.quantity import parse_quantity
from constructs_dra.placement.devices import InventoryDevice, InventorySlice
from constructs_dra.placement.inventory import Inventory

__all__ = ["compute_devices", "device_kind", "devices_of_files"]

_PLATFORMS: Final = {
    "gpu.nvidia.com": "cuda",
    "gpu.amd.com": "rocm",
    "gpu.intel.com": "xpu",
    "gaudi.intel.com": "hpu",
    "tpu.google.com": "tpu",
    "google.com": "tpu",
}
"""Drivers whose devices serve models, and what vLLM calls them."""

_PRODUCTS: Final = ("productName", "model", "product", "deviceType", "family")
"""Attributes that name the product, the best first."""

_GIB = 2**30


def compute_devices(slices: Iterable[InventorySlice]) -> dict[ComputeDevice, int]:
    """Every kind of whole device that computes, and how many there are; those whose memory is not published have the catalogue's."""
    found: Counter[ComputeDevice] = Counter()
    for each in slices:
        for device in each.devices:
            kind = device_kind(each.driver, device)
            if kind is not None:
                found[kind] += 1
    return dict(found)


def devices_of_files(files: Sequence[str]) -> dict[ComputeDevice, int]:
    """The same of files that hold an inventory.

    Raises:
        SpecError: They hold none.
    """
    return compute_devices(Inventory.from_files(files).slices)


def device_kind(driver: str, device: InventoryDevice) -> ComputeDevice | None:
    """One device; None: it serves no models, or neither its product nor its memory is published."""
    platform = _PLATFORMS.get(driver)
    if platform is None or str(_attribute(driver, device, "type") or "gpu").startswith(("mig", "vfio")):
        return None
    product = next((str(value) for name in _PRODUCTS if (value := _attribute(driver, device, name))), "")
    amounts = (device.capacity[name].value for name in ("memory", f"{driver}/memory") if name in device.capacity)
    memory = float(parse_quantity(next(amounts, "0")))
    try:
        known = compute_device(product) if product else None
    except ValueError:
        known = None
    if memory:
        return evolve(known, memory=memory / _GIB) if known else ComputeDevice(product or driver, platform, memory / _GIB)
    return known


def _attribute(driver: str, device: InventoryDevice, name: str) -> object:
    for key in (name, f"{driver}/{name}"):
        value: object
        for value in device.attributes.get(key, {}).values():
            return value
    return None
