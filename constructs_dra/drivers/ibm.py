"""IBM: Spyre accelerators and crypto express queues of IBM Z."""

from typing import ClassVar, Literal, TypeAlias, get_args

from attrs import field, frozen

from constructs_dra.catalogue.config import OpaqueConfig
from constructs_dra.catalogue.config_model import ConfigField, ConfigKind
from constructs_dra.catalogue.fields import Boolean, Choice, Devices, Integer, String
from constructs_dra.catalogue.model import Driver, PublishedClass, Source
from constructs_dra.records import valid

__all__ = [
    "CryptoConfig",
    "CryptoQueue",
    "CryptoQueueCardStatus",
    "CryptoQueueMkvpState",
    "CryptoQueueQueueStatus",
    "CryptoQueueType",
    "Spyre",
    "crypto_queue",
    "spyre",
]

CryptoQueueType: TypeAlias = Literal["cca", "ep11", "accel"]
CryptoQueueCardStatus: TypeAlias = Literal["configured", "deconfig", "chkstop", "offline", "unknown"]
CryptoQueueQueueStatus: TypeAlias = Literal["online", "offline", "bound-vfio", "unbound", "unknown"]
CryptoQueueMkvpState: TypeAlias = Literal["known", "cached", "unknown"]


@frozen(kw_only=True, eq=False, repr=False)
class CryptoConfig(OpaqueConfig):
    """What a virtual machine may do with a crypto queue; ignored for containers.

    Attributes:
        control_domain_mode: `usage-and-control` or `usage-only`. Other modes are known to the driver but refused.
    """

    driver: ClassVar[str] = "cex-driver.ibm.com"
    api_version: ClassVar[str] = "cex.ibm.com/v1alpha1"
    kind: ClassVar[str] = "CryptoConfig"

    control_domain_mode: Literal["usage-and-control", "usage-only"] = field(metadata=valid.choice("usage-and-control", "usage-only"))


_SPYRE = Driver(
    name="spyre.ibm.com",
    id="ibm-spyre",
    vendor="IBM",
    kind="ai-accelerator",
    classes=(PublishedClass(name="spyre.ibm.com", selectors=("device.driver == 'spyre.ibm.com'",), created_by="helm chart"),),
    configs=(
        ConfigKind(
            kind="SpyreClaimParameters",
            api_version="spyre.resource.ibm.com/v1alpha1",
            applies_to="none",
            fields=(ConfigField(path="config.override.senlibTemplateFile", type="string"),),
            avoid="the driver never reads it",
            note="type exists but no code decodes claim configuration",
        ),
    ),
    version_seen="1.4.0",
    verified="source",
    sources=(
        Source(
            repository="ibm-aiu/dra-driver-spyre",
            commit="ea0e624dee528a30078b6177e7c74cef9726fcca",
            paths=(
                "pkg/types/allocatable_device.go",
                "pkg/const/const.go",
                "api/ibm.com/resource/spyre/v1alpha1/",
                "deployments/helm/dra-driver-spyre/",
            ),
        ),
    ),
    device_name="PCI address with dashes, e.g. 0000-1e-00-0",
    admin_access="not specific",
    requirements={"kubernetes": "1.33 per README (beta API enabled), OpenShift 4.20 tech preview", "runtime": "CDI"},
    idioms=('device.attributes["spyre.ibm.com"].productId == "06a7"',),
    traps=("The chart default pseudoDeviceMode is true (fake devices).", "No standard attributes at all."),
)


class Spyre(Devices, driver=_SPYRE):
    """Spyre accelerators. The NUMA node is a string, and no standard attribute is published."""

    index = Integer("index")
    driver_version = String("driverVersion", examples=("0.0.1",), note="version of the DRA driver")
    vendor = String("vendor", examples=("1014",))
    driver = String("driver", examples=("vfio-pci",))
    product_id = String("productId", examples=("06a7",))
    pci_address = String("pciAddress")
    pf_pci_address = String("pfPciAddress")
    is_pf = Boolean("isPf")
    sub_class = String("subClass")
    vf_id = Integer("vfId")
    numa_info = String("numaInfo", note="NUMA node as TEXT")
    link_speed = String("linkSpeed", published="topology file present")
    clock_rpd = String("clockRPD", published="topology metadata present")
    clock_soc = String("clockSOC", published="topology metadata present")
    memory_frequency = String("memoryFrequency", published="topology metadata present")
    memory_vendor = String("memoryVendor", published="topology metadata present")
    memory_speed = String("memorySpeed", published="topology metadata present")
    memory_boostable = Boolean("memoryBoostable", published="topology metadata present")
    device_type = String("deviceType", published="declared, never set", absent="always")
    device_type_name = String("deviceTypeName", published="declared, never set", absent="always")


