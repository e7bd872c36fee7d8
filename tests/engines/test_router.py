"""Flags of the routing proxy and of the endpoint picker, by version."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.checks import check_manifests
from constructs_dra.engines.router import router_findings, router_program, router_versions

SIDECAR = "ghcr.io/llm-d/llm-d-router-disagg-sidecar"
PICKER = "ghcr.io/llm-d/llm-d-router-endpoint-picker"


def found(reference: str, *arguments: str, **environment: str) -> list[tuple[str, int]]:
    program = router_program(reference)
    assert program
    return [(each.rule, each.index) for each in router_findings(*program, arguments, environment)]


@pytest.mark.parametrize(
    ("tag", "arguments", "expected"),
    [
        ("v0.10.0", ["--port=8000", "--kv-connector=nixlv2", "--secure-proxy=false"], []),
        ("v0.10.0", ["--connector=nixlv2"], [("router-flag-version", 0)]),
        ("v0.9.0", ["--connector=nixlv2"], [("router-flag-deprecated", 0)]),
        ("v0.6.0", ["--connector=nixlv2"], []),
        ("v0.6.0", ["--kv-connector=nixlv2"], [("router-flag-version", 0)]),
        ("v0.10.0", ["--secure-serving=false"], [("router-flag-version", 0)]),
        ("latest", ["--connector=nixlv2"], [("router-flag-some-versions", 0)]),
        ("main", ["--connector=nixlv2"], [("router-flag-version", 0)]),
        ("v0.4.0", ["--anything"], []),
        ("v0.10.0", ["--kv-conector=nixlv2"], [("router-flag-unknown", 0)]),
        ("v0.10.0", ["--kv-connector", "lmcache"], [("router-flag-rule", 0)]),
        ("v0.9.0", ["--kv-connector=offloading"], [("router-flag-rule", 0)]),
        ("v0.10.0", ["--port=http"], [("router-flag-rule", 0)]),
        ("v0.10.0", ["--port=65535", "--data-parallel-size=2"], [("router-flag-rule", 0)]),
        ("v0.10.0", ["--max-idle-conns-per-host=many"], [("router-flag-value", 0)]),
        ("v0.10.0", ["--prefill-retry-backoff=200"], [("router-flag-value", 0)]),
        ("v0.10.0", ["--secure-proxy", "false"], [("router-flag-value", 0)]),
        ("v0.10.0", ["stray"], [("router-flag-value", 0)]),
        ("v0.10.0", ["--port"], [("router-flag-value", 0)]),
        ("v0.10.0", ["--configuration={}", "--configuration-file=x"], [("router-flag-rule", 1)]),
        ("v0.10.0", ["--enable-ssrf-protection"], [("router-flag-rule", 0)]),
        ("v0.10.0", ["--enable-ssrf-protection", "--inference-pool=a/b"], []),
        ("v0.10.0", ["--inference-pool=a/b/c"], [("router-flag-rule", 0)]),
        ("v0.10.0", ["--enable-p2p-pull", "--kv-connector=mooncake"], [("router-flag-rule", 0)]),
        ("v0.10.0", ["--enable-tls=prefiller,decoders"], [("router-flag-rule", 0)]),
        ("v0.10.0", ["--port=\ue000", "\ue000"], []),
    ],
)
def test_the_routing_proxy(tag: str, arguments: list[str], expected: list[tuple[str, int]]) -> None:
    assert found(f"{SIDECAR}:{tag}", *arguments) == expected


@pytest.mark.parametrize(
    ("tag", "arguments", "expected"),
    [
        ("v0.10.0", ["--pool-name=a"], []),
        ("v0.10.0", [], [("router-flag-rule", -1)]),
        ("v0.10.0", ["--pool-name=a", "--endpoint-selector=b=c", "--endpoint-target-ports=1"], [("router-flag-rule", 0), ("router-flag-rule", 1)]),
        ("v0.10.0", ["--pool-name=a", "--config-file=x", "--config-text=y"], [("router-flag-rule", 2)]),
        ("v0.10.0", ["--pool-name=a", "--model-server-metrics-path=/x"], [("router-flag-version", 1)]),
        ("v0.10.0", ["--pool-name=a", "--metrics-client-ca-file=/x"], [("router-flag-rule", 1)]),
        ("v0.10.0", ["--pool-name=a", "--lora-info-metric=x"], [("router-flag-deprecated", 1), ("router-flag-rule", 1)]),
        ("v0.9.0", ["--pool-name=a", "--allow-experimental-plugins"], [("router-flag-version", 1)]),
    ],
)
def test_the_endpoint_picker(tag: str, arguments: list[str], expected: list[tuple[str, int]]) -> None:
    assert found(f"{PICKER}:{tag}", *arguments) == expected


def test_check_names_the_argument() -> None:
    sidecar: dict[str, Any] = {
        "name": "proxy",
        "image": f"{SIDECAR}:v0.10.0",
        "args": ["--port=8000", "--connector=nixlv2"],
        "restartPolicy": "Always",
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a"},
        "spec": {"initContainers": [sidecar], "containers": [{"name": "x", "image": "x:1"}]},
    }
    (problem,) = [problem for problem in check_manifests([pod]) if problem.rule.startswith("router-")]
    assert (problem.path, problem.rule) == ("spec.initContainers[0].args[1]", "router-flag-version")
    assert "instead: --kv-connector" in problem.hint


@settings(deadline=None)
@given(
    st.lists(st.text(alphabet=st.sampled_from("-=apoc,0 "), max_size=10) | st.sampled_from(["--port", "--connector=x", "--pool-name"]), max_size=5)
)
def test_no_arguments_end_in_a_traceback(arguments: list[str]) -> None:
    for reference in (SIDECAR, PICKER):
        for tag in ("v0.5.0", "v0.10.0", "latest", "main", ""):
            found(f"{reference}:{tag}" if tag else reference, *arguments)
    assert router_versions("sidecar")[0] == "v0.5"
    assert router_program("nginx:1") is None
