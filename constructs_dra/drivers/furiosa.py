"""FuriosaAI NPUs (RNGD). The driver is closed source and its attributes are not known, so there is nothing to select by."""

from constructs_dra.catalogue.fields import Devices
from constructs_dra.catalogue.model import Driver, PublishedClass, Source

__all__ = ["Npu", "npu"]


_NPU = Driver(
    name="npu.furiosa.ai",
    id="furiosa",
    vendor="FuriosaAI",
    kind="npu",
    classes=(
        PublishedClass(
            name="npu.furiosa.ai",
            selectors=("device.driver == 'npu.furiosa.ai'",),
            created_by="helm chart",
            note="name configurable (deviceClass.name)",
        ),
    ),
    version_seen="chart 2026.1.0",
    verified="docs",
    status="alpha; driver closed source",
    sources=(
        Source(
            repository="furiosa-ai/helm-charts",
            commit="cb66c5b7c76e61ff3e4b7cdcbed360c83192e90b",
            paths=("charts/furiosa-dra-driver/", "charts/llm-d-modelservice/values.yaml"),
        ),
        Source(url="https://developer.furiosa.ai/latest/en/cloud_native_toolkit/kubernetes/dra_driver.html"),
    ),
    attribute_note="Not read: no source and no attribute list was available. Do not generate selectors.",
    capacity_note="Capacity: not read.",
    configs_known=False,
    config_note="not read",
    admin_access="unknown",
    requirements={"kubernetes": "1.34+", "runtime": "CDI"},
    node_labels=("feature.node.kubernetes.io/pci-1200_1ed2.present=true", "furiosa.ai/npu.count"),
    traps=("Furiosa's fork of llm-d-modelservice moves DRA into a top-level dra block with a list claimTemplates, unlike upstream.",),
)


class Npu(Devices, driver=_NPU):
    """NPUs; what they publish is not known."""


npu = Npu()
"""NPUs; what they publish is not known."""
