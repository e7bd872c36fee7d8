"""Whatever the cluster and the claims: what the allocator gives is allowed, and what it refuses cannot be had."""

from collections import Counter
from itertools import combinations, product
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from constructs_dra.placement import Allocation, DeviceId, DevicesInUse, Features, Inventory, allocate
from constructs_dra.placement.devices import Capacity, CounterConsumption, CounterSet, DeviceTaint, InventoryDevice
from tests.placement.builders import DRIVER, claim, cluster, gpu, request, slice_of

ROOT = "resource.kubernetes.io/pcieRoot"
MODELS = ("A", "B")


@st.composite
def devices(draw: st.DrawFn) -> tuple[InventoryDevice, ...]:
    count = draw(st.integers(1, 7))
    found = []
    for number in range(count):
        attributes = {"model": draw(st.sampled_from(MODELS)), **({ROOT: draw(st.sampled_from("xyz"))} if draw(st.booleans()) else {})}
        counters = draw(st.sampled_from(("", "", "10Gi", "20Gi")))
        found.append(
            gpu(
                f"d{number}",
                attributes=attributes,
                capacity={"memory": Capacity(value="40Gi")},
                allow_multiple_allocations=draw(st.booleans()) and not counters,
                taints=(DeviceTaint(key="sick"),) if draw(st.integers(0, 4)) == 0 else (),
                consumes_counters=(CounterConsumption(counter_set="set", counters={"memory": counters}),) if counters else (),
            )
        )
    return tuple(found)


@st.composite
def clusters(draw: st.DrawFn) -> Inventory:
    counters = slice_of("n1", (), name="counters", slice_count=2, shared_counters=(CounterSet(name="set", counters={"memory": "30Gi"}),))
    return cluster(slice_of("n1", draw(devices()), slice_count=2), counters)


@st.composite
def requests(draw: st.DrawFn, name: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"count": draw(st.integers(1, 3))}
    if draw(st.integers(0, 5)) == 0:
        fields = {"allocationMode": "All"}
    if draw(st.booleans()):
        fields["selectors"] = [f'device.attributes["{DRIVER}"].model == "{draw(st.sampled_from(MODELS))}"']
    if draw(st.booleans()):
        fields["tolerations"] = [{"operator": "Exists"}]
    if draw(st.booleans()):
        fields["capacity"] = {"requests": {"memory": draw(st.sampled_from(("10Gi", "25Gi")))}}
    return request(name, **fields)


