"""Tenstorrent cards (Wormhole, Blackhole).

The facts are those of tenstorrent/tt-dra-driver.
"""

from typing import Literal, TypeAlias, get_args

from constructs_dra.catalogue.fields import Bytes, Choice, Devices, Integer, String
from constructs_dra.catalogue.model import Driver, PublishedClass, Source

__all__ = ["Card", "CardBoardName", "CardChipArch", "CardVendor", "card"]

CardVendor: TypeAlias = Literal["tenstorrent"]
CardChipArch: TypeAlias = Literal["wormhole", "blackhole"]
CardBoardName: TypeAlias = Literal[
    "e75", "e150", "e300", "n150", "n300", "p100", "p150", "p300", "galaxy", "galaxy-wormhole", "galaxy-blackhole", "quasar", "unknown"
]

_CARD = Driver(
    name="tenstorrent.com",
    id="tenstorrent",
    vendor="Tenstorrent",
    kind="ai-accelerator",
    classes=(
        PublishedClass(
            name="tenstorrent.com",
            selectors=("device.driver == 'tenstorrent.com'",),
            extended_resource_name="tenstorrent.com/chip",
            created_by="helm chart",
            note="driver and class name come from helm driverName (default derived from the profile)",
        ),
    ),
    verified="index",
    sources=(
        Source(
            repository="tenstorrent/tt-dra-driver",
            commit="1b6fe48388fc7a0c28c52dae2feac497c9d4be86",
            paths=("internal/profiles/tenstorrent/tenstorrent.go",),
        ),
        Source(
            repository="tenstorrent/tt-dra-driver",
            commit="1ce100ae5354cc0d29509ed319336e47c968efd6",
            paths=("helm/tt-dra-driver/templates/deviceclass.yaml",),
        ),
        Source(repository="tenstorrent/tt-dra-driver", commit="054ad7162a92b6cda7cd60cd12f0bc7a17dd245e", paths=("docs/single-card.md",)),
        Source(repository="tenstorrent/tt-dra-driver", commit="40e4bddcce3a89ded07f5372ca7f5d3c3cc76509", paths=("docs/index.md",)),
    ),
    device_name="tt-<chip id>",
    config_note="Any opaque configuration is an error.",
    admin_access="not specific",
    requirements={
        "kubernetes": "docs say 1.33+, examples are resource.k8s.io/v1 (1.34+)",
        "runtime": "CDI",
        "other": "needs the Fabric Manager agent; hugepage mounts are injected",
    },
    node_labels=("tenstorrent.com/has-tt=true", "feature.node.kubernetes.io/pci-1200_1e52.present=true"),
    idioms=('device.attributes["tenstorrent.com"].boardName == "n300"',),
    traps=(
        "chipArch plus chipCount cannot tell an n150 from a Galaxy chip; use boardName.",
        "An empty slice means the Fabric Manager has no topology, not an error.",
    ),
)


class Card(Devices, driver=_CARD):
    """Cards; several chips can be bundled in one."""

    vendor = Choice[CardVendor]("vendor", values=get_args(CardVendor), note="docs say tenstorrent.com")
    chip_arch = Choice[CardChipArch]("chipArch", values=get_args(CardChipArch))
    chip_count = Integer("chipCount", examples=(1, 2), note="n300 = 2")
    chip_id = Integer("chipID")
    tray_id = Integer("trayID")
    asic_location = Integer("asicLocation")
    board_name = Choice[CardBoardName]("boardName", values=get_args(CardBoardName), note="docs still say wh-galaxy / bh-galaxy")
    board_type = Integer("boardType", note="unstable enum; prefer boardName")
    unique_id = String("uniqueID", note="64-bit number as decimal text")
    pci_address = String("pciAddress", published="when known", absent="rarely")
    remote_chip_ids = String("remoteChipIDs", published="when chips are bundled", note="comma list")
    remote_unique_ids = String(
        "remoteUniqueIDs", published="when chips are bundled", note="comma list; could pass 64 characters with several remotes"
    )
    memory = Bytes("memory", "bytes, sum over the bundle", published="when larger than 0")


card = Card()
"""Cards; several chips can be bundled in one."""
