"""CPUs, memory and huge pages of the node itself.

The facts are those of kubernetes-sigs/dra-driver-cpu and ffromani/dra-driver-memory.
"""

from typing import Any, ClassVar, Literal, TypeAlias, get_args

from attrs import field, frozen

from constructs_dra.catalogue.config import OpaqueConfig
from constructs_dra.catalogue.config_model import ConfigField, ConfigKind
from constructs_dra.catalogue.fields import Boolean, Bytes, Choice, Devices, Integer, Quantity, String
from constructs_dra.catalogue.model import STANDARD_DOMAIN, Driver, PublishedClass, Sharing, Source
from constructs_dra.errors import Problems, shown
from constructs_dra.records import valid

__all__ = ["Cpu", "CpuConfig", "CpuCoreType", "Memory", "cpu", "memory"]

CpuCoreType: TypeAlias = Literal["standard", "p-core", "e-core"]


def _cpuset(value: Any, path: str, problems: Problems) -> None:
    for part in value.split(",") if isinstance(value, str) else [""]:
        first, dash, last = part.partition("-")
        if not (first.isascii() and first.isdigit()) or (dash and not (last.isascii() and last.isdigit() and int(first) <= int(last))):
            problems.add(path, f"{shown(value)} is not a list of CPUs", "write numbers and ranges, e.g. '0-3,8'")
            return


@frozen(kw_only=True, eq=False, repr=False)
class CpuConfig(OpaqueConfig):
    """The CPUs to take, for schedulers of your own and drivers that group by machine.

    Attributes:
        cpuset: Which CPUs, e.g. `0-3,8`.
    """

    driver: ClassVar[str] = "dra.cpu"
    api_version: ClassVar[str] = "v1alpha1"

    cpuset: str = field(metadata=valid.custom(_cpuset))

    def parameters(self) -> dict[str, Any]:
        """The configuration as the driver reads it."""
        return {"apiVersion": self.api_version, "cpuConfig": {"cpuset": self.cpuset}}


_CPU = Driver(
    name="dra.cpu",
    id="cpu",
    vendor="kubernetes-sigs",
    kind="cpu",
    accelerator=False,
    classes=(PublishedClass(name="dra.cpu", selectors=('device.driver == "dra.cpu"',), created_by="helm chart"),),
    configs=(
        ConfigKind(
            api_version="v1alpha1",
            applies_to="grouped by machine only",
            fields=(ConfigField(path="cpuConfig.cpuset", type="string", rule="cpuset list syntax"),),
            note=(
                "read from the allocation, meant for an external scheduler; not from the DeviceClass; apiVersion has no group and there is no kind"
            ),
        ),
    ),
    share_needed="dra.cpu/cpu",
    consumable=Sharing(gate="DRAConsumableCapacity (must be enabled by hand on 1.34/1.35)", note="grouped mode sets allowMultipleAllocations"),
    version_seen="v0.2.0+",
    verified="source",
    sources=(
        Source(
            repository="kubernetes-sigs/dra-driver-cpu",
            commit="de98098690f25e59d781c1659b5c3e0b0a210c2a",
            paths=("pkg/device/attributes.go", "pkg/device/builder.go", "pkg/driver/dra_hooks.go", "deployment/helm/dra-driver-cpu/"),
        ),
    ),
    device_name="grouped: cpudevnuma000 / cpudevsocket000 / cpudevmachine; individual: cpudev000",
    attribute_note="dra.cpu/allocatedNumCPUs is metadata only and never in a ResourceSlice.",
    admin_access="not specific",
    requirements={
        "kubernetes": "1.34+",
        "runtime": "containerd 2.0+ or CRI-O 1.30+ with NRI and CDI",
        "other": ("kubelet cpuManagerPolicy none; one claim for one container; mirror the CPU amount in the container's resources.requests.cpu"),
    },
    idioms=('device.attributes["resource.kubernetes.io"].numaNode == 0', 'capacity.requests: {dra.cpu/cpu: "8"}'),
    traps=("Default mode is grouped by NUMA node.",),
)


