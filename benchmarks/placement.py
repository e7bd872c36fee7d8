"""How long placement takes: the recorded allocator cases, a large plan, and an infeasible claim on a large cluster."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance import allocator
from constructs_dra.drivers import intel
from constructs_dra.manifest import Manifest
from constructs_dra.placement import Fleet, Inventory, devices_of, plan

SHARED = Path(__file__).resolve().parents[2] / "shared"


def run() -> list[tuple[str, float, str, str]]:
    """Name, value, unit and target of each measurement; what needs recorded answers is left out where they are absent."""
    rows = []
    recorded = SHARED / "conformance" / "allocator-generated.json"
    if recorded.is_file():
        count = len(json.loads(recorded.read_text())["cases"])
        rows.append((f"placement: {count} recorded allocations", _seconds(lambda: list(allocator.scores(SHARED))), "s", "<= 6"))
    small = Fleet().nodes("node", count=250, devices=devices_of(intel.gaudi, 8, model="Gaudi3")).manifests()
    rows.append(("placement: 1,000 pods of 2 devices on 250 nodes of 8", _seconds(lambda: _planned(small, 1_000, 2, fits=True)), "s", "<= 10"))
    large = Fleet().nodes("node", count=1_000, devices=devices_of(intel.gaudi, 8, model="Gaudi2")).manifests()
    rows.append(("placement: an infeasible claim over 1,000 nodes, explained", _seconds(lambda: _planned(large, 1, 9, fits=False)), "s", "<= 5"))
    return rows


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


if __name__ == "__main__":
    for name, value, unit, target in run():
        print(f"{name:<62} {value:8.2f} {unit:<3} target {target}")
