"""What Kubernetes' allocator answered (`allocator*.json`), against ours: the same devices in the same order, a refusal or an error alike."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from conformance.score import Score
from constructs_dra.placement.allocation import Allocation, DevicesInUse
from constructs_dra.placement.devices import DeviceId
from constructs_dra.placement.features import Features
from constructs_dra.placement.holdings import Holdings
from constructs_dra.placement.pools import SliceIndex
from constructs_dra.placement.reading import read_class, read_node, read_slice
from constructs_dra.placement.requests import read_claim
from constructs_dra.placement.search import search
from constructs_dra.placement.view import Views

_LISTS = ("tolerations", "bindingConditions", "bindingFailureConditions", "consumedCapacity", "config")


def scores(shared: Path) -> Iterable[Score]:
    """One score per file `conformance/allocator*.json`."""
    for path in sorted((shared / "conformance").glob("allocator*.json")):
        cases = json.loads(path.read_text())["cases"]
        short = []
        for case in cases:
            try:
                difference = _difference(case, _answer(case))
            except Exception as error:  # noqa: BLE001  (whatever goes wrong is this case's shortfall)
                difference = f"{type(error).__name__}: {error}"
            if difference:
                short.append((case["name"], difference))
        yield Score(name=path.stem, passed=len(cases) - len(short), total=len(cases), short=short)


def _answer(case: Mapping[str, Any]) -> Allocation:
    classes = {each.name: each for each in map(read_class, case["classes"])}
    views = Views(SliceIndex(map(read_slice, case["slices"])), classes, Features.of_gates(case["features"], known_defects=True))
    in_use = DevicesInUse(
        devices=frozenset(map(_device, case["allocatedDevices"])),
        shared=frozenset(map(_device, case["allocatedSharedDevices"])),
        capacity={_device(device): amounts for device, amounts in case["allocatedCapacity"].items()},
    )
    claims = [read_claim(claim) for claim in case["claims"]]
    return search(views, views.of(read_node(case["node"])), claims, Holdings(in_use), budget=2_000_000)


def _device(text: str) -> DeviceId:
    driver, pool, device = text.split("/")[:3]
    return DeviceId(driver, pool, device)


def _difference(case: Mapping[str, Any], answer: Allocation) -> str:
    if case["error"]:
        return "" if answer.outcome == "error" and _core(answer.reason) == _core(case["error"]) else f"expected error {case['error']!r}, got {answer}"
    expected = None if case["results"] is None else [_bare(result) for result in case["results"]]
    if answer.outcome == "error":
        return f"expected {expected}, got error {answer.reason!r}"
    given = [_bare(claim.manifest()) for claim in answer.claims] if answer.fits else None
    return "" if given == expected else f"expected {expected}, got {given}"


def _core(error: str) -> str:
    """An error without the compiler's own words about an expression."""
    return error.partition("CEL compile error")[0]


def _bare(result: Mapping[str, Any]) -> dict[str, Any]:
    devices = [{**each, "shareID": "SHARE"} if each.get("shareID") else each for each in result["devices"].get("results") or []]
    return {
        "devices": [{name: value for name, value in each.items() if value or name not in _LISTS} for each in devices],
        "config": result["devices"].get("config") or [],
        "nodeSelector": result.get("nodeSelector"),
    }
