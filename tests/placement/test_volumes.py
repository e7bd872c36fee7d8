"""Volumes tie pods to nodes, as the scheduler's plugins for volumes do."""

from typing import Any

import pytest

from constructs_dra.placement import Inventory, plan

NODES = [
    {
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": {"zone": zone, "topology.kubernetes.io/zone": zone}},
        "status": {"allocatable": {"cpu": "8", "memory": "16Gi", "pods": "10"}},
    }
    for name, zone in (("n1", "a"), ("n2", "b"))
]  # fmt: skip
IN_B = {"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "zone", "operator": "In", "values": ["b"]}]}]}}


def volume(name: str = "pv", *, labels: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    given = {
        "capacity": {"storage": "10Gi"},
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "c",
        "csi": {"driver": "a.b", "volumeHandle": "x"},
    }
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name, "labels": labels or {}}, "spec": given | spec}


def claim(*, uid: str = "", size: str = "1Gi", **spec: Any) -> dict[str, Any]:
    given = {"accessModes": ["ReadWriteOnce"], "storageClassName": "c", "resources": {"requests": {"storage": size}}}
    metadata = {"name": "models"} | ({"uid": uid} if uid else {})
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": given | spec}


def storage_class(provisioner: str = "a.b", mode: str = "WaitForFirstConsumer", zone: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "c"}, "provisioner": provisioner}
    if zone:
        made["allowedTopologies"] = [{"matchLabelExpressions": [{"key": "zone", "values": [zone]}]}]
    return made | {"volumeBindingMode": mode}


POD = {
    "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
    "spec": {"containers": [{"name": "c", "image": "x"}], "volumes": [{"name": "m", "persistentVolumeClaim": {"claimName": "models"}}]},
}  # fmt: skip


def outcome(*objects: dict[str, Any], own: tuple[dict[str, Any], ...] = ()) -> str:
    """The node the pod goes to, or why it goes nowhere."""
    made = plan([*own, POD], Inventory.from_manifests([*NODES, *objects]))
    return made.placed[0].node if made.fits else made.unplaced[0].message


ELSEWHERE = "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind."
UNBOUND = "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims."


@pytest.mark.parametrize(
    ("objects", "said"),
    [
        ([], "n1"),
        ([volume(nodeAffinity=IN_B), claim(uid="u", volumeName="pv")], "n2"),
        ([volume(labels={"topology.kubernetes.io/zone": "b__c"}), claim(uid="u", volumeName="pv")], "n2"),
        ([volume(), claim(uid="u", volumeName="pv")], "n1"),
        ([claim(uid="u", volumeName="gone")], "n1"),
        ([storage_class(zone="b"), claim(uid="u")], "n2"),
        ([storage_class(zone="c"), claim(uid="u")], ELSEWHERE),
        ([storage_class("kubernetes.io/no-provisioner"), volume(nodeAffinity=IN_B), claim(uid="u")], "n2"),
        ([storage_class("kubernetes.io/no-provisioner"), volume(nodeAffinity=IN_B), claim(uid="u", size="20Gi")], ELSEWHERE),
        (
            [storage_class("kubernetes.io/no-provisioner"), volume(nodeAffinity=IN_B, claimRef={"namespace": "x", "name": "y"}), claim(uid="u")],
            ELSEWHERE,
        ),
        ([storage_class("kubernetes.io/no-provisioner"), volume(), claim(uid="u", accessModes=["ReadWriteMany"])], ELSEWHERE),
        ([storage_class(mode="Immediate"), claim(uid="u")], UNBOUND),
    ],
)
def test_a_pod_goes_where_its_volume_is(objects: list[dict[str, Any]], said: str) -> None:
    assert outcome(*objects) == said


def test_claims_among_the_manifests_count_like_those_of_the_cluster() -> None:
    assert outcome(storage_class(zone="b"), own=(claim(),)) == "n2"
    assert outcome(storage_class(mode="Immediate"), own=(claim(),)) == "n1"  # it gets its volume once it is there
    assert outcome(own=(claim(), storage_class(zone="b"))) == "n2"


def test_a_volume_counts_where_there_is_room() -> None:
    full = [{**node, "status": {"allocatable": {"cpu": "0", "memory": "0", "pods": "0"}}} for node in NODES[:1]]
    made = plan([POD], Inventory.from_manifests([*full, volume(nodeAffinity=IN_B), claim(uid="u", volumeName="pv")]))
    assert made.unplaced[0].message == "0/1 nodes are available: 1 Too many pods."
