"""Judging nodes that are alike once, and counting pods as they come, changes no answer."""

from random import Random
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.placement import AllocatedDevice, ClaimAllocation, DeviceId, Features, Inventory, PlacedPod, UnplacedPod, placing, plan
from constructs_dra.placement.alike import Group, Grouping
from constructs_dra.placement.contents import ExistingClaim, ExistingPod
from constructs_dra.placement.devices import Capacity, InventoryClass, InventoryDevice
from constructs_dra.placement.nodes import NodeTaint
from constructs_dra.placement.requests import ClaimSpec
from constructs_dra.placement.resources import pod_resources
from constructs_dra.placement.workloads import read_workloads
from tests.placement.builders import DRIVER, GPU_CLASS, claim, deployment, first_available, gpu, node, pod_spec, request, slice_of, template

ZONE = "topology.kubernetes.io/zone"
KEYS = ("kubernetes.io/hostname", ZONE, "rack")
ROOT = "resource.kubernetes.io/pcieRoot"
FABRIC = InventoryClass(name="fabric", selectors=('device.driver == "fabric.example.com"',))
GOOD = InventoryClass(name="good", selectors=(f'device.attributes["{DRIVER}"].model == "good"',))


class OneByOne(Grouping):
    """Every node is a group of its own."""

    def _find(self, index: int) -> Group:
        self._fixed[index] = (*self._fixed[index], index)  # type: ignore[assignment]
        return super()._find(index)


def plainly(documents: list[Any], inventory: Inventory) -> list[PlacedPod | UnplacedPod]:
    """What becomes of each pod where every node is looked at for every pod, and all is counted anew each time."""
    workloads, _ = read_workloads(documents, inventory)
    answers = []
    with patch.object(placing, "Grouping", OneByOne):
        placer = placing.Placer(inventory, Features())
        for workload in workloads:
            for replica in range(workload.replicas):
                for pod in workload.pods(replica):
                    placer = placer.copy()
                    answers.append(placer.place(pod, workload.namespace))
    return answers


SELECTORS: tuple[dict[str, Any], ...] = (
    {"matchLabels": {"app": "a"}},
    {"matchLabels": {"app": "b"}},
    {"matchExpressions": [{"key": "app", "operator": "Exists"}]},
)