class Cpu(Devices, driver=_CPU):
    """CPUs, by default grouped by NUMA node. A claim that does not say how many takes the whole group."""

    socket_id = Integer("socketID", applies_to="groupBy numanode or socket; individual")
    num_cpus = Integer("numCPUs", applies_to="grouped")
    smt_enabled = Boolean("smtEnabled")
    cache_l3_id = Integer("cacheL3ID", applies_to="individual")
    core_type = Choice[CpuCoreType]("coreType", values=get_args(CpuCoreType), applies_to="individual")
    core_id = Integer("coreID", applies_to="individual")
    cpu_id = Integer("cpuID", applies_to="individual")
    numa_node = Integer("numaNode", domain=STANDARD_DOMAIN, applies_to="groupBy numanode; individual")
    numa_node_id = Integer("numaNodeID", applies_to="as numaNode", deprecated="compatibility key")
    dranet_numa_node = Integer("numaNode", domain="dra.net", applies_to="as numaNode", deprecated="compatibility key")
    pcie_root = String("pcieRoot", domain=STANDARD_DOMAIN, published="--expose-pcie-roots and DRAListTypeAttributes; always the list form")
    cpu = Quantity("cpu", "CPU count", applies_to="grouped", note="leaving capacity.requests out takes the WHOLE device")


cpu = Cpu()
"""CPUs, by default grouped by NUMA node. A claim that does not say how many takes the whole group."""

_MEMORY = Driver(
    name="dra.memory",
    id="memory",
    vendor="ffromani (personal, wg-device-management)",
    kind="memory",
    accelerator=False,
    classes=(
        PublishedClass(
            name="dra.memory",
            selectors=(
                (
                    'device.driver == "dra.memory" && device.attributes["resource.kubernetes.io"].pageSize == "4Ki" && '
                    'device.attributes["resource.kubernetes.io"].hugeTLB == false'
                ),
            ),
            created_by="manifest",
        ),
        PublishedClass(
            name="dra.hugepages-2m",
            selectors=(
                (
                    'device.driver == "dra.memory" && device.attributes["resource.kubernetes.io"].pageSize == "2Mi" && '
                    'device.attributes["resource.kubernetes.io"].hugeTLB == true'
                ),
            ),
            created_by="manifest",
        ),
        PublishedClass(
            name="dra.hugepages-1g",
            selectors=(
                (
                    'device.driver == "dra.memory" && device.attributes["resource.kubernetes.io"].pageSize == "1Gi" && '
                    'device.attributes["resource.kubernetes.io"].hugeTLB == true'
                ),
            ),
            created_by="manifest",
        ),
    ),
    consumable=Sharing(gate="DRAConsumableCapacity", note="allowMultipleAllocations=true"),
    verified="source",
    sources=(
        Source(
            repository="ffromani/dra-driver-memory",
            commit="1b0d6680",
            paths=("pkg/sysinfo/rslice.go", "pkg/types/types.go", "hack/ci/install.tmpl.yaml", "README.md"),
        ),
    ),
    admin_access="not specific",
    requirements={"kubernetes": "1.34+", "runtime": "containerd with NRI and CDI, cgroup v2"},
    idioms=("capacity.requests: {size: 256Mi}",),
    traps=(
        "Attribute names are declared unstable by the project.",
        "A class selector reads attributes without has(); fine within the driver because && short-circuits on device.driver.",
    ),
)


class Memory(Devices, driver=_MEMORY):
    """Memory and huge pages of a NUMA node. Attribute names are declared unstable by the project."""

    numa_node = Integer("numaNode", domain=STANDARD_DOMAIN)
    page_size = String(
        "pageSize",
        examples=("4Ki", "2Mi", "1Gi"),
        domain=STANDARD_DOMAIN,
        note=("README says 4k/2m/1g, the class selector and code use 4Ki/2Mi/1Gi; not a standard attribute although it sits in the standard domain"),
    )
    huge_tlb = Boolean("hugeTLB", domain=STANDARD_DOMAIN, note="also not standard")
    dra_cpu_numa_node_id = Integer("numaNodeID", domain="dra.cpu")
    dranet_numa_node = Integer("numaNode", domain="dra.net")
    size = Bytes("size", "bytes", request_policy="default 1Mi for memory, one page for hugepages; min and step one page; max the zone")


memory = Memory()
"""Memory and huge pages of a NUMA node. Attribute names are declared unstable by the project."""
