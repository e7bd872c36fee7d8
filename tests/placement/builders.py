"""Short ways to write slices, claims and pods in tests."""

from typing import Any

from constructs_dra.placement.devices import InventoryClass, InventoryDevice, InventorySlice
from constructs_dra.placement.inventory import Inventory
from constructs_dra.placement.nodes import Node

DRIVER = "gpu.example.com"
GPU_CLASS = InventoryClass(name="gpu", selectors=(f'device.driver == "{DRIVER}"',))


def gpu(name: str, **fields: Any) -> InventoryDevice:
    return InventoryDevice(name=name, **fields)


def gpus(count: int, **fields: Any) -> tuple[InventoryDevice, ...]:
    return tuple(gpu(f"gpu-{number}", **fields) for number in range(count))


def slice_of(node: str, devices: tuple[InventoryDevice, ...], **fields: Any) -> InventorySlice:
    return InventorySlice(**{"name": f"{node}-slice", "driver": DRIVER, "node_name": node, "devices": devices, **fields})


def cluster(*slices: InventorySlice, nodes: tuple[Node, ...] = (), classes: tuple[InventoryClass, ...] = (GPU_CLASS,)) -> Inventory:
    return Inventory(slices=slices, classes=classes, nodes=nodes)


def request(name: str = "gpu", **fields: Any) -> dict[str, Any]:
    selectors = [{"cel": {"expression": text}} for text in fields.pop("selectors", ())]
    body = {"deviceClassName": "gpu", **({"selectors": selectors} if selectors else {}), **fields}
    return {"name": name, "exactly": body}


def first_available(name: str, *alternatives: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "firstAvailable": [{"name": each["name"], **each["exactly"]} for each in alternatives]}


def claim(*requests: dict[str, Any], name: str = "claim", constraints: tuple[dict[str, Any], ...] = (), **devices: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"requests": list(requests), **devices}
    if constraints:
        body["constraints"] = list(constraints)
    return {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaim", "metadata": {"name": name}, "spec": {"devices": body}}


def template(*requests: dict[str, Any], name: str = "gpus", **fields: Any) -> dict[str, Any]:
    spec = claim(*requests, **fields)["spec"]
    return {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaimTemplate", "metadata": {"name": name}, "spec": {"spec": spec}}


def pod_spec(*, claims: dict[str, str] | None = None, requests: dict[str, str] | None = None, **fields: Any) -> dict[str, Any]:
    used = claims if claims is not None else {"gpu": "resourceClaimTemplateName=gpus"}
    entries = [{"name": name, **dict([reference.split("=")])} for name, reference in used.items()]
    container = {"name": "main", "image": "image", "resources": {"claims": [{"name": name} for name in used], "requests": requests or {}}}
    return {"containers": [container], **({"resourceClaims": entries} if entries else {}), **fields}


def deployment(name: str = "a", replicas: int = 1, **pod: Any) -> dict[str, Any]:
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod_spec(**pod)},
        },
    }


def node(name: str, **fields: Any) -> Node:
    return Node(**{"name": name, "allocatable": {"cpu": "16", "memory": "64Gi", "pods": "110"}, **fields})


def rooks() -> tuple[InventoryDevice, ...]:
    """A board of 8 by 7 devices: eight of them that differ in both directions do not exist, which only a long search finds out."""
    return tuple(gpu(f"d{row}{column}", attributes={"row": row, "column": column}) for row in range(8) for column in range(7))


EIGHT_ROOKS = tuple({"distinctAttribute": f"{DRIVER}/{name}"} for name in ("row", "column"))
