"""Finding drivers, and writing down one's own."""

import subprocess
import sys

import pytest

from constructs_dra.drivers import Choice, Devices, Driver, PublishedClass, String, all_drivers, driver, driver_for_class, driver_of, intel, nvidia


def test_drivers_are_found_by_name_id_and_class() -> None:
    for name in ("gpu.nvidia.com", "nvidia-gpu"):
        assert driver(name) is driver_of(nvidia.gpu)
    assert driver_for_class("mig.nvidia.com") is driver_of(nvidia.gpu)
    assert driver("gpu.nvidia.org") is None
    assert driver_for_class("somebody.elses") is None


def test_the_name_of_a_driver_with_two_versions_means_the_current_one() -> None:
    known = driver("gpu.amd.com")
    assert known is not None
    assert known.id == "amd-gpu"


def test_ids_are_unique() -> None:
    ids = [record.id for record in all_drivers()]
    assert len(ids) == len(set(ids))


def test_attributes_are_found_by_key_in_any_domain() -> None:
    known = driver_of(intel.gpu)
    root = known.attribute("pcieRoot")
    assert root is not None
    assert root.qualified_name == "resource.kubernetes.io/pcieRoot"
    assert known.attribute("pcieRoot", "gpu.intel.com") is None
    assert known.attribute("colour") is None


def test_numbered_capacities_are_found_by_their_number() -> None:
    known = driver_of(nvidia.gpu)
    assert known.capacity("memorySlice3") is not None
    assert known.capacity("memorySliceX") is None


def test_a_misspelt_attribute_says_what_was_meant() -> None:
    with pytest.raises(AttributeError, match="did you mean 'family'"):
        intel.gpu.familly  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match="did you mean 'product_name'"):
        nvidia.gpu.productName  # type: ignore[attr-defined]  # noqa: B018


def test_a_driver_can_be_described_as_fully_as_the_built_in_ones() -> None:
    record = Driver(name="npu.example.org", vendor="We", every_device=True, classes=(PublishedClass(name="npu"),))

    class Npu(Devices, driver=record):
        kind = String("kind", examples=["x"], since="v2", domain="other.example.org", note="why")

    (fact,) = driver_of(Npu()).attributes
    assert (fact.qualified_name, fact.values, fact.values_kind, fact.since) == ("other.example.org/kind", ("x",), "examples", "v2")
    assert driver_of(Npu).every_device


def test_values_that_type_checkers_know_are_those_that_are_checked() -> None:
    for record in all_drivers():
        for fact in record.attributes:
            if fact.values_kind == "complete":
                assert fact.type == "string", fact.qualified_name
    assert isinstance(intel.gpu.family, Choice)


def test_one_vendor_does_not_load_the_others() -> None:
    code = "import sys; from constructs_dra import Claim, Gaudi; Claim('a', Gaudi(model='Gaudi2')).manifest(); print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "constructs_dra.drivers.intel" in loaded
    for module in ("constructs_dra.drivers.nvidia", "constructs_dra.cel.selector", "yaml", "cdk8s", "rich"):
        assert module not in loaded