@st.composite
def claims(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for number in range(draw(st.integers(1, 2))):
        wanted = [draw(requests(f"r{index}")) for index in range(draw(st.integers(1, 2)))]
        kinds = draw(st.lists(st.sampled_from(("matchAttribute", "distinctAttribute")), max_size=2))
        found.append(claim(*wanted, name=f"c{number}", constraints=tuple({kind: ROOT} for kind in kinds)))
    return found


def check(answer: Allocation, wanted: list[dict[str, Any]], inventory: Inventory) -> None:
    """Everything a claim may rely on, found out without the allocator."""
    by_name = {device.name: device for each in inventory.slices for device in each.devices}
    takers: Counter[str] = Counter()
    memory: Counter[str] = Counter()
    for allocation, asked in zip(answer.claims, wanted, strict=True):
        specs = {each["name"]: each["exactly"] for each in asked["spec"]["devices"]["requests"]}
        given_to = Counter(device.request for device in allocation.devices)
        for name, spec in specs.items():
            assert given_to[name] == spec.get("count", given_to[name]) > 0
        for given_device in allocation.devices:
            device, spec = by_name[given_device.id.device], specs[given_device.request]
            for selector in spec.get("selectors", ()):
                assert f'"{device.attributes["model"]["string"]}"' in selector["cel"]["expression"]
            assert not device.taints or spec.get("tolerations")
            takers[device.name] += 1
            if device.allow_multiple_allocations:
                assert given_device.share_id
                memory[device.name] += int(given_device.consumed_capacity["memory"].removesuffix("Gi"))
        for constraint in asked["spec"]["devices"].get("constraints", ()):
            values = [by_name[each.id.device].attributes[ROOT]["string"] for each in allocation.devices]
            assert len(set(values)) == (1 if "matchAttribute" in constraint else len(values))
    assert all(count == 1 or by_name[name].allow_multiple_allocations for name, count in takers.items())
    assert all(amount <= 40 for amount in memory.values())
    consumed = sum(int(each.counters["memory"].removesuffix("Gi")) for name in takers for each in by_name[name].consumes_counters)
    assert consumed <= 30


@given(clusters(), claims())
@settings(max_examples=300, deadline=None)
def test_what_is_allocated_is_allowed(inventory: Inventory, wanted: list[dict[str, Any]]) -> None:
    answer = allocate(wanted, inventory, node="n1")
    assert answer.outcome in {"allocated", "refused", "error"}
    if answer.fits:
        check(answer, wanted, inventory)
    if answer.outcome == "error":
        assert "claim constraint would not be satisfied" in answer.reason


@given(clusters(), st.integers(1, 4), st.sampled_from(MODELS), st.sampled_from(("matchAttribute", "distinctAttribute", "")))
@settings(max_examples=200, deadline=None)
def test_what_is_refused_cannot_be_had(inventory: Inventory, count: int, model: str, kind: str) -> None:
    wanted = claim(request(count=count, selectors=[f'device.attributes["{DRIVER}"].model == "{model}"']), constraints=({kind: ROOT},) if kind else ())
    candidates = [
        device for each in inventory.slices for device in each.devices if device.attributes["model"] == {"string": model} and not device.taints
    ]

    def allowed(chosen: tuple[InventoryDevice, ...]) -> bool:
        values = [device.attributes.get(ROOT) for device in chosen]
        if kind and None in values:
            return False
        different = len({str(value) for value in values})
        consumed = sum(int(each.counters["memory"].removesuffix("Gi")) for device in chosen for each in device.consumes_counters)
        return consumed <= 30 and (not kind or different == (1 if kind == "matchAttribute" else count))

    possible = any(allowed(chosen) for chosen in combinations(candidates, count))
    assert allocate([wanted], inventory, node="n1").fits is possible


def first_allowed(wanted: list[dict[str, Any]], inventory: Inventory) -> list[list[str]] | None:
    """What Kubernetes' order of attempts comes to, found by trying everything: the devices of every request, or None."""
    published = [device for each in inventory.slices for device in each.devices]
    asked = [(one, each["exactly"]) for one in wanted for each in one["spec"]["devices"]["requests"]]

    def fits(device: InventoryDevice, spec: dict[str, Any]) -> bool:
        models = [f'"{device.attributes["model"]["string"]}"' in each["cel"]["expression"] for each in spec.get("selectors", ())]
        return all(models) and bool(not device.taints or spec.get("tolerations"))

    def amount(spec: dict[str, Any]) -> int:
        return int(str(spec.get("capacity", {"requests": {"memory": "40Gi"}})["requests"]["memory"]).removesuffix("Gi"))

    def sound(chosen: tuple[tuple[InventoryDevice, ...], ...]) -> bool:
        takers = Counter(device.name for devices_of_one in chosen for device in devices_of_one)
        once = {device.name: device for devices_of_one in chosen for device in devices_of_one}
        if any(takers[name] > 1 and not device.allow_multiple_allocations for name, device in once.items()):
            return False
        memory: Counter[str] = Counter()
        for (_, spec), devices_of_one in zip(asked, chosen, strict=True):
            memory.update({device.name: amount(spec) for device in devices_of_one if device.allow_multiple_allocations})
        if any(taken > 40 for taken in memory.values()):
            return False
        if sum(int(each.counters["memory"].removesuffix("Gi")) for device in once.values() for each in device.consumes_counters) > 30:
            return False
        for one in wanted:
            own = [device for (owner, _), devices_of_one in zip(asked, chosen, strict=True) if owner is one for device in devices_of_one]
            values = [device.attributes.get(ROOT, {}).get("string") for device in own]
            for constraint in one["spec"]["devices"].get("constraints", ()):
                if None in values or len(set(values)) != (1 if "matchAttribute" in constraint else len(values)):
                    return False
        return True

    ways = [list(combinations([device for device in published if fits(device, spec)], spec["count"])) for _, spec in asked]
    return next(([[device.name for device in devices_of_one] for devices_of_one in chosen] for chosen in product(*ways) if sound(chosen)), None)


@given(clusters(), claims())
@settings(max_examples=300, deadline=None)
def test_of_all_that_is_allowed_the_first_in_published_order_is_given(inventory: Inventory, wanted: list[dict[str, Any]]) -> None:
    assume(all("count" in each["exactly"] for one in wanted for each in one["spec"]["devices"]["requests"]))
    answer = allocate(wanted, inventory, node="n1")
    found = None
    if answer.fits:
        found = [
            [device.id.device for device in allocation.devices if device.request == each["name"]]
            for one, allocation in zip(wanted, answer.claims, strict=True)
            for each in one["spec"]["devices"]["requests"]
        ]
    assert found == first_allowed(wanted, inventory)


@given(clusters(), claims())
@settings(max_examples=150, deadline=None)
def test_the_same_question_has_the_same_answer_and_what_was_given_is_not_given_again(inventory: Inventory, wanted: list[dict[str, Any]]) -> None:
    answer = allocate(wanted, inventory, node="n1")
    assert allocate(wanted, inventory, node="n1") == answer
    own = frozenset(device.id for each in answer.claims for device in each.devices if not device.share_id)
    again = allocate(wanted, inventory, node="n1", in_use=DevicesInUse(devices=own))
    assert own.isdisjoint(device.id for each in again.claims for device in each.devices)


@given(clusters(), claims())
@settings(max_examples=150, deadline=None)
def test_the_defects_of_kubernetes_only_make_it_refuse_or_confuse_what_differs(inventory: Inventory, wanted: list[dict[str, Any]]) -> None:
    sound = allocate(wanted, inventory, node="n1")
    defective = allocate(wanted, inventory, node="n1", features=Features(known_defects=True))
    distinct = any("distinctAttribute" in each for one in wanted for each in one["spec"]["devices"].get("constraints", ()))
    if defective.fits and not distinct:
        assert sound.fits
        check(defective, wanted, inventory)


def test_a_device_is_named_by_driver_pool_and_name() -> None:
    assert str(DeviceId("d", "p", "x")) == "d/p/x"
