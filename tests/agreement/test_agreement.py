"""A mistake in a claim is the same mistake whichever door it comes through: a record, `check` on its manifest, `plan` on a pod that uses it."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from attrs import frozen

from constructs_dra import PCIE_ROOT, Claim, FirstAvailable, Gaudi, IntelGpu, MatchAttribute, NvidiaGpu, Request, SpecError
from constructs_dra.checks import Setting, check_manifests
from constructs_dra.drivers import hygon, intel, nvidia
from constructs_dra.placement import Fleet, devices_of, plan

SLICED: Final = nvidia.GpuConfig(sharing=nvidia.TimeSlicing())


def exactly(device_class: str = "gaudi.intel.com", **fields: Any) -> dict[str, Any]:
    return {"name": "gaudi", "exactly": {"deviceClassName": device_class, "allocationMode": "ExactCount", "count": 1, **fields}}


def cel(text: str) -> list[dict[str, Any]]:
    return [{"cel": {"expression": text}}]


@frozen
class Mistake:
    """One mistake through every door.

    Attributes:
        record: Makes the claim as a record.
        devices: What the manifest has under `devices`.
        rules: Names of the rules that refuse it.
        path: Where the record reports it.
        stops: Whether a scheduler never places the pod; others see it only when the pod starts.
    """

    record: Callable[[], Claim]
    devices: dict[str, Any]
    rules: set[str]
    path: str
    stops: bool = True


MISTAKES: Final = {
    "more devices than a claim holds": Mistake(
        lambda: Claim("c", IntelGpu("gaudi", count=33)),
        {"requests": [exactly("gpu.intel.com", count=33)]},
        {"strict-count-limit"},
        "requests[0].count",
    ),
    "more devices than a node has": Mistake(
        lambda: Claim("c", Gaudi("gaudi", count=16)), {"requests": [exactly(count=16)]}, {"strict-node-limit"}, "requests[0].count"
    ),
    "no device at all": Mistake(
        lambda: Claim("c", Gaudi("gaudi", count=0)), {"requests": [exactly(count=0)]}, {"strict-count-zero"}, "requests[0].count", stops=False
    ),
    "a count beside All": Mistake(
        lambda: Claim("c", Gaudi("gaudi", allocation_mode="All", count=2)),
        {"requests": [exactly(allocationMode="All", count=2)]},
        {"count"},
        "requests[0].count",
        stops=False,
    ),
    "a name that is none": Mistake(
        lambda: Claim("c", Gaudi("Gaudi")), {"requests": [exactly() | {"name": "Gaudi"}]}, {"name"}, "requests[0].name", stops=False
    ),
    "a class that is almost known": Mistake(
        lambda: Claim("c", Request("gaudi", "gaudy.intel.com")),
        {"requests": [exactly("gaudy.intel.com")]},
        {"strict-class-name"},
        "requests[0].device",
    ),
    "a name of a class that is none": Mistake(
        lambda: Claim("c", Request("gaudi", "My_class")), {"requests": [exactly("My_class")]}, {"name"}, "requests[0].device"
    ),
    "one name twice": Mistake(
        lambda: Claim("c", Gaudi("gaudi", count=1), Gaudi("gaudi", count=1)),
        {"requests": [exactly(), exactly()]},
        {"duplicate"},
        "requests[1].name",
        stops=False,
    ),
    "nine alternatives": Mistake(
        lambda: Claim("c", FirstAvailable("gaudi", *(Gaudi(f"g{number}", count=1) for number in range(9)))),
        {"requests": [{"name": "gaudi", "firstAvailable": [{**exactly()["exactly"], "name": f"g{number}"} for number in range(9)]}]},
        {"too-many"},
        "requests[0].alternatives",
        stops=False,
    ),
    "a constraint for a request that is not there": Mistake(
        lambda: Claim("c", Gaudi("gaudi"), constraints=MatchAttribute(PCIE_ROOT, requests="gaudy")),
        {"requests": [exactly()], "constraints": [{"requests": ["gaudy"], "matchAttribute": PCIE_ROOT}]},
        {"local-reference"},
        "constraints[0].requests[0]",
        stops=False,
    ),
    "an attribute that no device has": Mistake(
        lambda: Claim("c", Gaudi("gaudi"), aligned_on="gaudi.intel.com/serail"),
        {"requests": [exactly()], "constraints": [{"matchAttribute": "gaudi.intel.com/serail"}]},
        {"strict-absent"},
        "aligned_on",
    ),
    "a share of what is given whole": Mistake(
        lambda: Claim("c", Gaudi("gaudi", capacity={"memory": "1Gi"})),
        {"requests": [exactly(capacity={"requests": {"memory": "1Gi"}})]},
        {"strict-whole-device"},
        "requests[0].capacity['memory']",
    ),
    "a capacity that is not published": Mistake(
        lambda: Claim("c", Request("gaudi", hygon.hcu, capacity={"corez": 1})),
        {"requests": [exactly("dra.hygon.com", capacity={"requests": {"corez": "1"}})]},
        {"strict-unknown-capacity"},
        "requests[0].capacity['corez']",
    ),
    "a toleration of a value without a key": Mistake(
        lambda: Claim("c", Gaudi("gaudi", tolerations={"operator": "Equal", "value": "x"})),
        {"requests": [exactly(tolerations=[{"operator": "Equal", "value": "x"}])]},
        {"strict-toleration-key"},
        "requests[0].tolerations[0].key",
        stops=False,
    ),
    "configuration that no driver reads": Mistake(
        lambda: Claim("c", Gaudi("gaudi", config={"kind": "X"})),
        {"requests": [exactly()], "config": [{"requests": ["gaudi"], "opaque": {"driver": "gaudi.intel.com", "parameters": {"kind": "X"}}}]},
        {"strict-no-config"},
        "requests[0].config[0]",
        stops=False,
    ),
    "configuration of another driver": Mistake(
        lambda: Claim("c", Gaudi("gaudi", config=SLICED)),
        {
            "requests": [exactly()],
            "config": [
                {
                    "requests": ["gaudi"],
                    "opaque": {"driver": "gpu.nvidia.com", "parameters": nvidia.GpuConfig(sharing=nvidia.TimeSlicing()).parameters()},
                }
            ],
        },
        {"strict-config-driver"},
        "requests[0].config[0]",
        stops=False,
    ),
    "configuration of a kind the driver does not know": Mistake(
        lambda: Claim("c", NvidiaGpu("gaudi", config={"apiVersion": "resource.nvidia.com/v1beta1", "kind": "GpuConf"})),
        {
            "requests": [exactly("gpu.nvidia.com")],
            "config": [
                {
                    "requests": ["gaudi"],
                    "opaque": {"driver": "gpu.nvidia.com", "parameters": {"apiVersion": "resource.nvidia.com/v1beta1", "kind": "GpuConf"}},
                }
            ],
        },
        {"strict-config-kind"},
        "requests[0].config[0].kind",
        stops=False,
    ),
    "a value the driver never publishes": Mistake(
        lambda: Claim("c", Gaudi("gaudi", where='device.attributes["gaudi.intel.com"].model == "Gaudi9"')),
        {"requests": [exactly(selectors=cel('device.attributes["gaudi.intel.com"].model == "Gaudi9"'))]},
        {"strict-value"},
        "requests[0].where",
    ),
    "a label that is none": Mistake(
        lambda: Claim("c", Gaudi("gaudi"), labels={"a b": "c"}), {"requests": [exactly()]}, {"label"}, "labels['a b']", stops=False
    ),
    "an annotation that is none": Mistake(
        lambda: Claim("c", Gaudi("gaudi"), annotations={"a b": "c"}), {"requests": [exactly()]}, {"annotation"}, "annotations['a b']", stops=False
    ),
}


def manifest(mistake: Mistake, path: str) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": "c"}
    if path.startswith(("labels", "annotations")):
        metadata[path.partition("[")[0]] = {"a b": "c"}
    return {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaimTemplate", "metadata": metadata, "spec": {"spec": {"devices": mistake.devices}}}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_record_and_check_refuse_the_same_by_the_same_rule(name: str) -> None:
    mistake = MISTAKES[name]
    with pytest.raises(SpecError) as caught:
        mistake.record()
    assert {problem.rule for problem in caught.value.problems} == mistake.rules
    assert mistake.path in [problem.path for problem in caught.value.problems]
    found = check_manifests([manifest(mistake, mistake.path)], Setting(version="1.36"))
    assert {problem.rule for problem in found if problem.severity == "error"} == mistake.rules


@pytest.mark.parametrize("name", [name for name, mistake in MISTAKES.items() if mistake.stops])
def test_a_plan_never_places_what_can_never_be_allocated(name: str) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {
            "containers": [{"name": "c", "image": "a:1", "resources": {"claims": [{"name": "c"}]}}],
            "resourceClaims": [{"name": "c", "resourceClaimTemplateName": "c"}],
        },
    }
    fleet = Fleet()
    for driver in (intel.gaudi, intel.gpu, nvidia.gpu, hygon.hcu):
        fleet = fleet.nodes(f"n-{driver.__driver__.id}", count=2, devices=devices_of(driver, 8))
    try:
        answer = plan([manifest(MISTAKES[name], ""), pod], fleet.inventory())
    except SpecError:
        return
    assert not answer.placed
    assert answer.unplaced
