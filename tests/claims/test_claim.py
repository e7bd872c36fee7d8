"""Claims as people write them, and the manifests they become."""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_dra import (
    PCIE_ROOT,
    Claim,
    DistinctAttribute,
    ExistingClaim,
    ExistingClaimTemplate,
    FirstAvailable,
    Gaudi,
    GoogleTpu,
    IntelGpu,
    MatchAttribute,
    Mig,
    NvidiaGpu,
    RdmaNic,
    Request,
    SpecError,
    Toleration,
    to_yaml,
)
from constructs_dra.drivers import dranet, hygon, intel, nvidia


def _requests(claim: Claim, **options: Any) -> list[Any]:
    found: list[Any] = claim.devices(**options)["requests"]
    return found


def _problems(*requests: Any, **fields: Any) -> list[str]:
    with pytest.raises(SpecError) as caught:
        Claim("claim", *requests, **fields)
    return [f"{problem.path}: {problem.message}" for problem in caught.value.problems]


def test_two_gaudi2_follow_the_parallelism() -> None:
    claim = Claim("gaudi2", Gaudi(model="Gaudi2"))
    assert to_yaml(claim.manifest(namespace="llm-d", devices_per_pod=2)) == (
        "apiVersion: resource.k8s.io/v1\n"
        "kind: ResourceClaimTemplate\n"
        "metadata:\n"
        "  name: gaudi2\n"
        "  namespace: llm-d\n"
        "spec:\n"
        "  spec:\n"
        "    devices:\n"
        "      requests:\n"
        "      - name: gaudi\n"
        "        exactly:\n"
        "          deviceClassName: gaudi.intel.com\n"
        "          allocationMode: ExactCount\n"
        "          count: 2\n"
        "          selectors:\n"
        "          - cel:\n"
        '              expression: \'device.attributes["gaudi.intel.com"].model == "Gaudi2"\'\n'
    )


def test_a_gpu_and_an_rdma_nic_on_one_pcie_root() -> None:
    claim = Claim(
        "gpu-nic",
        NvidiaGpu("gpu"),
        Request("nic", dranet.nic, device_class="rdma", where=dranet.nic.rdma),
        aligned_on=PCIE_ROOT,
    )
    devices = claim.devices(devices_per_pod=1)
    assert [request["exactly"]["deviceClassName"] for request in devices["requests"]] == ["gpu.nvidia.com", "rdma"]
    assert devices["constraints"] == [{"matchAttribute": "resource.kubernetes.io/pcieRoot"}]
    assert claim["nic"] == "gpu-nic/nic"


def test_nics_do_not_follow_the_parallelism() -> None:
    claim = Claim("gpu-nic", NvidiaGpu(), RdmaNic(device_class="rdma"))
    assert [request["exactly"]["count"] for request in _requests(claim, devices_per_pod=8)] == [8, 1]
    assert claim.device_count(8) == 8


def test_two_gaudi3_or_else_four_gpus_with_16_gib_each() -> None:
    claim = Claim("any", FirstAvailable("acc", Gaudi(count=2, model="Gaudi3"), IntelGpu(count=4, memory="16Gi")))
    (request,) = _requests(claim)
    assert request == {
        "name": "acc",
        "firstAvailable": [
            {
                "name": "gaudi",
                "deviceClassName": "gaudi.intel.com",
                "allocationMode": "ExactCount",
                "count": 2,
                "selectors": [{"cel": {"expression": 'device.attributes["gaudi.intel.com"].model == "Gaudi3"'}}],
            },
            {
                "name": "intel",
                "deviceClassName": "gpu.intel.com",
                "allocationMode": "ExactCount",
                "count": 4,
                "selectors": [{"cel": {"expression": 'device.capacity["gpu.intel.com"].memory.compareTo(quantity("16Gi")) >= 0'}}],
            },
        ],
    }
    assert claim.device_counts() == (2, 4)
    assert claim.device_count() is None


def test_a_template_of_the_platform_team_is_referred_to_and_not_made() -> None:
    gpus = ExistingClaimTemplate("platform-gpus.v2", device_class="gpu.intel.com", count=2)
    assert gpus.pod_claim() == {"name": gpus.name, "resourceClaimTemplateName": "platform-gpus.v2"}
    assert gpus.driver is not None
    assert gpus.driver.id == "intel-gpu"
    assert gpus.device_count() == 2
    assert ExistingClaim("one", name="shared").pod_claim() == {"name": "shared", "resourceClaimName": "one"}


