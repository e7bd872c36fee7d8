"""Prototypes and drivers without a fixed name: known so that `constructs-dra drivers` can show them."""

from constructs_dra.catalogue.config_model import ConfigField, ConfigKind
from constructs_dra.catalogue.fields import Devices, String
from constructs_dra.catalogue.model import Driver, PublishedClass, Source

__all__ = ["Cni", "Composable", "Composite", "cni", "composable", "composite"]


_COMPOSABLE = Driver(
    name="configured per device type (e.g. gpu.nvidia.com)",
    id="cohdi-composable",
    vendor="CoHDI",
    kind="fabric-attached devices",
    accelerator=False,
    verified="source",
    sources=(Source(repository="CoHDI/composable-dra-driver", commit="d30f6eb8", paths=("pkg/manager/manager.go", "pkg/config/")),),
    requirements={
        "other": (
            "publishes slices for not-yet-attached devices with bindsToNode, binding condition FabricDeviceReady and "
            "failure conditions FabricDeviceReschedule, FabricDeviceFailed"
        )
    },
    kubernetes_gates=("DRADeviceBindingConditions",),
    traps=(("Imitates another driver's name: version-typed keys of the real driver become strings here and semver compare fails on them."),),
)


class Composable(Devices, driver=_COMPOSABLE):
    """Fabric-attached devices of CoHDI, published under the name of the driver that will serve them."""


composable = Composable()
"""Fabric-attached devices of CoHDI, published under the name of the driver that will serve them."""

_COMPOSITE = Driver(
    name="composite.dra.example.io",
    id="composite",
    vendor="openshift-psap",
    kind="GPU+NIC pairs",
    classes=(
        PublishedClass(
            name="composite-gpu-nic-pair",
            selectors=('device.driver == "composite.dra.example.io" && device.attributes["composite"].compositionName == "gpu-nic-pair"',),
            created_by="helm chart",
        ),
    ),
    verified="source",
    status="prototype",
    sources=(
        Source(
            repository="openshift-psap/composite-dra-driver",
            commit="1f6ab3e0",
            paths=("deploy/deviceclass.yaml", "charts/composite-dra-driver/templates/deviceclass.yaml", "README.md"),
        ),
    ),
    traps=("Creates shadow claims for the real drivers.",),
)


class Composite(Devices, driver=_COMPOSITE):
    """Pairs of a GPU and a NIC; a prototype."""

    composition_name = String("compositionName", domain="composite")


composite = Composite()
"""Pairs of a GPU and a NIC; a prototype."""

_CNI = Driver(
    name="not fixed",
    id="cni",
    vendor="kubernetes-sigs",
    kind="network",
    accelerator=False,
    configs=(
        ConfigKind(
            kind="CNIConfig",
            api_version="(group not read)/v1alpha1",
            applies_to="all",
            fields=(
                ConfigField(path="ifName", type="string", required=True),
                ConfigField(path="config", type="raw CNI configuration", required=True),
            ),
            avoid="its API group is not known",
        ),
    ),
    verified="source",
    status="stale since 2025-01, API type only",
    sources=(Source(repository="kubernetes-sigs/cni-dra-driver", commit="c9899d2f", paths=("apis/v1alpha1/types.go",)),),
)


class Cni(Devices, driver=_CNI):
    """CNI networks; only the API type exists."""


cni = Cni()
"""CNI networks; only the API type exists."""
