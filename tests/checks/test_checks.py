import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.checks import Setting, check_manifests
from constructs_dra.claims import ACCEPT_ANNOTATION
from constructs_dra.errors import Problem
from constructs_dra.yaml.documents import read_files

LABELS = {"app": "a"}


def template(name: str = "gpu", *, requests: list[str] | None = None, **body: Any) -> dict[str, Any]:
    exactly = {"deviceClassName": "gpu.intel.com"} | body
    spec = {"devices": {"requests": [{"name": request, "exactly": exactly} for request in requests or ["gpu"]]}}
    return {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaimTemplate", "metadata": {"name": name}, "spec": {"spec": spec}}


def deployment(name: str = "a", *, claim: dict[str, Any] | None = None, taken: dict[str, Any] | None = None, **pod: Any) -> dict[str, Any]:
    container: dict[str, Any] = {"name": "main", "image": "x", "ports": [{"name": "http", "containerPort": 8000}]}
    spec: dict[str, Any] = {"containers": [container]} | pod
    if claim is not None:
        spec["resourceClaims"] = [{"name": "gpu"} | claim]
        container["resources"] = {"claims": [{"name": "gpu"} | (taken or {})]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": LABELS},
        "spec": {"selector": {"matchLabels": LABELS}, "template": {"metadata": {"labels": LABELS}, "spec": spec}},
    }


def thing(api_version: str, kind: str, spec: dict[str, Any] | None = None, name: str = "a", **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}} | ({"spec": spec} if spec is not None else {}) | fields


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


def test_a_pod_with_its_claim_is_sound() -> None:
    assert check_manifests([template(), deployment(claim={"resourceClaimTemplateName": "gpu"}, taken={"request": "gpu"})]) == []


def test_a_template_that_is_not_here_is_a_warning_or_with_everything_here_an_error() -> None:
    manifests = [deployment(claim={"resourceClaimTemplateName": "gpu"})]
    problem = only(check_manifests(manifests))
    assert (problem.severity, problem.path) == ("warning", "spec.template.spec.resourceClaims[0].resourceClaimTemplateName")
    assert problem.source == "Deployment/a"
    assert only(check_manifests(manifests, Setting(complete=True))).severity == "error"


def test_a_misspelt_template_is_reported_with_the_near_name() -> None:
    problems = check_manifests([template("gpu-claim"), deployment(claim={"resourceClaimTemplateName": "gpu-clam"})])
    assert "did you mean 'gpu-claim'?" in problems[0].hint
    assert problems[1].rule == "claim-unused"


def test_a_template_named_as_a_claim_is_reported_as_such() -> None:
    problems = check_manifests([template(), deployment(claim={"resourceClaimName": "gpu"})])
    assert "name it as resourceClaimTemplateName" in problems[0].hint
    assert problems[0].severity == "error"


def test_a_request_the_claim_does_not_have_is_reported() -> None:
    problem = only(
        check_manifests([template(requests=["gpu", "nic"]), deployment(claim={"resourceClaimTemplateName": "gpu"}, taken={"request": "nik"})])
    )
    assert problem.path == "spec.template.spec.containers[0].resources.claims[0].request"
    assert "'nic'" in problem.hint


def test_claims_in_another_namespace_do_not_count() -> None:
    here, there = deployment(claim={"resourceClaimTemplateName": "gpu"}), template()
    here["metadata"]["namespace"], there["metadata"]["namespace"] = "a", "b"
    first, second = check_manifests([here, there])
    assert (first.rule, first.severity, second.rule) == ("reference", "error", "claim-unused")
    assert "it is in namespace 'b'" in first.hint
    there["metadata"]["namespace"] = "a"
    assert check_manifests([here, there]) == []


def test_two_objects_of_one_name_must_not_differ() -> None:
    first, second = thing("v1", "ConfigMap", data={"a": "b"}), thing("v1", "ConfigMap", data={"a": "c"})
    assert only(check_manifests([first, second])).severity == "error"
    assert only(check_manifests([first, copy.deepcopy(first)])).severity == "warning"
    second["metadata"]["namespace"] = "other"
    assert check_manifests([first, second]) == []


