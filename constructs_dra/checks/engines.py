"""Containers of manifests against the catalogue of engines: flags and variables that the version in the image does not take."""

from collections.abc import Iterator
from typing import Any, Final

from constructs_dra.engines.containers import container_router_problems, engine_problems
from constructs_dra.engines.devices import ComputeDevice, compute_device
from constructs_dra.engines.finding import UNKNOWN_DEVICES, Devices
from constructs_dra.errors import Problem
from constructs_dra.kubernetes.kinds import pod_templates
from constructs_dra.kubernetes.shapes import at, sequence
from constructs_dra.paths import child

__all__ = ["check_engines"]


def check_engines(manifest: dict[str, Any]) -> Iterator[Problem]:
    """What is wrong with the engines that the pods of an object start."""
    for template, path in pod_templates(manifest):
        spec = child(path, "spec")
        for group in ("initContainers", "containers"):
            for index, container in enumerate(sequence(at(template, "spec", group))):
                if isinstance(container, dict):
                    place = f"{spec}.{group}[{index}]"
                    for where, finding in container_router_problems(container):
                        yield Problem(f"{place}.{where}", finding.message, finding.hint, rule=finding.rule, severity=finding.severity)
                    for found in engine_problems(container, devices=_devices(container, template)):
                        yield found.problem(_placed(place, container, found.path))


_RESOURCES: Final = {
    "nvidia.com/gpu": "cuda",
    "amd.com/gpu": "rocm",
    "gpu.intel.com/i915": "xpu",
    "gpu.intel.com/xe": "xpu",
    "habana.ai/gaudi": "hpu",
    "google.com/tpu": "tpu",
}
"""Resources of device plugins, and what the devices are called in vLLM. The cores of a TPU chip are counted one by one, so its number says little."""

_PRODUCT_LABELS: Final = ("nvidia.com/gpu.product", "cloud.google.com/gke-accelerator", "amd.com/gpu.product-name", "gpu.nvidia.com/class")
"""Labels of nodes that name the device."""


def _devices(container: dict[str, Any], template: dict[str, Any]) -> Devices:
    """What a manifest says about the devices of a container."""
    limits = at(container, "resources", "limits")
    for resource, platform in _RESOURCES.items():
        number = str(limits.get(resource, "")) if isinstance(limits, dict) else ""
        if number.isdigit():
            count = int(number) if platform != "tpu" and not at(container, "resources", "claims") else None
            device = _product(template)
            if device is None or device.platform != platform:
                return Devices(count=count, platform=platform)
            return Devices(count=count, platform=platform, capability=device.capability, memory=device.memory, name=device.name)
    return UNKNOWN_DEVICES


def _product(template: dict[str, Any]) -> ComputeDevice | None:
    """The device that the pod's node selector names."""
    selector = at(template, "spec", "nodeSelector")
    for label in _PRODUCT_LABELS:
        value = selector.get(label) if isinstance(selector, dict) else None
        if isinstance(value, str):
            try:
                return compute_device(value)
            except ValueError:
                return None
    return None


def _placed(place: str, container: dict[str, Any], path: str) -> str:
    """A place in the container as the manifest has it: variables stand in a list."""
    if not path.startswith("env["):
        return f"{place}.{path}"
    name = path[5:-2]
    for index, each in enumerate(sequence(container.get("env"))):
        if isinstance(each, dict) and each.get("name") == name:
            return f"{place}.env[{index}]"
    return f"{place}.env"
