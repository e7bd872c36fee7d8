"""The example driver of Kubernetes: imaginary GPUs, NICs and CPUs for tests in kind.

The facts are those of kubernetes-sigs/dra-example-driver.
"""

from typing import Any, ClassVar

from attrs import field, frozen

from constructs_dra.catalogue.config import Interval, OpaqueConfig, shared
from constructs_dra.catalogue.config_model import ConfigField, ConfigKind
from constructs_dra.catalogue.fields import Boolean, Bytes, Devices, Integer, Quantity, String, Version
from constructs_dra.catalogue.model import Driver, PublishedClass, Sharing, Source
from constructs_dra.errors import Problems
from constructs_dra.records import valid

__all__ = ["Cpu", "Gpu", "GpuConfig", "Net", "NetConfig", "cpu", "gpu", "net"]


@frozen(kw_only=True, eq=False, repr=False)
class GpuConfig(OpaqueConfig):
    """How an imaginary GPU is shared.

    Attributes:
        interval: Length of a turn when containers take turns; not with `partition_count`.
        partition_count: Parts to cut it into; not with `interval`.
    """

    driver: ClassVar[str] = "gpu.example.com"
    api_version: ClassVar[str] = "gpu.resource.example.com/v1alpha1"
    kind: ClassVar[str] = "GpuConfig"

    interval: Interval | None = field(default=None, metadata=valid.choice("Default", "Short", "Medium", "Long"))
    partition_count: int | None = field(default=None, metadata=valid.integer())

    def cross_check(self, problems: Problems) -> None:
        """A device is shared in one way."""
        if (self.interval is None) == (self.partition_count is None):
            problems.add("partition_count", "or interval: give one of them", "a device is shared in time or in space")

    def parameters(self) -> dict[str, Any]:
        """The configuration as the driver reads it."""
        return {"apiVersion": self.api_version, "kind": self.kind, **shared(self.interval, self.partition_count)}


@frozen(kw_only=True, eq=False, repr=False)
class NetConfig(OpaqueConfig):
    """How much more bandwidth an imaginary NIC may use at once.

    Attributes:
        ingress_burst: Bits in; 0 for none.
        egress_burst: Bits out; 0 for none.
    """

    driver: ClassVar[str] = "net.example.com"
    api_version: ClassVar[str] = "net.resource.example.com/v1alpha1"
    kind: ClassVar[str] = "NetConfig"

    ingress_burst: int | None = field(default=None, metadata=valid.integer(0, 8 * (2**32 - 2)))
    egress_burst: int | None = field(default=None, metadata=valid.integer(0, 8 * (2**32 - 2)))

    def parameters(self) -> dict[str, Any]:
        """The configuration as the driver reads it."""
        burst = {"ingressBurst": self.ingress_burst, "egressBurst": self.egress_burst}
        return {"apiVersion": self.api_version, "kind": self.kind, "bwBurst": {name: bits for name, bits in burst.items() if bits is not None}}


_GPU = Driver(
    name="gpu.example.com",
    id="example-gpu",
    vendor="kubernetes-sigs",
    kind="test",
    classes=(
        PublishedClass(
            name="gpu.example.com",
            selectors=("device.driver == 'gpu.example.com'",),
            extended_resource_condition="none by default; helm deviceClass.extendedResourceName",
            created_by="helm chart",
            note="<profile> is gpu, net or cpu; driverName overrides it",
        ),
    ),
    configs=(
        ConfigKind(
            kind="GpuConfig",
            api_version="gpu.resource.example.com/v1alpha1",
            applies_to="gpu",
            strict=True,
            fields=(
                ConfigField(path="sharing.strategy", type="string", values=("TimeSlicing", "SpacePartitioning")),
                ConfigField(
                    path="sharing.timeSlicingConfig.interval", type="string", values=("Default", "Short", "Medium", "Long"), default="Default"
                ),
                ConfigField(path="sharing.spacePartitioningConfig.partitionCount", type="int", default=1, rule=">= 0"),
            ),
        ),
    ),
    partitionable=Sharing(gate="flag + DRAPartitionableDevices", counter_set="gpu-<i>-counters", counters="memory, compute"),
    consumable=Sharing(gate="DRAConsumableCapacity", note="net and cpu always, gpu by flag"),
    version_seen="chart 0.4.0+6",
    verified="source",
    sources=(
        Source(
            repository="kubernetes-sigs/dra-example-driver",
            commit="31914ceacda29bbc55208ef75e68c0991e1c9568",
            paths=(
                "internal/profiles/gpu/gpu.go",
                "internal/profiles/net/net.go",
                "internal/profiles/cpu/cpu.go",
                "api/example.com/resource/",
                "deployments/helm/dra-example-driver/",
                "demo/examples/",
            ),
        ),
    ),
    admin_access="demonstrated (demo/examples/admin-access)",
    requirements={"kubernetes": "any DRA version; features per demo"},
    idioms=('device.attributes["gpu.example.com"].driverVersion.isGreaterThan(semver("0.9.0"))',),
    traps=("Good end-to-end target in kind for partitions, consumable capacity, taints, binding conditions, prioritised lists.",),
)


