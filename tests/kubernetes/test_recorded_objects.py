"""What an API server said to single mutations of 40 kinds of objects, and what no mutation may do: end in a traceback."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import objects as recorded
from conformance.validation import refusals
from constructs_dra.kubernetes.dra import check_dra
from constructs_dra.kubernetes.kinds import pod_templates
from constructs_dra.kubernetes.objects import check_semantics
from constructs_dra.kubernetes.schemas import check_object

FILE = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "objects.json"


def test_an_api_server_agrees_on_recorded_mutations(shared: Path) -> None:
    for score in recorded.scores(shared):
        assert score.short == []


KINDS = ("Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController")


def wrapped(kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    """The pod of another kind of workload."""
    job = kind in {"Job", "CronJob"}
    template = {
        "metadata": {"labels": {"own": "a"}},
        "spec": {**copy.deepcopy(spec), **({"restartPolicy": "Never" if job else "Always"} if kind != "Pod" else {})},
    }
    body: dict[str, Any] = {"template": template} if job else {"template": template, "selector": {"matchLabels": {"own": "a"}}}
    if kind == "Pod":
        body = copy.deepcopy(spec)
    elif kind == "CronJob":
        body = {"schedule": "* * * * *", "jobTemplate": {"spec": body}}
    elif kind == "ReplicationController":
        body["selector"] = {"own": "a"}
    versions = {"Pod": "v1", "ReplicationController": "v1", "Job": "batch/v1", "CronJob": "batch/v1"}
    return {"apiVersion": versions.get(kind, "apps/v1"), "kind": kind, "metadata": {"name": "x"}, "spec": body}


def moved(spec: dict[str, Any]) -> dict[str, Any]:
    """The same pod with another container before its own."""
    return {**spec, "containers": [{"name": "fresh", "image": "i"}, *spec["containers"]]}


@pytest.mark.slow
def test_what_is_refused_in_one_workload_is_refused_in_the_others_and_in_every_container(shared: Path) -> None:
    tried = 0
    for case in json.loads((shared / "conformance" / "objects.json").read_text(encoding="utf-8"))["cases"]:
        manifest, error = case["object"], case["error"] or ""
        if not isinstance(manifest, dict) or manifest.get("kind") not in KINDS or "serviceAccountName is not set" in error:
            continue
        for template, path in pod_templates(manifest):
            spec, place = template.get("spec"), f"{path}.spec." if path else "spec."
            if (
                not isinstance(spec, dict)
                or place not in error
                or any(f"{place}{key}" in error for key in ("restartPolicy", "activeDeadlineSeconds"))
            ):
                continue  # not about the pod, or about what each kind of workload has its own rule for
            own = {**spec, "restartPolicy": "Always"} if "restartPolicy" not in error else spec
            tried += 1
            assert all(refusals(wrapped(kind, own)) for kind in KINDS), case["name"]
            if f"{place}containers[0]" in error and isinstance(spec.get("containers"), list):
                assert refusals(wrapped("Deployment", moved(own))), case["name"]
    assert tried > 200


@cache
def cases() -> list[dict[str, Any]]:
    found = json.loads(FILE.read_text(encoding="utf-8"))["cases"] if FILE.is_file() else []
    return [case["object"] for case in found if case["error"] is None]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for step in steps:
        yield (*path, step)
        yield from places(value[step], (*path, step))


JUNK: st.SearchStrategy[Any] = st.sampled_from([
    None, True, 0, -1, 2**70, 1.5, float("inf"), float("nan"), "", "a", "A b", "\n", "\x1b[31m", "é", "x" * 300, "50%", "1", "9" * 5000, [], [None],
    ["a"], [[]], [{}], {}, {"a": None}, {"": ""}, {"name": []}, [{"name": {}}], {"type": ["a"]}, {"matchLabels": {"a": []}},
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_mutation_ends_in_a_traceback(data: st.DataObject) -> None:
    if not cases():
        pytest.skip("no recorded objects")
    manifest = copy.deepcopy(data.draw(st.sampled_from(cases())))
    for _ in range(data.draw(st.integers(1, 3))):
        found = list(places(manifest))
        if not found:
            break
        *way, step = data.draw(st.sampled_from(found))
        owner: Any = manifest
        for each in way:
            owner = owner[each]
        owner[step] = copy.deepcopy(data.draw(JUNK))
    version = data.draw(st.sampled_from(["1.34", "1.35", "1.36", "1.37", "1.38"]))
    for check in (check_object, check_dra, check_semantics):
        assert all(str(problem) for problem in check(manifest, version=version))
