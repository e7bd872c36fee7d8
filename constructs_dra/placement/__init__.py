"""Offline placement: will these pods get their devices on this cluster, where, and if not, why not.

    inventory = Inventory.from_files(["cluster.yaml"])
    plan(service.manifests(), inventory).fits

Names load on first use: reading an inventory needs no allocator.
"""

from constructs_dra.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
