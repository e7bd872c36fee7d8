"""Finding objects by label and namespace gives what looking at every one of them gives."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import constructs_dra.engines
from constructs_dra.checks import check_manifests
from constructs_dra.checks.cluster import Cluster
from constructs_dra.checks.collect import Item, collect
from constructs_dra.engines.containers import READ_VARIABLES
from constructs_dra.kubernetes.rules import Rules

labels = st.dictionaries(st.sampled_from("ab"), st.sampled_from(["x", "y", 1]))
namespaces = st.sampled_from(["", "one", "two"])
selectors = st.fixed_dictionaries(
    {},
    optional={
        "matchLabels": labels,
        "matchExpressions": st.lists(
            st.fixed_dictionaries(
                {
                    "key": st.sampled_from("abc"),
                    "operator": st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist", "In "]),
                    "values": st.lists(st.sampled_from(["x", "y", "z", 1, None]), max_size=3),
                }
            ),
            max_size=2,
        ),
    },
)


def _pod(name: str, namespace: str, own: dict[str, Any]) -> dict[str, Any]:
    metadata = {"name": name, "labels": own, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [{"name": "c", "ports": [{"name": name}]}]}}


@given(st.lists(st.tuples(namespaces, labels), max_size=6), st.lists(selectors, max_size=3), namespaces)
def test_selectors_find_what_they_fit(pods: Sequence[tuple[str, dict[str, Any]]], wanted: Sequence[dict[str, Any]], namespace: str) -> None:
    objects = list(collect([_pod(f"p{number}", *pod) for number, pod in enumerate(pods)]))
    cluster = Cluster(objects=objects)
    user = Item(value={"kind": "Service", "metadata": {"name": "s", "namespace": namespace}})
    for selector in (*wanted, *wanted):  # the second time what was found is remembered
        expected = [item for item in objects if item.near(user) and Rules.selects(selector, item.labels)]
        assert cluster.selected(selector, user) == [item.value for item in expected]
    assert cluster.has_pods(user) is any(item.near(user) for item in objects)


@given(st.lists(st.tuples(namespaces, labels), max_size=6), st.lists(selectors, max_size=3), namespaces)
def test_what_is_in_reach_is_found_by_kind_name_and_labels(
    services: Sequence[tuple[str, dict[str, Any]]], wanted: Sequence[dict[str, Any]], namespace: str
) -> None:
    objects = [
        Item(value={"kind": kind, "metadata": {"name": f"s{number % 3}", "namespace": namespace, "labels": own}})
        for number, (namespace, own) in enumerate(services)
        for kind in ("Service", "Secret")
    ]
    cluster = Cluster(objects=objects)
    user = Item(value={"kind": "ServiceMonitor", "metadata": {"name": "m", "namespace": namespace}})
    near = [item for item in objects if item.near(user) and item.kind == "Service"]
    assert cluster.near(user, "Service") == near
    assert cluster.has("Service", user) is bool(near)
    assert cluster.names("Service", user) == [item.name for item in near]
    for name in ("s0", "s1", "s2"):
        assert cluster.all_of("Service", name, user) == [item for item in near if item.name == name]
        assert cluster.find("Service", name, user) is next((item for item in near if item.name == name), None)
    for selector in wanted:
        assert cluster.services(selector, user) == [item for item in near if Rules.selects(selector, item.labels)]
    assert cluster.has_labels(["a"], services=True) is any("a" in item.labels for item in objects)


def test_variables_that_checks_of_a_start_read_are_kept() -> None:
    folder = Path(constructs_dra.engines.__file__).parent
    read = {name for file in folder.glob("*rules_*.py") for name in re.findall(r'environment(?:\.get\(|\[)"([A-Z_0-9]+)"', file.read_text())}
    assert read
    assert [name for name in read if not name.startswith(READ_VARIABLES)] == []


def test_a_misspelt_name_is_found_among_many() -> None:
    secrets = [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": f"token-{number}", "namespace": "n"}} for number in range(500)]
    container = {"name": "c", "image": "example.com/i:1", "envFrom": [{"secretRef": {"name": "tokne-77"}}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "n"}, "spec": {"containers": [container]}}
    (found,) = [problem for problem in check_manifests([*secrets, pod]) if problem.rule == "reference"]
    assert found.severity == "warning"
    assert found.hint == "did you mean 'token-77'?"
