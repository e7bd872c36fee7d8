"""Accelerators handed out by device plugins, and what model servers on each kind need to be told.

The table holds the accelerator types of chart llm-d-modelservice; other devices are one `Accelerator(…)` away, and devices from DRA are claims.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

from attrs import field, frozen

from constructs_dra.errors import Problems, shown
from constructs_dra.lexical.names import qualified_name_problem
from constructs_dra.records import valid
from constructs_dra.records.record import Record
from constructs_dra.records.sequence import SequenceNotStr
from constructs_dra.serving import fragments
from constructs_dra.serving.env import Env

__all__ = ["ACCELERATORS", "Accelerator", "AcceleratorType", "AcceleratorTypes"]

AcceleratorType = Literal["amd", "cpu", "google", "intel", "intel-gaudi", "intel-i915", "intel-xe", "nvidia", "rebellions-atom"]
"""The accelerator types of chart llm-d-modelservice."""


def _check_resource(value: object, path: str, problems: Problems) -> None:
    if not isinstance(value, str):
        problems.add(path, f"must be a resource name, not {shown(value)}")
    elif problem := qualified_name_problem(value):
        problems.add(path, f"{shown(value)} {problem}")


@frozen(eq=False, repr=False)
class Accelerator(Record):
    """One kind of accelerator.

    Attributes:
        type: What llm-d calls it, e.g. `nvidia`.
        resource: Name of its device-plugin resource, e.g. `nvidia.com/gpu`. Default: none, for devices that come from claims only.
        device_class: Its DRA device class, by which checks tell that a claim asks for the same devices once more. Default: unknown.
        count: Devices per container. Default: what the parallelism needs.
        env: Environment variables model servers need on it. Default: none.
    """

    type: str = field(metadata=valid.text())
    resource: str | None = field(
        default=None,
        kw_only=True,
        metadata=valid.custom(_check_resource),
    )
    device_class: str | None = field(default=None, kw_only=True, metadata=valid.text())
    count: int | None = field(default=None, kw_only=True, metadata=valid.integer(1))
    env: Env = field(factory=dict, kw_only=True, metadata=fragments.env())

    def ask_in(self, resources: dict[str, Any], devices: int, *, stated_counts: bool = True) -> None:
        """Ask for the devices in limits and requests that do not, in place.

        Args:
            resources: Limits and requests of a container.
            devices: How many, where the accelerator does not say.
            stated_counts: Whether a number in one of the two counts for the other. Default yes.
        """
        if self.resource is None:
            return
        both = [resources.setdefault(part, {}) for part in ("limits", "requests")]
        stated = next((amounts[self.resource] for amounts in both if self.resource in amounts), None) if stated_counts else None
        for amounts in both:
            amounts.setdefault(self.resource, stated if stated is not None else str(self.count or devices))


_SPAWN = {"VLLM_WORKER_MULTIPROC_METHOD": "spawn"}
_I915 = {"VLLM_USE_V1": "1", "TORCH_LLM_ALLREDUCE": "1", **_SPAWN}

ACCELERATORS: Final[Mapping[str, Accelerator]] = {
    accelerator.type: accelerator
    for accelerator in (
        Accelerator("amd", resource="amd.com/gpu", device_class="gpu.amd.com"),
        Accelerator("cpu"),
        Accelerator("google", resource="google.com/tpu", device_class="tpu.google.com"),
        Accelerator("intel", device_class="gpu.intel.com"),
        Accelerator("intel-gaudi", resource="habana.ai/gaudi", device_class="gaudi.intel.com"),
        Accelerator("intel-i915", resource="gpu.intel.com/i915", device_class="gpu.intel.com", env=_I915),
        Accelerator("intel-xe", resource="gpu.intel.com/xe", device_class="gpu.intel.com", env=_SPAWN),
        Accelerator("nvidia", resource="nvidia.com/gpu", device_class="gpu.nvidia.com"),
        Accelerator("rebellions-atom", resource="rebellions.ai/ATOM"),
    )
}
"""Resource names, classes and environment of chart llm-d-modelservice v0.4.12; `intel` has no device-plugin resource."""


@frozen(kw_only=True, eq=False, repr=False)
class AcceleratorTypes(Record):
    """Nodes that carry a label of the accelerator: a required node affinity.

    Attributes:
        label_key: The node label, e.g. `nvidia.com/gpu.product`.
        label_values: Values of it that will do.
    """

    label_key: str = field(metadata=valid.label_key())
    label_values: SequenceNotStr[str] = field(default=(), metadata=valid.texts())