@pytest.mark.parametrize(
    ("manifest", "path", "words"),
    [
        (thing("v1", "Service", {"selector": {"app": "b"}, "ports": [{"port": 80}]}), "spec.selector", "selects no pod"),
        (
            thing("v1", "Service", {"selector": LABELS, "ports": [{"port": 80, "targetPort": "htp"}]}),
            "spec.ports[0].targetPort",
            "no selected pod has a port named 'htp'",
        ),
        (
            thing("monitoring.coreos.com/v1", "PodMonitor", {"selector": {"matchLabels": {"app": "b"}}, "podMetricsEndpoints": []}),
            "spec.selector",
            "selects no pod",
        ),
        (
            thing("monitoring.coreos.com/v1", "PodMonitor", {"selector": {"matchLabels": LABELS}, "podMetricsEndpoints": [{"port": "metrics"}]}),
            "spec.podMetricsEndpoints[0].port",
            "no selected pod has a port named 'metrics'",
        ),
        (
            thing(
                "inference.networking.k8s.io/v1",
                "InferencePool",
                {
                    "selector": {"matchLabels": LABELS},
                    "targetPorts": [{"number": 8001}],
                    "endpointPickerRef": {"name": "epp", "port": {"number": 9002}},
                },
            ),
            "spec.targetPorts[0].number",
            "no selected pod has the port 8001",
        ),
    ],
)
def test_a_selector_or_port_without_a_target_is_reported(manifest: dict[str, Any], path: str, words: str) -> None:
    problem = only(check_manifests([deployment(), manifest]))
    assert problem.path == path
    assert words in problem.message


def test_selectors_are_not_judged_without_pods() -> None:
    assert check_manifests([thing("v1", "Service", {"selector": {"app": "b"}, "ports": [{"port": 80}]})]) == []


def test_with_everything_here_every_reference_counts() -> None:
    pod = deployment(
        serviceAccountName="llama",
        volumes=[{"name": "m", "persistentVolumeClaim": {"claimName": "model"}}, {"name": "s", "secret": {"secretName": "token", "optional": True}}],
    )
    pod["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "hf", "key": "b"}}}]
    route = thing(
        "gateway.networking.k8s.io/v1", "HTTPRoute", {"parentRefs": [{"name": "gw"}], "rules": [{"backendRefs": [{"name": "svc", "port": 80}]}]}
    )
    scaler = thing(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        {"maxReplicas": 2, "scaleTargetRef": {"kind": "Deployment", "name": "none", "apiVersion": "apps/v1"}},
    )
    binding = thing("rbac.authorization.k8s.io/v1", "RoleBinding", roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"})
    assert check_manifests([pod, route, scaler, binding]) == []
    found = check_manifests([pod, route, scaler, binding], Setting(complete=True))
    assert [problem.message for problem in found] == [
        "there is no ServiceAccount 'llama' here",
        "there is no PersistentVolumeClaim 'model' here",
        "there is no Secret 'hf' here",
        "there is no Service 'svc' here",
        "there is no Gateway 'gw' here",
        "there is no Deployment 'none' here",
        "there is no Role 'r' here",
    ]


def test_admin_access_is_judged_by_the_namespace_when_it_is_here() -> None:
    claim = template(adminAccess=True)
    claim["metadata"]["namespace"] = "monitoring"
    namespace = thing("v1", "Namespace", name="monitoring")
    assert only(check_manifests([claim])).severity == "warning"
    assert only(check_manifests([claim, namespace])).severity == "error"
    namespace["metadata"]["labels"] = {"resource.kubernetes.io/admin-access": "true"}
    assert check_manifests([claim, namespace]) == []


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ('device.attributes["gpu.intel.com"].famly == "x"', "famly"),
        ('device.attributes["gpu.intel.com"].health == true', "health"),
        ('device.attributes["gpu.intel.com/family"].string == "x"', "gpu.intel.com/family"),
        ('device.attributes["gpu.intel.com"].family == "Flex"', "Flex"),
        ('device.capacity["gpu.intel.com"].memory.compareTo(quantity("16GB")) >= 0', "16GB"),
    ],
)
def test_selectors_are_checked_against_what_the_class_driver_publishes(expression: str, words: str) -> None:
    found = check_manifests([template(selectors=[{"cel": {"expression": expression}}])])
    assert words in found[0].message
    assert found[0].path == "spec.spec.devices.requests[0].exactly.selectors[0].cel.expression"


