"""Which DRA features a cluster has: the allocator works with the same switches as Kubernetes'."""

from collections.abc import Iterable

from attrs import field, frozen

from constructs_dra.errors import Problem, Problems, SpecError, shown
from constructs_dra.kubernetes.gates import GATES, enabled
from constructs_dra.lexical.versions import KubernetesVersion
from constructs_dra.placement.arguments import listed
from constructs_dra.records import valid
from constructs_dra.records.record import Record

__all__ = ["Features"]


@frozen(kw_only=True, eq=False, repr=False)
class Features(Record):
    """Feature gates that change what the allocator does. The defaults are those of Kubernetes 1.36.

    Attributes:
        admin_access: DRAAdminAccess: requests for devices in use. Default on.
        prioritized_list: DRAPrioritizedList: `firstAvailable`. Default on.
        partitionable_devices: DRAPartitionableDevices: shared counters, devices that say where they are. Default on.
        device_taints: DRADeviceTaints: taints keep requests away. Default on.
        consumable_capacity: DRAConsumableCapacity: devices shared by claims, `distinctAttribute`. Default on.
        binding_conditions: DRADeviceBindingConditions with DRAResourceClaimDeviceStatus: devices that are prepared before binding. Default on.
        list_type_attributes: DRAListTypeAttributes: attributes with several values. Default off.
        known_defects: Whether two defects are kept that Kubernetes' allocator has up to 1.36.2 and that change its answers: counters stay reserved
            for devices it rejected (kubernetes/kubernetes#140436), and `distinctAttribute` compares with the last device of each request only
            (#140438). Default off.
    """

    admin_access: bool = field(default=True, metadata=valid.boolean())
    prioritized_list: bool = field(default=True, metadata=valid.boolean())
    partitionable_devices: bool = field(default=True, metadata=valid.boolean())
    device_taints: bool = field(default=True, metadata=valid.boolean())
    consumable_capacity: bool = field(default=True, metadata=valid.boolean())
    binding_conditions: bool = field(default=True, metadata=valid.boolean())
    list_type_attributes: bool = field(default=False, metadata=valid.boolean())
    known_defects: bool = field(default=False, metadata=valid.boolean())

    @classmethod
    def of_version(cls, version: str | KubernetesVersion) -> "Features":
        """The features that are on in a version of Kubernetes unless somebody changed them, e.g. `1.34`.

        Raises:
            SpecError: The version is not known here.
        """
        if not isinstance(version, str | KubernetesVersion):
            raise SpecError([Problem("version", f"must be a string such as '1.36', not {shown(version)}")])
        try:
            return cls.of_gates([gate for gate in GATES if enabled(gate, version)])
        except ValueError as error:
            raise SpecError([Problem("version", str(error) if len(str(version)) <= 100 else f"{shown(version)} is not a version")]) from None

    @classmethod
    def of_gates(cls, gates: Iterable[str], *, known_defects: bool = False) -> "Features":
        """Exactly the features of these gates, e.g. `["DRAPrioritizedList"]`; two gates of one feature may be joined by `+`.

        Raises:
            SpecError: `gates` is not a list of names.
        """
        problems = Problems()
        gates = listed(gates, "gates", problems, "feature gates")
        for index, gate in enumerate(gates):
            if not isinstance(gate, str):
                valid.wrong(problems, f"gates[{index}]", gate, "the name of a feature gate")
        problems.raise_errors()
        enabled = {gate for entry in gates for gate in entry.split("+")}
        return cls(
            admin_access="DRAAdminAccess" in enabled,
            prioritized_list="DRAPrioritizedList" in enabled,
            partitionable_devices="DRAPartitionableDevices" in enabled,
            device_taints="DRADeviceTaints" in enabled,
            consumable_capacity="DRAConsumableCapacity" in enabled,
            binding_conditions="DRADeviceBindingConditions" in enabled,
            list_type_attributes="DRAListTypeAttributes" in enabled,
            known_defects=known_defects,
        )
