"""Twice as many services in one namespace are twice the work: nothing is looked for by going through everything."""

import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from constructs_dra.checks import disagreements
from constructs_dra.checks.collect import collect
from constructs_dra.manifest import Manifest
from constructs_dra.report.wiring import wiring


def _service(number: int) -> Iterator[Manifest]:
    """A service with everything that finds other objects by their labels or names."""
    name = f"model-{number}"
    labels = {"app": name, "tier": "serving"}
    selector = {"matchLabels": labels}

    def made(api_version: str, kind: str, suffix: str, spec: dict[str, Any], **metadata: Any) -> Manifest:
        return {
            "apiVersion": api_version,
            "kind": kind,
            "metadata": {"name": f"{name}{suffix}", "namespace": "llm", "labels": labels, **metadata},
            "spec": spec,
        }

    container = {
        "name": "vllm",
        "image": "vllm/vllm-openai:v0.11.0",
        "args": ["--port=8000"],
        "ports": [{"name": "http", "containerPort": 8000}],
        "envFrom": [{"secretRef": {"name": f"{name}-tokne"}}],  # a mistake, whose name is like that of one of all the secrets
    }
    proxy = {"name": "proxy", "image": "ghcr.io/llm-d/llm-d-routing-sidecar:v0.5.0"}
    for role in ("prefill", "decode"):
        template = {
            "metadata": {"labels": {**labels, "llm-d.ai/role": role}},
            "spec": {
                "resourceClaims": [{"name": "gpu", "resourceClaimTemplateName": name}],
                "initContainers": [proxy],
                "containers": [container],
                "serviceAccountName": "serving",
            },
        }
        yield made("apps/v1", "Deployment", f"-{role}", {"selector": selector, "template": template})
    yield made("resource.k8s.io/v1", "ResourceClaimTemplate", "", {"spec": {"devices": {"requests": []}}})
    yield made("v1", "Secret", "-token", {})
    yield made("v1", "Service", "", {"selector": labels, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]})
    pool = {"selector": selector, "targetPorts": [{"number": 8000}], "endpointPickerRef": {"name": name, "port": {"number": 80}}}
    yield made("inference.networking.k8s.io/v1", "InferencePool", "", pool)
    yield made("monitoring.coreos.com/v1", "PodMonitor", "", {"selector": selector, "podMetricsEndpoints": [{"port": "http"}]})
    yield made("monitoring.coreos.com/v1", "ServiceMonitor", "", {"selector": selector, "endpoints": [{"port": "http"}]})
    chosen = {"matchExpressions": [{"key": "app", "operator": "In", "values": [name]}]}
    yield made("policy/v1", "PodDisruptionBudget", "", {"maxUnavailable": 1, "selector": chosen})
    ingress = [{"from": [{"podSelector": {"matchLabels": {"app": "prometheus"}}}], "ports": [{"port": 8000}]}]
    yield made("networking.k8s.io/v1", "NetworkPolicy", "", {"podSelector": selector, "policyTypes": ["Ingress"], "ingress": ingress})
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"{name}-decode"}
    yield made("autoscaling/v2", "HorizontalPodAutoscaler", "", {"scaleTargetRef": target, "maxReplicas": 4})
    yield made("gateway.networking.k8s.io/v1", "HTTPRoute", "", {"rules": [{"backendRefs": [{"name": name}]}]})


def _fleet(count: int) -> list[Manifest]:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "serving", "namespace": "llm"}}
    return [account, *(manifest for number in range(count) for manifest in _service(number))]


def _steps(work: Callable[[], object]) -> int:
    """How many lines of Python run, each pass through a loop included."""
    steps = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal steps
        steps += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(before)
    return steps


def _checked(manifests: list[Manifest]) -> int:
    return len(list(disagreements(list(collect(manifests)))))


def _drawn(manifests: list[Manifest]) -> int:
    return len(wiring(manifests).wires)


@pytest.mark.parametrize("work", [_checked, _drawn])
def test_services_in_one_namespace_cost_the_same_each(work: Callable[[list[Manifest]], int]) -> None:
    half, whole = _fleet(220), _fleet(440)
    found = work(half)
    assert found >= 220
    assert work(whole) == pytest.approx(2 * found, rel=0.05)
    assert _steps(lambda: work(whole)) < 2.1 * _steps(lambda: work(half))