def test_a_shared_claim_is_a_resource_claim() -> None:
    claim = Claim("shared", IntelGpu(), shared=True)
    manifest = claim.manifest()
    assert manifest["kind"] == "ResourceClaim"
    assert manifest["spec"]["devices"]["requests"][0]["exactly"]["count"] == 1
    assert claim.pod_claim() == {"name": "shared", "resourceClaimName": "shared"}


def test_cel_text_stays_as_it_was_written() -> None:
    text = "device.attributes[\"gaudi.intel.com\"].model == 'Gaudi2'"
    claim = Claim("intel-gaudi", Request("intel-gaudi", "gaudi.intel.com", count=2, where=text))
    manifest = claim.manifest(name="intel-gaudi-resource-claim-template")
    assert manifest["metadata"] == {"name": "intel-gaudi-resource-claim-template"}
    assert manifest["spec"]["spec"]["devices"]["requests"] == [
        {
            "name": "intel-gaudi",
            "exactly": {
                "deviceClassName": "gaudi.intel.com",
                "allocationMode": "ExactCount",
                "count": 2,
                "selectors": [{"cel": {"expression": text}}],
            },
        }
    ]


def test_several_conditions_are_several_selectors() -> None:
    claim = Claim("gpu", Request("gpu", intel.gpu, where=[intel.gpu.sriov, "device.driver == 'gpu.intel.com'"]))
    selectors = _requests(claim)[0]["exactly"]["selectors"]
    assert [selector["cel"]["expression"] for selector in selectors] == [
        'device.attributes["gpu.intel.com"].sriov',
        "device.driver == 'gpu.intel.com'",
    ]


def test_what_a_class_guarantees_is_not_guarded() -> None:
    expression = _requests(Claim("mig", Mig(profile="1g.5gb")))[0]["exactly"]["selectors"][0]["cel"]["expression"]
    assert expression == 'device.attributes["gpu.nvidia.com"].profile == "1g.5gb"'


def test_every_chip_of_a_node() -> None:
    claim = Claim("tpu", GoogleTpu(tpu_gen="v6e"))
    assert _requests(claim, devices_per_pod=8)[0]["exactly"] == {
        "deviceClassName": "tpu.google.com",
        "allocationMode": "All",
        "selectors": [{"cel": {"expression": 'device.attributes["tpu.google.com"].tpuGen == "v6e"'}}],
    }
    assert claim.device_counts(8) is None


def test_a_toleration_without_a_value_matches_every_value() -> None:
    claim = Claim(
        "gaudi",
        Gaudi(tolerations=[Toleration("gaudi.intel.com/unhealthy", effect="NoExecute"), {"effect": "NoSchedule"}, {"key": "a/b", "value": "c"}]),
    )
    assert _requests(claim)[0]["exactly"]["tolerations"] == [
        {"key": "gaudi.intel.com/unhealthy", "operator": "Exists", "effect": "NoExecute"},
        {"operator": "Exists", "effect": "NoSchedule"},
        {"key": "a/b", "operator": "Equal", "value": "c"},
    ]


def test_admin_access_tells_which_label_the_namespace_needs() -> None:
    claim = Claim("monitor", IntelGpu(allocation_mode="All", admin_access=True))
    assert _requests(claim)[0]["exactly"]["adminAccess"] is True
    assert claim.namespace_labels == {"resource.kubernetes.io/admin-access": "true"}
    assert Claim("gpu", IntelGpu()).namespace_labels == {}


def test_a_share_of_a_device() -> None:
    claim = Claim("share", Request("hcu", hygon.hcu, count=1, capacity={"cores": 60, "memory": "20Gi"}))
    assert _requests(claim)[0]["exactly"]["capacity"] == {"requests": {"cores": "60", "memory": "20Gi"}}


def test_configuration_belongs_to_its_request() -> None:
    slow = nvidia.GpuConfig(sharing=nvidia.TimeSlicing(interval="Long"))
    claim = Claim("gpu", NvidiaGpu("gpu", config=slow), RdmaNic(device_class="rdma", config={"interface": {"mtu": 9000}}))
    assert claim.devices()["config"] == [
        {
            "requests": ["gpu"],
            "opaque": {
                "driver": "gpu.nvidia.com",
                "parameters": {
                    "apiVersion": "resource.nvidia.com/v1beta1",
                    "kind": "GpuConfig",
                    "sharing": {"strategy": "TimeSlicing", "timeSlicingConfig": {"interval": "Long"}},
                },
            },
        },
        {"requests": ["nic"], "opaque": {"driver": "dra.net", "parameters": {"interface": {"mtu": 9000}}}},
    ]