class Gpu(Devices, driver=_GPU):
    """Imaginary GPUs."""

    index = Integer("index")
    uuid = String("uuid")
    model = String("model", examples=("LATEST-GPU-MODEL",))
    driver_version = Version("driverVersion", examples=("1.0.0",))
    partition = Integer("partition", published="partition devices")
    partitionable = Boolean("partitionable", published="partitions enabled", note="only true or missing")
    full = Boolean("full", published="full device with partitions enabled", note="only true or missing")
    memory = Bytes("memory", "80Gi (or a share)", request_policy="with allow-multiple: default full, min 1Gi, step 1Gi")
    compute = Quantity("compute", "100", request_policy="with allow-multiple: default full, min 1, step 1")


gpu = Gpu()
"""Imaginary GPUs."""

_NET = Driver(
    name="net.example.com",
    id="example-net",
    vendor="kubernetes-sigs",
    kind="test",
    accelerator=False,
    classes=(
        PublishedClass(
            name="net.example.com",
            selectors=("device.driver == 'net.example.com'",),
            extended_resource_condition="none by default; helm deviceClass.extendedResourceName",
            created_by="helm chart",
            note="<profile> is gpu, net or cpu; driverName overrides it",
        ),
    ),
    configs=(
        ConfigKind(
            kind="NetConfig",
            api_version="net.resource.example.com/v1alpha1",
            applies_to="net",
            strict=True,
            fields=(
                ConfigField(path="bwBurst.ingressBurst", type="uint64 bits", rule="0 = none; bits/8 below 2^32-1"),
                ConfigField(path="bwBurst.egressBurst", type="uint64 bits", rule="as ingress"),
            ),
        ),
    ),
    consumable=Sharing(gate="DRAConsumableCapacity", note="net and cpu always, gpu by flag"),
    version_seen="chart 0.4.0+6",
    verified="source",
    sources=(
        Source(
            repository="kubernetes-sigs/dra-example-driver",
            commit="31914ceacda29bbc55208ef75e68c0991e1c9568",
            paths=(
                "internal/profiles/gpu/gpu.go",
                "internal/profiles/net/net.go",
                "internal/profiles/cpu/cpu.go",
                "api/example.com/resource/",
                "deployments/helm/dra-example-driver/",
                "demo/examples/",
            ),
        ),
    ),
    admin_access="demonstrated (demo/examples/admin-access)",
    requirements={"kubernetes": "any DRA version; features per demo"},
    traps=("Good end-to-end target in kind for partitions, consumable capacity, taints, binding conditions, prioritised lists.",),
)


class Net(Devices, driver=_NET):
    """Imaginary NICs that share bandwidth and virtual functions."""

    index = Integer("index")
    uuid = String("uuid")
    model = String("model")
    driver_version = Version("driverVersion")
    vfs = Quantity("vfs", "100", request_policy="default 1, valid values [1]")
    ingress_bandwidth = Quantity("ingressBandwidth", "100G", request_policy="default 1G, min 100M, step 1M, max 100G")
    egress_bandwidth = Quantity("egressBandwidth", "100G", request_policy="default 1G, min 100M, step 1M, max 100G")


net = Net()
"""Imaginary NICs that share bandwidth and virtual functions."""

_CPU = Driver(
    name="cpu.example.com",
    id="example-cpu",
    vendor="kubernetes-sigs",
    kind="test",
    accelerator=False,
    classes=(
        PublishedClass(
            name="cpu.example.com",
            selectors=("device.driver == 'cpu.example.com'",),
            extended_resource_condition="none by default; helm deviceClass.extendedResourceName",
            created_by="helm chart",
            note="<profile> is gpu, net or cpu; driverName overrides it",
        ),
    ),
    consumable=Sharing(gate="DRAConsumableCapacity", note="net and cpu always, gpu by flag"),
    version_seen="chart 0.4.0+6",
    verified="source",
    sources=(
        Source(
            repository="kubernetes-sigs/dra-example-driver",
            commit="31914ceacda29bbc55208ef75e68c0991e1c9568",
            paths=(
                "internal/profiles/gpu/gpu.go",
                "internal/profiles/net/net.go",
                "internal/profiles/cpu/cpu.go",
                "api/example.com/resource/",
                "deployments/helm/dra-example-driver/",
                "demo/examples/",
            ),
        ),
    ),
    admin_access="demonstrated (demo/examples/admin-access)",
    requirements={"kubernetes": "any DRA version; features per demo"},
    traps=("Good end-to-end target in kind for partitions, consumable capacity, taints, binding conditions, prioritised lists.",),
)


class Cpu(Devices, driver=_CPU):
    """Imaginary CPUs of a NUMA node."""

    numa_node_id = Integer("numaNodeID")
    cpu = Quantity("cpu", "CPUs per NUMA node", note="with nodeAllocatableResourceMappings cpu")


cpu = Cpu()
"""Imaginary CPUs of a NUMA node."""
