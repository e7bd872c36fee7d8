"""How long placement takes: the recorded allocator cases, a large plan, and an infeasible claim on a large cluster."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import Row, run_in_turn
from conformance import allocator
from constructs_dra.drivers import intel
from constructs_dra.manifest import Manifest
from constructs_dra.placement import Fleet, Inventory, devices_of, plan

SHARED = Path(__file__).resolve().parents[2] / "shared"


def rows() -> Iterator[Row]:
    """The table's lines; what needs recorded answers is left out where they are absent."""
    recorded = SHARED / "conformance" / "allocator-generated.json"
    if recorded.is_file():
        count = len(json.loads(recorded.read_text())["cases"])
        yield Row(name=f"placement: {count} recorded allocations", value=_seconds(lambda: list(allocator.scores(SHARED))), unit="s", target=6)
    small = _fleet(250)
    planned = _seconds(lambda: _planned(small, 1_000, 2, fits=True))
    yield Row(name="placement: 1,000 pods of 2 devices on 250 nodes of 8", value=planned, unit="s", target=10)
    halves, whole = run_in_turn([["-c", _FLEET, nodes] for nodes in ("1250", "2500")], repeat=1)
    yield Row(name="placement: 10,000 pods of 2 devices on 2,500 nodes of 8", value=whole.printed, unit="s", target=10)
    yield Row(name="placement: the same, memory of the process", value=whole.megabytes, unit="MB", target=300)
    yield Row(name="placement: the same, against half as many pods and nodes", value=whole.printed / halves.printed, target=2.3)
    full = _fleet(2_500)
    unplaced = _seconds(lambda: _planned(full, 10_001, 2, fits=False))
    yield Row(name="placement: one pod more than fits on 2,500 nodes, explained", value=unplaced, unit="s", target=15)
    explained = _seconds(lambda: _planned(full, 1, 9, fits=False))
    yield Row(name="placement: an infeasible claim over 2,500 nodes, explained", value=explained, unit="s", target=5)


def _fleet(nodes: int) -> list[Manifest]:
    return Fleet().nodes("node", count=nodes, devices=devices_of(intel.gaudi, 8, model="Gaudi3")).manifests()


_FLEET = """
import sys
from benchmarks.placement import _fleet, _planned, _seconds

nodes = int(sys.argv[1])
manifests = _fleet(nodes)
print(_seconds(lambda: _planned(manifests, 4 * nodes, 2, fits=True)))
"""


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _planned(cluster: list[Manifest], replicas: int, count: int, *, fits: bool) -> None:
    answer = plan(_workload(replicas, count), Inventory.from_manifests(cluster))
    assert answer.fits is fits
    assert fits or answer.workloads[0].explanations[0].changes


def _workload(replicas: int, count: int) -> list[Manifest]:
    selector = 'device.attributes["gaudi.intel.com"].healthy'
    request = {"name": "hpu", "exactly": {"deviceClassName": "gaudi.intel.com", "count": count, "selectors": [{"cel": {"expression": selector}}]}}
    pod: dict[str, Any] = {
        "containers": [{"name": "vllm", "image": "vllm", "resources": {"claims": [{"name": "hpu"}], "requests": {"cpu": "8", "memory": "64Gi"}}}],
        "resourceClaims": [{"name": "hpu", "resourceClaimTemplateName": "hpu"}],
    }
    return [
        {
            "apiVersion": "resource.k8s.io/v1",
            "kind": "ResourceClaimTemplate",
            "metadata": {"name": "hpu"},
            "spec": {"spec": {"devices": {"requests": [request]}}},
        },
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "vllm"},
            "spec": {
                "replicas": replicas,
                "selector": {"matchLabels": {"app": "vllm"}},
                "template": {"metadata": {"labels": {"app": "vllm"}}, "spec": pod},
            },
        },
    ]