def test_configuration_of_an_alternative_names_request_and_alternative() -> None:
    shared = nvidia.GpuConfig(sharing=nvidia.Mps(default_active_thread_percentage=50))
    claim = Claim("any", FirstAvailable("acc", NvidiaGpu("big", config=shared), NvidiaGpu("small")))
    assert claim.devices()["config"][0]["requests"] == ["acc/big"]


def test_configuration_for_the_whole_claim_names_no_request() -> None:
    config = dranet.NetworkConfig(interface=dranet.Interface(name="eth1", mtu=9000))
    claim = Claim("nics", RdmaNic("a", device_class="rdma"), RdmaNic("b", device_class="rdma"), config=config)
    assert claim.devices()["config"] == [{"opaque": {"driver": "dra.net", "parameters": {"interface": {"name": "eth1", "mtu": 9000}}}}]


def test_constraints_reach_requests_and_alternatives() -> None:
    claim = Claim(
        "mixed",
        FirstAvailable("acc", Mig("slice"), NvidiaGpu("gpu")),
        NvidiaGpu("other", count=1),
        constraints=[MatchAttribute(PCIE_ROOT, requests=["acc/gpu", "other"]), DistinctAttribute("gpu.nvidia.com/uuid", requests="acc")],
    )
    assert claim.devices()["constraints"] == [
        {"requests": ["acc/gpu", "other"], "matchAttribute": "resource.kubernetes.io/pcieRoot"},
        {"requests": ["acc"], "distinctAttribute": "gpu.nvidia.com/uuid"},
    ]


def test_reasons_are_written_into_annotations() -> None:
    claim = Claim("gaudi", Gaudi(count=33, count_reason="two pods share a board"), accept={"strict-count-limit": "patched scheduler"})
    assert claim.manifest()["metadata"]["annotations"] == {
        "constructs-dra/accept-count-parallelism": "two pods share a board",
        "constructs-dra/accept-strict-count-limit": "patched scheduler",
    }


def test_one_of_two_computing_requests_takes_what_the_other_leaves() -> None:
    claim = Claim("two", Gaudi("a", count=1), Gaudi("b"))
    assert [request["exactly"]["count"] for request in _requests(claim, devices_per_pod=4)] == [1, 3]


def test_two_requests_cannot_both_follow_the_parallelism() -> None:
    claim = Claim("two", Gaudi("a"), Gaudi("b"))
    with pytest.raises(SpecError, match="'a' and 'b' leave their count"):
        claim.manifest(devices_per_pod=4)