@pytest.mark.parametrize(
    ("device_class", "body", "devices", "rule"),
    [
        ("gpu.intel.com", {"capacity": {"requests": {"memory": "1Gi"}}}, {}, "strict-whole-device"),
        ("tpu.google.com", {"count": 4}, {}, "strict-every-device"),
        ("tpu.google.com", {"allocationMode": "All"}, {}, None),
        ("gpu.intel.com", {}, {"constraints": [{"matchAttribute": "gpu.intel.com/serial"}]}, "strict-absent"),
        ("gpu.intel.com", {}, {"constraints": [{"matchAttribute": "gpu.intel.com/pciRoot"}]}, "strict-deprecated"),
        ("gpu.intel.com", {}, {"constraints": [{"matchAttribute": "resource.kubernetes.io/pcieRoot"}]}, None),
        ("mig.nvidia.com", {}, {"constraints": [{"matchAttribute": "gpu.nvidia.com/parentUUID"}]}, None),
        ("gpu.nvidia.com", {}, {"constraints": [{"matchAttribute": "gpu.nvidia.com/parentUUID"}]}, "strict-absent"),
    ],
)
def test_claims_are_checked_against_how_drivers_give_devices(
    device_class: str, body: dict[str, Any], devices: dict[str, Any], rule: str | None
) -> None:
    claim = template(deviceClassName=device_class, **body)
    claim["spec"]["spec"]["devices"] |= devices
    found = check_manifests([claim], Setting(version="1.36"))
    assert [problem.rule for problem in found] == ([rule] if rule else [])


def test_a_class_nobody_knows_is_only_checked_as_kubernetes_does() -> None:
    claim = template(deviceClassName="my-class", selectors=[{"cel": {"expression": 'device.attributes["my.com"].anything == 1'}}])
    assert check_manifests([claim]) == []


@pytest.mark.parametrize(
    ("driver", "parameters", "path"),
    [
        ("gpu.nvidia.com", {"apiVersion": "resource.nvidia.com/v1beta1", "kind": "GpuConfig", "sharing": {"strategy": "TimeSlicing"}}, None),
        ("gpu.nvidia.com", {"apiVersion": "gpu.nvidia.com/v1alpha1", "kind": "GpuConfig"}, "apiVersion"),
        ("gpu.nvidia.com", {"apiVersion": "resource.nvidia.com/v1beta1", "kind": "GpuConf"}, "kind"),
        ("gpu.nvidia.com", {"apiVersion": "resource.nvidia.com/v1beta1", "kind": "GpuConfig", "sharing": {"strategy": "Mps"}}, "sharing.strategy"),
        ("gpu.nvidia.com", {"apiVersion": "resource.nvidia.com/v1beta1", "kind": "GpuConfig", "sharin": {}}, "sharin"),
        ("my.driver.com", {"anything": 1}, None),
    ],
)
def test_configuration_is_checked_against_what_the_driver_reads(driver: str, parameters: dict[str, Any], path: str | None) -> None:
    claim = template(deviceClassName="gpu.nvidia.com" if driver == "gpu.nvidia.com" else "a-class")
    claim["spec"]["spec"]["devices"]["config"] = [{"opaque": {"driver": driver, "parameters": parameters}}]
    found = [problem.path for problem in check_manifests([claim])]
    assert found == ([f"spec.spec.devices.config[0].opaque.parameters.{path}"] if path else [])


@pytest.mark.parametrize(
    ("manifest", "version", "gate", "consequence"),
    [
        (template(tolerations=[{"key": "a", "operator": "Exists"}]), "1.35", "DRADeviceTaints", "drops the field"),
        (template(deviceClassName="mine", capacity={"requests": {"memory": "1Gi"}}), "1.35", "DRAConsumableCapacity", "drops the field"),
        (
            template(selectors=[{"cel": {"expression": "device.allowMultipleAllocations == true"}}]),
            "1.34",
            "DRAConsumableCapacity",
            "refuses the selector",
        ),
        (thing("resource.k8s.io/v1", "DeviceClass", {"extendedResourceName": "a.com/gpu"}), "1.35", "DRAExtendedResource", "drops the field"),
        (deployment(volumes=[{"name": "a", "image": {"reference": "b"}}]), "1.34", "ImageVolume", "drops the field"),
    ],
)
def test_gates_that_are_off_are_named(manifest: dict[str, Any], version: str, gate: str, consequence: str) -> None:
    problem = only(check_manifests([manifest], Setting(version=version)))
    assert problem.rule == "feature-gate"
    assert gate in problem.message
    assert consequence in problem.message
    assert check_manifests([manifest], Setting(version="1.36")) == []
    assert check_manifests([manifest], Setting(version=version, gates={gate: True})) == []