class Draw:
    """Everything drawn from one seed: hypothesis alone draws too many clusters on which nothing happens."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def one(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def seldom(self) -> bool:
        return self.random.random() < 0.3

    def term(self) -> dict[str, Any]:
        return {"topologyKey": self.one(*KEYS), "labelSelector": self.one(*SELECTORS)}

    def pod(self) -> dict[str, Any]:
        """Rules of a pod spec."""
        fields: dict[str, Any] = {}
        affinity: dict[str, Any] = {}
        for kind in ("podAffinity", "podAntiAffinity"):
            if self.seldom():
                affinity[kind] = {"requiredDuringSchedulingIgnoredDuringExecution": [self.term()]}
            elif self.seldom():
                wish = {"weight": self.random.randint(1, 100), "podAffinityTerm": self.term()}
                affinity[kind] = {"preferredDuringSchedulingIgnoredDuringExecution": [wish]}
        if self.seldom():
            by_name = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": self.one(["n0", "n1"], ["n9"], [])}]}
            by_label = {"matchExpressions": [{"key": "kind", "operator": "In", "values": ["x"]}]}
            terms = self.one([by_name], [by_label], [by_label], [by_name, by_label])
            affinity["nodeAffinity"] = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
        elif self.seldom():
            wish = {"weight": 50, "preference": {"matchExpressions": [{"key": "kind", "operator": "In", "values": ["y"]}]}}
            affinity["nodeAffinity"] = {"preferredDuringSchedulingIgnoredDuringExecution": [wish]}
        if affinity:
            fields["affinity"] = affinity
        if self.seldom():
            spread = {"topologyKey": self.one(*KEYS), "maxSkew": self.one(1, 2), "labelSelector": self.one(*SELECTORS)}
            spread |= self.one({}, {"nodeTaintsPolicy": "Honor"}, {"nodeAffinityPolicy": "Ignore"}, {"matchLabelKeys": ["app"]})
            hard = self.one({"whenUnsatisfiable": "ScheduleAnyway"}, {"whenUnsatisfiable": "DoNotSchedule", "minDomains": self.one(1, 3)})
            fields["topologySpreadConstraints"] = [spread | hard]
        if self.seldom():
            fields["tolerations"] = [{"key": "sick", "operator": "Exists"}]
        if self.seldom():
            fields["requests"] = {"cpu": self.one("1", "6")}
        return fields

    def inventory(self) -> Inventory:
        nodes, slices = [], []
        for number in range(self.random.randint(3, 9)):
            name = f"n{number}"
            labels = {"kubernetes.io/hostname": name, "kind": self.one("x", "x", "y"), "serial": name}
            labels |= self.one({}, {ZONE: "a"}, {ZONE: "b"}) | self.one({}, {}, {"rack": "r1"}, {"rack": name})
            taints = self.one((), (), (), (NodeTaint(key="sick"),), (NodeTaint(key="sick", effect="PreferNoSchedule"),))
            nodes.append(node(name, labels=labels, taints=taints, allocatable={"cpu": self.one("16", "8"), "memory": "64Gi", "pods": "9"}))
            slices.append(slice_of(name, self.devices(name)))
        if self.seldom():
            fabric = tuple(gpu(f"port-{number}") for number in range(self.random.randint(1, 4)))
            slices.append(slice_of("", fabric, name="fabric", driver="fabric.example.com", pool="fabric", all_nodes=True))
        return Inventory(
            slices=tuple(slices),
            classes=(GPU_CLASS, FABRIC, GOOD),
            nodes=tuple(nodes),
            pods=tuple(self.there(number) for number in range(len(nodes)) if self.seldom()),
            claims=tuple(
                held(each.node_name) for each in slices if each.node_name and not each.devices[0].allow_multiple_allocations and self.seldom()
            ),
        )

    def devices(self, node_name: str) -> tuple[InventoryDevice, ...]:
        model, shared = self.one("plain", "plain", "good", "none"), self.one(False, False, True)
        return tuple(
            gpu(
                f"d{place}",
                attributes={"uuid": f"{node_name}-{place}", ROOT: f"{node_name}-{place % 2}"} | ({"model": model} if model != "none" else {}),
                capacity={"memory": Capacity(value="40Gi")},
                allow_multiple_allocations=shared,
            )
            for place in range(self.one(2, 4, 4))
        )

    def there(self, number: int) -> ExistingPod:
        spec = pod_spec(claims={}, **self.pod())
        labels = {"app": self.one("a", "b")}
        return ExistingPod(name=f"default/p{number}", node=f"n{number}", resources=pod_resources(spec), labels=labels, spec=spec)

    def template(self) -> dict[str, Any]:
        found: dict[str, Any] = self.one(
            template(first_available("r", request("best", deviceClassName="good"), request("any", count=2))),
            template(request(), request("port", deviceClassName="fabric")),
            template(request(count=2), constraints=({"matchAttribute": ROOT},)),
            template(request(selectors=[f'has(device.attributes["{DRIVER}"].model) && device.attributes["{DRIVER}"].model == "plain"'])),
            template(request(selectors=[f'device.attributes["{DRIVER}"].model == "plain"'])),
            template(request(capacity={"requests": {"memory": "15Gi"}})),
            template(request(count=2)),
            template(request()),
            template(request()),
        )
        return found

    def workloads(self) -> list[Any]:
        documents: list[Any] = [claim(request(), name="common")]
        for number in range(self.random.randint(1, 4)):
            body = self.template()
            body["metadata"]["name"] = f"t{number}"
            used = self.one(*[f"resourceClaimTemplateName=t{number}"] * 5, "resourceClaimName=common", "")
            manifest = deployment(self.one("a", "b"), replicas=self.random.randint(1, 7), claims={"gpu": used} if used else {}, **self.pod())
            manifest["metadata"]["name"] = f"w{number}"
            # pods of StatefulSets may be of one kind although their claims differ
            manifest["kind"] = self.one("Deployment", "StatefulSet", "StatefulSet")
            if self.seldom():
                manifest["spec"]["template"]["spec"]["containers"][0]["ports"] = [{"containerPort": 80, "hostPort": 8080}]
            documents += [body, manifest]
        return documents


def held(node_name: str) -> ExistingClaim:
    """A claim that has the first device of a node."""
    device = AllocatedDevice(request="gpu", id=DeviceId(DRIVER, node_name, "d0"))
    allocation = ClaimAllocation(claim=f"default/{node_name}", devices=(device,))
    return ExistingClaim(spec=ClaimSpec(name=node_name, namespace="default"), allocation=allocation)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 2**32))
def test_like_nodes_judged_once_give_the_answers_of_nodes_judged_one_by_one(seed: int) -> None:
    draw = Draw(seed)
    inventory, documents = draw.inventory(), draw.workloads()
    answer = plan(documents, inventory, features=Features(), explaining=False)
    found: dict[str, PlacedPod | UnplacedPod] = {pod.pod: pod for pod in answer.placed}
    found |= {pod.pod: pod for pod in answer.unplaced}
    for expected in plainly(documents, inventory):
        assert found[expected.pod] == expected