def test_everything_wrong_is_reported_at_once_with_its_place() -> None:
    found = _problems(
        Gaudi(count=0, model="gaudi2"),  # type: ignore[arg-type]
        IntelGpu("gpu", count=33, family="Flex", memory="16GiB", where=[intel.gpu.sriov, "device.model == 1"]),  # type: ignore[arg-type]
        Gaudi("gaudi", count="3", tolerations={"efect": "x"}, capacity={"memory": "1Gi"}),  # type: ignore[arg-type]
        Request("Up", "GPU_class"),
        constraints=[MatchAttribute(PCIE_ROOT, requests="gaudy")],
        labels={"a": "b/c"},
        accept={"some-rule": " "},
    )
    expected = [
        "requests[0].model: gaudi.intel.com/model never has the value 'gaudi2'",
        "requests[0].count: 0 is taken for 1",
        "requests[1].family: gpu.intel.com/family never has the value 'Flex'",
        "requests[1].memory: '16GiB' is not a valid quantity",
        "requests[1].where[1]: ",
        "requests[1].count: 33 devices can never be allocated",
        "requests[2].count: must be a whole number, not '3'",
        "requests[2].tolerations[0].efect: 'efect' is not a field",
        "requests[2].name: 'gaudi' appears twice",
        "requests[2].capacity['memory']: gaudi.intel.com gives devices only whole",
        "requests[3].name: 'Up'",
        "requests[3].device: 'GPU_class'",
        "constraints[0].requests[0]: 'gaudy' is not a request of this claim",
        "labels['a']: 'b/c'",
        "accept['some-rule']: there is no rule 'some-rule'",
        "accept['some-rule']: needs a reason",
    ]
    assert len(found) == len(expected)
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(start)


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (GoogleTpu(allocation_mode="ExactCount", count=4), "allocation_mode: tpu.google.com prepares a claim only if it holds every device"),
        (IntelGpu(allocation_mode="All", count=2), "count: 2 must not stand beside allocation_mode 'All'"),
        (IntelGpu(allocation_mode="all"), "allocation_mode: 'all' is unknown"),  # type: ignore[arg-type]
        (Gaudi(device_class="gpu.intel.com"), "device_class: 'gpu.intel.com' selects devices of gpu.intel.com"),
        (RdmaNic(), "device_class: is needed: the driver dra.net ships no device class"),
        (Request("x"), "device: is needed"),
        (Request("x", 5), "device: must name devices, not 5"),  # type: ignore[arg-type]
        (Gaudi(config=nvidia.GpuConfig(sharing=nvidia.TimeSlicing())), "config[0]: GpuConfig is for gpu.nvidia.com"),
        (Gaudi(config={"kind": "X"}), "config[0]: gaudi.intel.com takes no configuration"),
        (Mig(config=nvidia.GpuConfig(sharing=nvidia.TimeSlicing())), "config[0]: GpuConfig is for devices of type gpu, but the request gets mig"),
        (Request("cpu", "dra.cpu"), "capacity: is needed: without it a claim takes every CPU"),
        (Request("hcu", hygon.hcu, capacity={"corez": 1}), "capacity['corez']: dra.hygon.com publishes no capacity 'corez'"),
        (Request("hcu", hygon.hcu, capacity={"cores": "1x"}), "capacity['cores']: '1x' is not a valid quantity"),
        (Gaudi(tolerations={"value": "x"}), "tolerations[0].key: is needed to compare a value"),
        (Gaudi(tolerations={"key": "a", "operator": "Exists", "value": "x"}), "tolerations[0].value: 'x' must be empty"),
        (Gaudi(tolerations={"key": "a", "tolerationSeconds": "5"}), "tolerations[0].tolerationSeconds: must be a whole number, not '5'"),
        (Gaudi(where=True), "where: must be a condition on a device, got True"),  # type: ignore[arg-type]
        (FirstAvailable("a"), "alternatives: are missing"),
        (FirstAvailable("a", Gaudi(admin_access=True)), "alternatives[0].admin_access: is not possible in an alternative"),
        (FirstAvailable("a", *(Gaudi(f"g{index}") for index in range(9))), "alternatives: has 9 entries; at most 8 are allowed"),
        (FirstAvailable("a", Gaudi(), Gaudi()), "alternatives[1].name: 'gaudi' appears twice"),
    ],
)
def test_a_request_that_cannot_work_is_refused(request_: Request | FirstAvailable, fault: str) -> None:
    (line,) = _problems(request_)
    assert line.startswith(f"requests[0].{fault}")


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: Toleration(value="x"), "Toleration: key: is needed to compare a value"),
        (lambda: Toleration("a", operator="Exists", value="x"), "Toleration: value: 'x' must be empty"),
        (lambda: Toleration("a", effect="PreferNoSchedule"), "Toleration: effect: 'PreferNoSchedule' is unknown"),  # type: ignore[arg-type]
        (lambda: Toleration("a", effect="NoSchedule", toleration_seconds=5), "Toleration: toleration_seconds: has no meaning with the effect"),
        (lambda: Toleration(5), "Toleration: key: must be a string, not 5"),  # type: ignore[arg-type]
        (lambda: Toleration("a b"), "Toleration: key: 'a b' "),
        (lambda: MatchAttribute("pcieRoot"), "MatchAttribute: attribute: 'pcieRoot' has no domain"),
        (lambda: MatchAttribute(PCIE_ROOT, requests=["a", "a"]), "MatchAttribute: requests[1]: 'a' appears twice"),
        (lambda: DistinctAttribute(f"{'a' * 64}/b"), "DistinctAttribute: attribute: "),
        (lambda: DistinctAttribute(None), "DistinctAttribute: attribute: must be a string, not None"),  # type: ignore[arg-type]
        (lambda: MatchAttribute(PCIE_ROOT, requests="\ud800"), "MatchAttribute: requests[0]: has half of a surrogate pair"),
    ],
)
def test_constraints_and_tolerations_are_checked_by_themselves(make: Callable[[], object], fault: str) -> None:
    with pytest.raises(SpecError) as caught:
        make()
    assert str(caught.value).startswith(fault)


def test_a_typo_in_aligned_on_is_reported_there() -> None:
    with pytest.raises(SpecError) as caught:
        Claim("c", Gaudi(), aligned_on="pcieRoot", constraints=MatchAttribute(PCIE_ROOT, requests="gaudy"))
    assert [problem.path for problem in caught.value.problems] == ["constraints[0].requests[0]", "aligned_on"]
    (line,) = _problems(Gaudi(), aligned_on=[PCIE_ROOT, "gaudi.intel.com/serail"])
    assert line.startswith("aligned_on[1]: gaudi.intel.com (request 'gaudi') never publishes gaudi.intel.com/serail")