spyre = Spyre()
"""Spyre accelerators. The NUMA node is a string, and no standard attribute is published."""

_CRYPTO_QUEUE = Driver(
    name="cex-driver.ibm.com",
    id="ibm-cex",
    vendor="IBM (Z crypto express)",
    kind="crypto",
    accelerator=False,
    classes=(
        PublishedClass(
            name="ap-queue.virtual-machine.ibm.com",
            selectors=("device.driver == 'cex-driver.ibm.com'",),
            config="CryptoConfig with controlDomainMode usage-and-control",
            created_by="kustomize",
        ),
        PublishedClass(
            name="ap-queue.container.ibm.com", selectors=("device.driver == 'cex-driver.ibm.com'",), created_by="kustomize, feature-gated, off"
        ),
    ),
    configs=(
        ConfigKind(
            kind="CryptoConfig",
            api_version="cex.ibm.com/v1alpha1",
            applies_to="VM claims (ignored for containers)",
            strict=True,
            fields=(
                ConfigField(
                    path="controlDomainMode",
                    type="string",
                    values=("usage-and-control", "usage-only"),
                    default="usage-and-control",
                    rule="all-control-domains and 0x-masks are known but refused at prepare",
                ),
            ),
        ),
    ),
    verified="docs",
    status="read in a fork's documentation and class manifests",
    sources=(
        Source(
            repository="HarshithaMS005/k8s-cex-dra-driver",
            commit="842162d1b552389f910c87faf52cd8504977621f",
            paths=("docs/reference/devices.md", "docs/reference/claim-configuration.md", "deploy/kustomize/components/"),
            note="fork; upstream not identified",
        ),
    ),
    attribute_note="Attribute domain cex.ibm.com differs from the driver name cex-driver.ibm.com.",
    admin_access="not specific",
    requirements={"other": "KubeVirt for VM queues"},
    idioms=('device.attributes["cex.ibm.com"].queue_status == "online"',),
)


class CryptoQueue(Devices, driver=_CRYPTO_QUEUE):
    """Crypto express queues. Their attributes have domains of their own, not the driver's name."""

    machineid = String("machineid", domain="cex.ibm.com")
    apid = String("apid", domain="cex.ibm.com", note="2 hex digits")
    apqi = String("apqi", domain="cex.ibm.com", note="4 hex digits")
    type = Choice[CryptoQueueType]("type", values=get_args(CryptoQueueType), domain="cex.ibm.com")
    generation = Integer("generation", domain="cex.ibm.com")
    driver = String("driver", examples=("cex4queue", "vfio_ap", ""), domain="cex.ibm.com")
    card_status = Choice[CryptoQueueCardStatus]("card_status", values=get_args(CryptoQueueCardStatus), domain="cex.ibm.com")
    queue_status = Choice[CryptoQueueQueueStatus]("queue_status", values=get_args(CryptoQueueQueueStatus), domain="cex.ibm.com")
    mkvp_state = Choice[CryptoQueueMkvpState]("mkvp_state", values=get_args(CryptoQueueMkvpState), domain="cex.ibm.com", published="when applicable")
    mkvp_aes_cur = String("mkvp_aes_cur", domain="cex.cca.domain.ibm.com", published="CCA cards")
    mkvp_aes_old = String("mkvp_aes_old", domain="cex.cca.domain.ibm.com", published="CCA cards")
    mkvp_aes_new = String("mkvp_aes_new", domain="cex.cca.domain.ibm.com", published="CCA cards")
    mkvp_apka_cur = String("mkvp_apka_cur", domain="cex.cca.domain.ibm.com", published="CCA cards")
    mkvp_apka_old = String("mkvp_apka_old", domain="cex.cca.domain.ibm.com", published="CCA cards")
    mkvp_apka_new = String("mkvp_apka_new", domain="cex.cca.domain.ibm.com", published="CCA cards")
    mkvp_asym_cur = String("mkvp_asym_cur", domain="cex.cca.domain.ibm.com", published="CCA cards")
    mkvp_asym_old = String("mkvp_asym_old", domain="cex.cca.domain.ibm.com", published="CCA cards")
    mkvp_asym_new = String("mkvp_asym_new", domain="cex.cca.domain.ibm.com", published="CCA cards")
    mkvp_wk_cur = String("mkvp_wk_cur", domain="cex.ep11.domain.ibm.com", published="EP11 cards")
    mkvp_wk_new = String("mkvp_wk_new", domain="cex.ep11.domain.ibm.com", published="EP11 cards")


crypto_queue = CryptoQueue()
"""Crypto express queues. Their attributes have domains of their own, not the driver's name."""
