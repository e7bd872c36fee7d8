"""What is known of kinds by name: namespaces and pod templates, in one place for every check."""

from typing import Any

import pytest

from constructs_dra.kubernetes.api import custom_kinds, custom_schema
from constructs_dra.kubernetes.kinds import POD_TEMPLATES, is_cluster_scoped, pod_templates
from constructs_dra.kubernetes.objects import check_semantics

WRONG = {"spec": {"containers": [{"name": "A", "image": "b"}]}}
GROUP = {"leaderWorkerTemplate": {"workerTemplate": WRONG}}


def thing(kind: str, path: str, template: dict[str, Any]) -> dict[str, Any]:
    """An object with a pod template at its path, the first entry of each list."""
    value: Any = template
    for step in reversed(path.split(".")):
        value = {step.removesuffix("[]"): [value] if step.endswith("[]") else value}
    return {"apiVersion": "x/v1", "kind": kind, "metadata": {"name": "a"}, **value}


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, paths in POD_TEMPLATES.items() for path in paths if path])
def test_the_pods_of_every_kind_are_looked_at(kind: str, path: str) -> None:
    manifest = thing(kind, path, WRONG)
    place = path.replace("[]", "[0]")
    assert [found for _, found in pod_templates(manifest)] == [place]
    assert f"{place}.spec.containers[0].name" in {problem.path for problem in check_semantics(manifest)}


def test_every_role_of_a_disaggregated_set_has_its_pods() -> None:
    roles = [{"name": name, "spec": GROUP} for name in ("prefill", "decode")]
    manifest = {"apiVersion": "disaggregatedset.x-k8s.io/v1", "kind": "DisaggregatedSet", "metadata": {"name": "a"}, "spec": {"roles": roles}}
    places = [path for _, path in pod_templates(manifest)]
    assert places == [f"spec.roles[{number}].spec.leaderWorkerTemplate.workerTemplate" for number in (0, 1)]


@pytest.mark.parametrize(
    ("api_version", "kind", "cluster"),
    [
        ("scheduling.k8s.io/v1", "PriorityClass", True),
        ("resource.k8s.io/v1", "DeviceClass", True),
        ("gateway.networking.k8s.io/v1", "GatewayClass", True),
        ("kueue.x-k8s.io/v1beta2", "ClusterQueue", True),
        ("example.com/v1", "ClusterQueue", False),
        ("v1", "ConfigMap", False),
        (None, None, False),
    ],
)
def test_kinds_without_a_namespace(api_version: object, kind: object, cluster: bool) -> None:
    assert is_cluster_scoped(api_version, kind) is cluster


def test_what_a_schema_says_of_the_scope_counts() -> None:
    scopes = {key: schema["scope"] for key in custom_kinds() if (schema := custom_schema(key)) is not None}
    assert {"Cluster", "Namespaced"} == set(scopes.values())
    assert {key for key in scopes if is_cluster_scoped(*key.split(" "))} == {key for key, scope in scopes.items() if scope == "Cluster"}