def test_a_constraint_on_what_a_driver_never_publishes_is_refused() -> None:
    (line,) = _problems(GoogleTpu(), Gaudi(), aligned_on=PCIE_ROOT)
    assert line.startswith("aligned_on: tpu.google.com (request 'tpu') never publishes resource.kubernetes.io/pcieRoot")


def test_constraints_take_attributes_of_the_catalogue() -> None:
    claim = Claim("slices", Mig(count=2), aligned_on=nvidia.gpu.parent_uuid, constraints=DistinctAttribute(nvidia.gpu.uuid))
    assert claim.devices()["constraints"] == [
        {"matchAttribute": "gpu.nvidia.com/parentUUID"},
        {"distinctAttribute": "gpu.nvidia.com/uuid"},
    ]


def test_a_constraint_on_what_other_kinds_of_device_publish_is_refused() -> None:
    (line,) = _problems(NvidiaGpu(), aligned_on="gpu.nvidia.com/parentUUID")
    assert "never publishes gpu.nvidia.com/parentUUID on devices of type gpu" in line


def test_a_class_of_a_cloud_is_known_though_its_selectors_are_not() -> None:
    claim = Claim("nic", Request("nic", "mrdma.google.com"))
    assert not claim.computes


def test_selectors_of_another_driver_are_refused() -> None:
    (line,) = _problems(Gaudi(where=intel.gpu.sriov))
    assert line.startswith("requests[0].where: devices of gaudi.intel.com publish no attribute")


def test_an_empty_claim_is_refused() -> None:
    assert _problems() == ["requests: are missing: a claim without requests gets no device"]


def test_too_many_devices_in_all_are_refused() -> None:
    (line,) = _problems(Gaudi("a", count=20), Gaudi("b", count=20))
    assert line.startswith("requests: 40 devices in all can never be allocated")


def test_an_accepted_rule_is_silent_and_every_other_still_on() -> None:
    with pytest.raises(SpecError) as caught:
        Claim("tpu", GoogleTpu(allocation_mode="ExactCount", count=0), accept={"strict-every-device": "single-chip nodes"})
    assert [problem.path for problem in caught.value.problems] == ["requests[0].count"]


def test_a_value_of_a_newer_driver_can_be_accepted() -> None:
    claim = Claim("gaudi", Gaudi(model="Gaudi4"), accept={"strict-value": "driver 0.8 knows it"})  # type: ignore[arg-type]
    assert "Gaudi4" in _requests(claim)[0]["exactly"]["selectors"][0]["cel"]["expression"]
    with pytest.raises(SpecError, match="is not a valid quantity"):
        Claim("gpu", IntelGpu(memory="16GB"), accept={"value-literal": "no reason makes it one"})


@pytest.mark.parametrize(
    ("requests", "rule", "unused"),
    [
        ([Gaudi(model="Gaudi2")], "strict-value", True),
        ([Gaudi(model="Gaudi4")], "strict-value", False),  # type: ignore[arg-type]
        ([Gaudi(count=40)], "strict-count-limit", False),
        ([Gaudi(count=4)], "strict-node-limit", True),
        ([Gaudi()], "strict-node-limit", False),  # as many as the parallelism of a role needs
        ([Gaudi(count=4)], "count-parallelism", False),  # a role knows
    ],
)
def test_a_reason_that_suppresses_nothing_in_the_claim_is_a_warning(requests: list[Any], rule: str, unused: bool) -> None:
    found = [(problem.path, problem.severity) for problem in Claim("gaudi", *requests, accept={rule: "because"}).check()]
    assert found == ([(f"accept.{rule}", "warning")] if unused else [])


def test_warnings_do_not_stop_a_claim() -> None:
    claim = Claim("gpu", IntelGpu(where=intel.gpu.pci_root == "00"))
    (problem,) = claim.check()
    assert problem.severity == "warning"
    assert problem.path == "requests[0].where"


def test_an_unknown_request_of_a_claim_is_named() -> None:
    with pytest.raises(KeyError, match="did you mean 'gaudi'"):
        Claim("c", Gaudi())["gaudy"]


def test_equal_claims_are_equal() -> None:
    assert Claim("a", Gaudi(where=intel.gaudi.healthy)) == Claim("a", Gaudi(where=intel.gaudi.healthy))
    assert Claim("a", Gaudi(where=intel.gaudi.healthy)) != Claim("a", Gaudi(where=~intel.gaudi.healthy))
