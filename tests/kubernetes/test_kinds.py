"""What is known of kinds by name: namespaces and pod templates, in one place for every check."""

from typing import Any

import pytest

from constructs_dra.kubernetes.api import api, custom_kinds, custom_schema
from constructs_dra.kubernetes.kinds import CLUSTER_SCOPED, POD_TEMPLATES, pod_templates
from constructs_dra.kubernetes.objects import check_semantics

WRONG = {"spec": {"containers": [{"name": "A", "image": "b"}]}}
GROUP = {"leaderWorkerTemplate": {"workerTemplate": WRONG}}


def thing(kind: str, path: str, template: dict[str, Any]) -> dict[str, Any]:
    """An object with a pod template at its path, the first entry of each list."""
    value: Any = template
    for step in reversed(path.split(".")):
        value = {step.removesuffix("[]"): [value] if step.endswith("[]") else value}
    made: dict[str, Any] = {"apiVersion": "x/v1", "kind": kind, "metadata": {"name": "a"}}
    return made | value


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


def test_kinds_without_a_namespace_are_those_whose_schema_says_so() -> None:
    custom = {key: custom_schema(key) for key in custom_kinds()}
    cluster = {key.split(" ")[1] for key, schema in custom.items() if schema is not None and schema["scope"] == "Cluster"}
    namespaced = {key.split(" ")[1] for key, schema in custom.items() if schema is not None and schema["scope"] != "Cluster"}
    assert cluster <= CLUSTER_SCOPED
    assert not namespaced & CLUSTER_SCOPED
    assert "PriorityClass" in CLUSTER_SCOPED
    built_in = {key.split(" ")[1] for version in ("1.34", "1.35", "1.36", "1.37") for key in api(version).kinds}
    assert CLUSTER_SCOPED - cluster - built_in == set()
