"""Fleets made by hand are inventories like any other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.catalogue.model import Driver
from constructs_dra.drivers import all_drivers, intel
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.placement import Fleet, Inventory, devices_of, plan
from tests.placement.builders import deployment, request, template


def test_eight_nodes_of_eight_gaudi3_take_one_line() -> None:
    inventory = Fleet().nodes("gaudi", count=8, devices=devices_of(intel.gaudi, 8, model="Gaudi3")).inventory()
    assert (len(inventory.nodes), sum(len(each.devices) for each in inventory.slices)) == (8, 64)
    assert inventory.slices[0].devices[0].attributes["model"] == {"string": "Gaudi3"}
    assert [each.name for each in inventory.classes] == ["gaudi.intel.com"]
    assert inventory.problems == ()


def test_a_fleet_takes_claims_for_its_driver() -> None:
    selector = 'device.attributes["gaudi.intel.com"].model == "Gaudi3"'
    wanted = template(request(deviceClassName="gaudi.intel.com", count=2, selectors=[selector]))
    fleet = Fleet().nodes("gaudi", count=2, devices=devices_of(intel.gaudi, 8, model="Gaudi3"))
    answer = plan([wanted, deployment(replicas=8)], fleet.inventory())
    assert answer.fits
    assert answer.remaining.more[0].count == 0


def test_nodes_have_the_amounts_labels_and_taints_they_were_given() -> None:
    fleet = Fleet().nodes("n", cpu="4", memory="8Gi", pods=2, labels={"zone": "a"}, taints=[{"key": "gpu", "effect": "NoSchedule"}])
    node = fleet.inventory().nodes[0]
    assert node.allocatable == {"cpu": "4", "memory": "8Gi", "pods": "2"}
    assert node.labels == {"kubernetes.io/hostname": "n-0", "zone": "a"}
    assert node.taints[0].key == "gpu"


def test_a_driver_nobody_knows_gets_the_usual_class() -> None:
    fleet = Fleet().nodes("n", devices=devices_of("fpga.example.org", 2, memory="8Gi", speed=3))
    assert [each.name for each in fleet.inventory().classes] == ["fpga.example.org"]


def test_a_class_of_ones_own_comes_along() -> None:
    own = {"apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass", "metadata": {"name": "own"}, "spec": {}}
    assert [each.name for each in Fleet().add_class(own).nodes("n").inventory().classes] == ["own"]


@pytest.mark.parametrize(
    "driver", [driver for driver in all_drivers() if "." in driver.name and " " not in driver.name], ids=lambda driver: driver.id
)
def test_every_driver_of_the_catalogue_makes_valid_devices(driver: Driver) -> None:
    manifests = Fleet().nodes("n", devices=devices_of(driver, 2)).manifests()
    assert [problem for manifest in manifests for problem in check_object(manifest)] == []
    assert Inventory.from_manifests(manifests).problems == ()


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 4)), min_size=1, max_size=3))
@settings(max_examples=25, deadline=None)
def test_fleets_are_valid_inventories(groups: list[tuple[int, int]]) -> None:
    fleet = Fleet()
    for number, (count, devices) in enumerate(groups):
        fleet = fleet.nodes(f"g{number}", count=count, devices=devices_of(intel.gpu, devices, memory="16Gi") if devices else ())
    inventory = fleet.inventory()
    assert inventory.problems == ()
    assert sum(len(each.devices) for each in inventory.slices) == sum(count * devices for count, devices in groups)
