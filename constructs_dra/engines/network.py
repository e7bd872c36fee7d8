"""The network that KV caches travel over: connectors that move them by RDMA, and pods that have no way to it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from constructs_dra.catalogue.device_plugins import is_computing_resource
from constructs_dra.catalogue.registry import driver_for_class
from constructs_dra.engines.handover import connectors, transfer
from constructs_dra.kubernetes.shapes import at, items, mapping

__all__ = ["NO_NETWORK", "lacks_network"]

_MOVERS: Final = frozenset({"NixlConnector", "MooncakeConnector", "MoRIIOConnector"})
"""Connectors of vLLM that move caches by RDMA; NIXL through UCX, which falls back to TCP without a word."""

_RDMA: Final = re.compile(r"(?:^|,)(?:all|rc|dc|ud|ib|srd|efa|gga|rdmacm)")
_NETWORKS: Final = ("k8s.v1.cni.cncf.io/networks", "networking.gke.io/interfaces")
"""Annotations by which a pod gets interfaces of its own."""

_IMPLICIT: Final = "deviceclass.resource.kubernetes.io/"

NO_NETWORK: Final = "{connector} moves KV caches by RDMA, and the pods have neither a NIC nor the host's network, so that they go over TCP"
"""What is wrong, for the connector that moves the caches."""


def lacks_network(flags: Mapping[str, Sequence[str]], env: Mapping[str, str | None], template: Mapping[str, Any], classes: Iterable[str]) -> str:
    """The connector that moves caches by RDMA from pods whose devices all compute; empty where there is a way, or where none is wanted.

    Args:
        flags: The values of vLLM's flags.
        env: Its variables; None: known only when it runs. `UCX_TLS` without RDMA says that none is wanted.
        template: The pod template.
        classes: The device classes that the pod's claims ask for; an empty text for one that is not known.
    """
    config = transfer(flags)
    mover = next((name for name in connectors(config) if name in _MOVERS), "")
    spec, annotations = mapping(template.get("spec")), mapping(at(template, "metadata", "annotations"))
    if not mover or config.get("kv_buffer_device") == "cpu" or spec.get("hostNetwork") or any(key in annotations for key in _NETWORKS):
        return ""
    if "UCX_TLS" in env and not _RDMA.search(env["UCX_TLS"] or ""):
        return ""
    devices = [_is_computing_class(name) for name in classes]
    for key in ("initContainers", "containers"):
        for container, _ in items(spec, key, ""):
            amounts = mapping(container.get("resources"))
            for resource in {**mapping(amounts.get("limits")), **mapping(amounts.get("requests"))}:
                if resource.startswith(_IMPLICIT):
                    devices.append(_is_computing_class(resource.removeprefix(_IMPLICIT)))
                elif "/" in resource:
                    devices.append(is_computing_resource(resource))
    return mover if devices and all(devices) else ""


def _is_computing_class(name: str) -> bool:
    known = driver_for_class(name) if name else None
    return known is not None and known.accelerator