def test_a_gate_turned_off_is_reported_even_where_it_is_on_by_default() -> None:
    claim = template(deviceClassName="mine", capacity={"requests": {"memory": "1Gi"}})
    assert "is turned off" in only(check_manifests([claim], Setting(version="1.36", gates={"DRAConsumableCapacity": False}))).message


@pytest.mark.parametrize(
    ("gate", "version", "on", "told"),
    [
        ("DRAAdminAccess", "1.36", False, "cannot be turned off"),
        ("DRAAdminAccess", "1.36", True, ""),
        ("DRAAdminAccess", "1.35", False, ""),
        ("DynamicResourceAllocation", "1.38", True, "is gone"),
        ("DRADerivedAttributes", "1.36", True, "is not known"),
    ],
)
def test_a_gate_that_no_component_starts_with_is_told(gate: str, version: str, on: bool, told: str) -> None:
    problems = check_manifests([], Setting(version=version, gates={gate: on}))
    assert [problem.rule for problem in problems] == ["feature-gate"] * bool(told)
    assert all(told in problem.message for problem in problems)


def test_objects_that_a_cluster_printed_have_their_gates_there() -> None:
    claim = template(tolerations=[{"key": "a", "operator": "Exists"}])
    claim["metadata"]["uid"] = "6e8b1a3c-0000-0000-0000-000000000000"
    assert check_manifests([claim]) == []


def test_a_field_of_a_later_version_is_explained_once() -> None:
    claim = template(derivedAttributes=[{"name": "a.com/b", "expression": "1"}])
    problem = only(check_manifests([claim]))
    assert "DRADerivedAttributes" in problem.message
    assert "1.37" in problem.hint


def test_beta_apis_are_not_served_by_default() -> None:
    claim = template() | {"apiVersion": "resource.k8s.io/v1beta2"}
    assert only(check_manifests([claim])).hint == "use resource.k8s.io/v1"
    rule = thing("resource.k8s.io/v1alpha3", "DeviceTaintRule", {"taint": {"key": "a", "effect": "None"}})
    assert [problem.rule for problem in check_manifests([rule], Setting(version="1.36"))] == ["api-off", "feature-gate"]
    setting = Setting(version="1.36", served=frozenset({"resource.k8s.io/v1alpha3"}), gates={"DRADeviceTaintRules": True})
    assert check_manifests([rule], setting) == []


def test_a_rule_the_object_itself_suppresses_fails_nothing() -> None:
    claim = template(count=40)
    assert only(check_manifests([claim])).severity == "error"
    claim["metadata"]["annotations"] = {f"{ACCEPT_ANNOTATION}strict-count-limit": "a scheduler of our own"}
    problem = only(check_manifests([claim]))
    assert (problem.severity, problem.hint) == ("warning", "accepted: a scheduler of our own")
    claim["metadata"]["annotations"] = {f"{ACCEPT_ANNOTATION}count": "no"}
    claim["spec"]["spec"]["devices"]["requests"][0]["exactly"]["count"] = -1
    assert only(check_manifests([claim])).severity == "error"


def test_lists_are_unpacked() -> None:
    listed = {
        "apiVersion": "v1",
        "kind": "List",
        "items": [template(), deployment(claim={"resourceClaimTemplateName": "gpu"}, taken={"request": "x"})],
    }
    assert only(check_manifests([listed])).path == "items[1].spec.template.spec.containers[0].resources.claims[0].request"
    typed = {"apiVersion": "v1", "kind": "PodList", "items": [{"metadata": {"name": "A"}, "spec": {"containers": [{"name": "a", "image": "b"}]}}]}
    assert only(check_manifests([typed])).path == "items[0].metadata.name"


def test_configuration_of_tools_is_left_alone() -> None:
    problem = only(check_manifests([{"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": ["a.yaml"]}]))
    assert (problem.severity, problem.rule) == ("warning", "not-an-object")


def test_what_is_not_an_object_is_reported() -> None:
    assert "is not a Kubernetes object" in only(check_manifests([{}])).message


