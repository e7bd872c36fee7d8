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


def stateful(replicas: int = 2) -> dict[str, Any]:
    spec = {"containers": [{"name": "c", "image": "x", "volumeMounts": [{"name": "models", "mountPath": "/m"}]}]}
    template = {"metadata": {"labels": {"a": "b"}}, "spec": spec}
    body = {"replicas": replicas, "selector": {"matchLabels": {"a": "b"}}, "template": template, "volumeClaimTemplates": [claim()]}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "s"}, "spec": body}


def test_the_claims_a_stateful_set_makes_count_for_each_of_its_pods() -> None:
    everywhere = Inventory.from_manifests([*NODES, storage_class()])
    assert {pod.node for pod in plan([stateful()], everywhere).placed} == {"n1", "n2"}
    in_b = Inventory.from_manifests([*NODES, storage_class(zone="b")])
    assert [pod.node for pod in plan([stateful()], in_b).placed] == ["n2", "n2"]
    there = claim(volumeName="pv")
    there["metadata"]["name"] = "models-s-0"  # a volume that the first pod had before
    again = Inventory.from_manifests([*NODES, storage_class(), there, volume(nodeAffinity=IN_B)])
    assert next(pod.node for pod in plan([stateful(3)], again).placed) == "n2"
    kept = volume(claimRef={"name": "models-s-1"}, nodeAffinity=IN_B)
    local = Inventory.from_manifests([*NODES, storage_class("kubernetes.io/no-provisioner"), kept])
    answer = plan([stateful()], local)
    assert [pod.node for pod in answer.placed] == ["n2"]
    assert [pod.pod for pod in answer.unplaced] == ["s-0"]
