"""AWS Neuron devices (Trainium, Inferentia).

The driver is closed source; the facts are those of AWS' documentation.
"""

from typing import Any, ClassVar, Literal, TypeAlias, get_args

from attrs import field, frozen

from constructs_dra.catalogue.config import OpaqueConfig
from constructs_dra.catalogue.config_model import ConfigField, ConfigKind
from constructs_dra.catalogue.fields import Choice, Devices, Integer, String, Version
from constructs_dra.catalogue.model import Driver, PublishedClass, Source
from constructs_dra.claims.conditions import equals
from constructs_dra.claims.request import Request
from constructs_dra.errors import Problems
from constructs_dra.records import valid

__all__ = ["AwsNeuron", "Neuron", "NeuronConfig", "NeuronResourceType", "UltraServerConfig", "neuron"]

NeuronResourceType: TypeAlias = Literal["neuron_device", "neuron_node"]


def _numbers(*known: int) -> valid.Metadata:
    """One of a few numbers."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value not in known:
            valid.wrong(problems, path, value, " or ".join(map(str, known)))

    return valid.custom(check)


@frozen(kw_only=True, eq=False, repr=False)
class NeuronConfig(OpaqueConfig):
    """How the cores of a Neuron device are joined.

    Attributes:
        logical_neuron_core: Physical cores per logical core: 1 or 2.
        version: API version the installed driver reads; older documentation has `neuron.aws.com/v1alphav1`. Default `neuron.aws.com/v1`.
    """

    driver: ClassVar[str] = "neuron.aws.com"
    kind: ClassVar[str] = "NeuronConfig"

    logical_neuron_core: Literal[1, 2] = field(metadata=_numbers(1, 2))
    version: str = field(default="neuron.aws.com/v1", metadata=valid.text())

    def parameters(self) -> dict[str, Any]:
        """The configuration as the driver reads it."""
        return {"apiVersion": self.version, "kind": self.kind, "logicalNeuronCore": self.logical_neuron_core}


@frozen(kw_only=True, eq=False, repr=False)
class UltraServerConfig(OpaqueConfig):
    """How many nodes of an UltraServer work together.

    Attributes:
        ultraserver_mode: Nodes: 1, 2 or 4.
        version: API version the installed driver reads. Default `neuron.aws.com/v1`.
    """

    driver: ClassVar[str] = "neuron.aws.com"
    kind: ClassVar[str] = "UltraServerConfig"

    ultraserver_mode: Literal[1, 2, 4] = field(metadata=_numbers(1, 2, 4))
    version: str = field(default="neuron.aws.com/v1", metadata=valid.text())

    def parameters(self) -> dict[str, Any]:
        """The configuration as the driver reads it."""
        return {"apiVersion": self.version, "kind": self.kind, "ultraserverMode": self.ultraserver_mode}


_NEURON = Driver(
    name="neuron.aws.com",
    id="aws-neuron",
    vendor="AWS",
    kind="ai-accelerator",
    kind_attribute="resourceType",
    classes=(
        PublishedClass(
            name="neuron.aws.com",
            selectors=('device.driver == "neuron.aws.com"',),
            created_by="helm chart",
            note="chart value draDriver.enabled=true",
        ),
    ),
    configs=(
        ConfigKind(
            kind="NeuronConfig",
            api_version="neuron.aws.com/v1",
            applies_to="neuron_device",
            kinds=("neuron_device",),
            fields=(ConfigField(path="logicalNeuronCore", type="int", values=(1, 2)),),
            note="older docs: neuron.aws.com/v1alphav1, one snippet resource.neuron.aws.com/v1alphav1; make the version a parameter",
        ),
        ConfigKind(
            kind="UltraServerConfig",
            api_version="neuron.aws.com/v1",
            applies_to="neuron_node",
            kinds=("neuron_node",),
            fields=(ConfigField(path="ultraserverMode", type="int", values=(1, 2, 4), rule="examples use 2 and 4"),),
        ),
    ),
    verified="docs",
    status="closed source; attributes from the AWS documentation source",
    sources=(
        Source(
            repository="aws-neuron/aws-neuron-sdk",
            commit="5389790ed3fc444b0686a9952683e4109597c839",
            paths=("containers/neuron-dra.rst",),
            note="older",
        ),
        Source(note="newer containers/neuron-dra.rst with the attribute reference, index id 48853630362"),
        Source(
            repository="aws-neuron/aws-neuron-sdk",
            commit="86a9286833dc2a1cd23b674f7081061924aa587a",
            paths=("containers/files/specs/us-and-lnc-config.yaml",),
        ),
        Source(repository="aws-neuron/neuron-helm-charts", commit="97e1b7d310f25919df39497daeddb7909e016646", paths=("deviceclass template",)),
        Source(
            repository="aws-neuron/connected-device-maps-over-efa-for-neuron",
            commit="2eb56e48a3f8af8e13478e3d48df2a1874f04fd7",
            paths=("lookup/consts.go", "lookup/lookup.go", "lookup/config/efa-enabled-instances.json"),
            note="open source; gives the devicegroup values",
        ),
    ),
    device_name="neurondevice<N>",
    taint_note="Device taints exist as a beta; key, value and effects were not read.",
    admin_access="unknown",
    requirements={
        "kubernetes": "control plane 1.34+, node AMI 1.34.2+ (1.34.0/1 not supported; some docs allow 1.33 nodes)",
        "other": (
            "trn/inf2 instances; managed or self-managed nodes, Karpenter static capacity; no EKS Auto Mode; never with the device plugin on a node"
        ),
    },
    custom_resources=("neuron.aws.com/v1beta1 NeuronUltraServerWorkload",),
    node_labels=("LWS exclusive-topology neuron.amazonaws.com/ultraserver-server-id-2 / -4",),
    idioms=(
        "device.attributes['neuron.aws.com'].instanceType == 'trn2.48xlarge'",
        "device.attributes['neuron.aws.com'].resourceType == 'neuron_node'",
        "count 4 with constraint matchAttribute resource.aws.com/devicegroup4_id",
        "matchAttribute resource.aws.com/devicegroup1_id over a Neuron and an EFA (dra.net) request",
    ),
    traps=(
        "Doc snippets contain allocationMode: all (lower case) which the API rejects.",
        "AWS says pcieRoot alignment is not good enough for Trainium; use devicegroup ids.",
        "Without resourceType an UltraServer node device and a plain device both match.",
    ),
)


class Neuron(Devices, driver=_NEURON):
    """Neuron devices and whole UltraServer nodes, told apart by `resource_type`."""

    device_id = Integer("deviceId")
    instance_type = String("instanceType", examples=("trn2.48xlarge",))
    neuron_driver_version = String("neuronDriverVersion", examples=("2.25.4.0",), note="four parts, therefore a string; compare for equality only")
    dra_driver_version = Version("draDriverVersion")
    resource_type = Choice[NeuronResourceType]("resourceType", values=get_args(NeuronResourceType), note="neuron_node is a whole UltraServer node")
    network_node_layer1 = String("networkNodeLayer1")
    network_node_layer2 = String("networkNodeLayer2")
    network_node_layer3 = String("networkNodeLayer3")
    topology_x = Integer("topology_x", published="trn grid instances with more than one device, not UltraServers")
    topology_y = Integer("topology_y", published="trn grid instances with more than one device, not UltraServers")
    topology4_id = Integer("topology4_id", published="trn grid instances with more than one device, not UltraServers")
    topology8_id = Integer("topology8_id", published="8 devices or more")
    capacity_block_id = String("capacityBlockId", published="trn UltraServers")
    devicegroup1_id = String(
        "devicegroup1_id", domain="resource.aws.com", published="EFA-enabled instances", note="the EFA address; on trn1 two Neuron devices share one"
    )
    devicegroup4_id = String(
        "devicegroup4_id", domain="resource.aws.com", published="EFA-enabled instances", note="16-hex-digit hash per connected group"
    )
    devicegroup8_id = String(
        "devicegroup8_id", domain="resource.aws.com", published="EFA-enabled instances", note="16-hex-digit hash per connected group"
    )
    devicegroup16_id = String(
        "devicegroup16_id", domain="resource.aws.com", published="EFA-enabled instances", note="16-hex-digit hash per connected group"
    )


neuron = Neuron()
"""Neuron devices and whole UltraServer nodes, told apart by `resource_type`."""


@frozen(eq=False, repr=False)
class AwsNeuron(Request):
    """AWS Neuron devices. Groups of connected devices agree in `resource.aws.com/devicegroup4_id` (or 8, 16), a device and its EFA in `…1_id`.

    Attributes:
        name: Name of the request. Default `neuron`.
        resource_type: `neuron_device`, or `neuron_node` for a whole UltraServer node; the class matches both. Default `neuron_device`.
        instance_type: Instance type, e.g. `trn2.48xlarge`.
    """

    name: str = "neuron"
    device: Devices = field(default=neuron, init=False, repr=False)
    resource_type: NeuronResourceType = field(default="neuron_device", kw_only=True, metadata=equals(neuron.resource_type))
    instance_type: str | None = field(default=None, kw_only=True, metadata=equals(neuron.instance_type))

    @property
    def device_kinds(self) -> tuple[str, ...]:
        """The type it asks for."""
        return (self.resource_type,)