def test_what_helm_renders_for_the_chart_passes_but_for_known_mistakes(shared: Path) -> None:
    for folder in sorted(shared.glob("parity/*/expected.yaml")):
        documents, problems = read_files([folder])
        assert problems == []
        setting = Setting(gates={"DRADeviceTaints": True, "ImageVolume": True})
        errors = [problem for problem in check_manifests(documents, setting) if problem.severity == "error"]
        for problem in errors:
            assert problem.rule in {"unknown-field", "name", "port-unknown", "strict-value", "strict-unpublished", "router-flag-version"}, str(
                problem
            )


JUNK: st.SearchStrategy[Any] = st.sampled_from([None, True, -1, "", "a", "x" * 300, [], {}, [[]], {"": None}, {"a": [{}]}, [1, "a", {}]])
FULL = [
    template(selectors=[{"cel": {"expression": "true"}}], tolerations=[{"key": "a"}]),
    deployment(claim={"resourceClaimTemplateName": "gpu"}, taken={"request": "gpu"}, volumes=[{"name": "a", "secret": {"secretName": "b"}}]),
    thing("v1", "Service", {"selector": LABELS, "ports": [{"port": 80, "targetPort": "http"}]}),
    thing("monitoring.coreos.com/v1", "PodMonitor", {"selector": {"matchLabels": LABELS}, "podMetricsEndpoints": [{"port": "http"}]}),
    thing("gateway.networking.k8s.io/v1", "HTTPRoute", {"parentRefs": [{"name": "gw"}], "rules": [{"backendRefs": [{"name": "svc", "port": 80}]}]}),
    thing("inference.networking.k8s.io/v1", "InferencePool", {"selector": {"matchLabels": LABELS}, "targetPorts": [{"number": 1}]}),
    {"apiVersion": "v1", "kind": "List", "items": [thing("v1", "Namespace")]},
]


def _values(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return [(value, key) for key in value] + [pair for inner in value.values() for pair in _values(inner)]
    if isinstance(value, list):
        return [(value, index) for index in range(len(value))] + [pair for inner in value for pair in _values(inner)]
    return []


def test_after_two_thousand_errors_the_rest_is_not_looked_at() -> None:
    found = check_manifests([{"kind": "Pod", "metadata": {"name": f"pod-{number}"}} for number in range(50_000)])
    assert 2000 <= len(found) <= 2100
    assert any("more objects are not looked at" in problem.message for problem in found)


def test_of_objects_that_are_there_thousands_of_times_the_first_are_reported() -> None:
    found = check_manifests([deployment()] * 5_000)
    assert {problem.rule for problem in found} == {"duplicate-object"}
    assert len(found) <= 1000


@settings(max_examples=150, deadline=None)  # the first one loads CEL
@given(st.lists(st.tuples(st.integers(0, 400), JUNK), min_size=1, max_size=4))
def test_no_shape_of_a_set_crashes_the_checks(changes: list[tuple[int, Any]]) -> None:
    broken: list[Any] = copy.deepcopy(FULL)
    for number, junk in changes:
        places = _values(broken)
        owner, key = places[number % len(places)]
        owner[key] = copy.deepcopy(junk)
    for problem in check_manifests(broken, Setting(version="1.36", complete=True)):
        assert problem.message


def _tolerating(name: str, toleration: dict[str, Any]) -> dict[str, Any]:
    annotations = {"constructs-dra/accept-strict-toleration-key": "one taint only", "constructs-dra/accept-reference": "the platform makes it"}
    exactly = {"deviceClassName": "gpu.intel.com", "tolerations": [toleration]}
    spec = {"spec": {"devices": {"requests": [{"name": "gpu", "exactly": exactly}]}}}
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaimTemplate",
        "metadata": {"name": name, "annotations": annotations},
        "spec": spec,
    }


def test_an_annotation_that_suppresses_nothing_is_a_warning() -> None:
    sound = {"key": "example.com/broken", "operator": "Equal", "value": "true"}
    problems = [problem for problem in check_manifests([_tolerating("gpu", sound)]) if problem.rule == "suppresses-nothing"]
    assert [(problem.path, problem.severity) for problem in problems] == [
        ("metadata.annotations['constructs-dra/accept-strict-toleration-key']", "warning")
    ]
    needed = _tolerating("other", {"operator": "Equal", "value": "true"})
    assert "suppresses-nothing" not in {problem.rule for problem in check_manifests([_tolerating("gpu", sound), needed])}
