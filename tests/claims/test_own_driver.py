"""A device this library does not know: two attributes and a capacity, and everything works for it."""

import pytest

from constructs_dra import Claim, Device, Request, ResourceSlice, SpecError
from constructs_dra.cel import compile_selector
from constructs_dra.drivers import Boolean, Devices, Quantity, String, driver, driver_for_class, register


class Fpga(Devices, driver="fpga.example.org"):
    """Our own cards."""

    model = String(values=("A1", "B2"))
    ready = Boolean(published="once the firmware is loaded")
    memory = Quantity()


fpga = Fpga()


def test_a_claim_for_it() -> None:
    claim = Claim("card", Request("card", fpga, count=2, where=(fpga.model == "B2") & fpga.ready & (fpga.memory >= "8Gi")))
    exactly = claim.devices()["requests"][0]["exactly"]
    assert exactly["deviceClassName"] == "fpga.example.org"
    assert exactly["selectors"][0]["cel"]["expression"] == (
        'device.attributes["fpga.example.org"].model == "B2"'
        ' && has(device.attributes["fpga.example.org"].ready) && device.attributes["fpga.example.org"].ready'
        ' && device.capacity["fpga.example.org"].memory.compareTo(quantity("8Gi")) >= 0'
    )


def test_its_mistakes_are_found_like_those_of_built_in_drivers() -> None:
    with pytest.raises(AttributeError, match=r"fpga\.example\.org publishes no 'modle'; did you mean 'model'"):
        fpga.modle  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(SpecError) as caught:
        Claim("card", Request("card", fpga, where=(fpga.model == "b2") & (fpga.memory > "8GB"), config={"a": 1}))
    assert [problem.path for problem in caught.value.problems] == ["requests[0].where", "requests[0].where", "requests[0].config[0]"]


def test_its_devices_can_be_inventoried_and_selected() -> None:
    inventory = ResourceSlice("node-1", fpga, [Device("card-0", {"model": "B2", "ready": True}, {"memory": "16Gi"})])
    (published,) = inventory.manifest()["spec"]["devices"]
    selector = compile_selector(str((fpga.model == "B2") & fpga.ready))
    assert selector.matches({"driver": "fpga.example.org", **published})


def test_once_registered_checks_know_it_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constructs_dra.catalogue.registry._registered", {})
    assert driver("fpga.example.org") is None
    known = register(fpga)
    assert driver("fpga.example.org") is known
    assert driver_for_class("fpga.example.org") is known
    assert Claim("card", Request("card", "fpga.example.org")).requests[0].driver is known  # type: ignore[union-attr]


def test_a_key_in_the_drivers_spelling_is_translated() -> None:
    class Odd(Devices, driver="odd.example.org"):
        serial_number = String("serialNumber")

    with pytest.raises(AttributeError, match="did you mean 'serial_number'"):
        Odd().serialNumber  # type: ignore[attr-defined]  # noqa: B018
    assert str(Odd().serial_number == "x") == 'device.attributes["odd.example.org"].serialNumber == "x"'


def test_a_driver_can_build_on_another() -> None:
    class Patched(Fpga, driver="patched.example.org"):
        extra = String()

    assert [fact.qualified_name for fact in Patched.__driver__.attributes] == [
        "patched.example.org/model",
        "patched.example.org/ready",
        "patched.example.org/extra",
    ]
    assert fpga.model.fact.domain == "fpga.example.org"
