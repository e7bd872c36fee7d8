"""A kind of object that this library does not know: one file with its part, used through both doors, and found wrong in one."""

import importlib
import sys
from pathlib import Path
from typing import Any

import cdk8s
import pytest

from constructs_dra import Container, ModelArtifacts, ModelService, ModelServiceDeployment, Role, SpecError, to_yaml

pytestmark = pytest.mark.node

PART = '''\
"""Probers of Example: a synthetic request every few seconds."""

from collections.abc import Iterator
from typing import Any

from attrs import field, frozen

from constructs_dra.errors import Problem
from constructs_dra.records import valid
from constructs_dra.serving.part import Part, ServiceView


@frozen(kw_only=True, eq=False, repr=False)
class Prober(Part):
    """A Probe of the Prometheus operator.

    Attributes:
        role: The role it asks.
        every: Seconds between two requests. Default 30.
    """

    role: str = field(default="decode", metadata=valid.text())
    every: int = field(default=30, metadata=valid.integer(1))

    def manifests(self, service: ServiceView) -> Iterator[dict[str, Any]]:
        target = f"{service.roles[self.role].workload.name}:{service.service_port}"
        spec = {"interval": f"{self.every}s", "targets": {"staticConfig": {"static": [target]}}}
        yield {"apiVersion": "monitoring.coreos.com/v1", "kind": "Probe", "metadata": service.metadata(), "spec": spec}

    def problems(self, service: ServiceView) -> Iterator[Problem]:
        if self.role not in service.roles:
            yield Problem("role", f"the service has no role {self.role!r}", "write decode")
'''
FIELDS: dict[str, Any] = {"model": ModelArtifacts.pvc("models", "llama"), "decode": Role(containers=[Container.vllm("vllm/vllm-openai:v0.12.0")])}


@pytest.fixture
def prober(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "example_prober.py").write_text(PART)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "example_prober", raising=False)
    return importlib.import_module("example_prober").Prober


def test_it_gives_the_same_bytes_through_both_doors(prober: Any) -> None:
    chart = cdk8s.Chart(cdk8s.Testing.app(), "c")
    ModelServiceDeployment(chart, "llama", parts=[prober(every=5)], **FIELDS)
    made = ModelService("c-llama", parts=[prober(every=5)], **FIELDS).manifests()
    assert to_yaml(cdk8s.Testing.synth(chart)) == to_yaml(made)
    (probe,) = (item for item in made if item["kind"] == "Probe")
    assert probe["spec"] == {"interval": "5s", "targets": {"staticConfig": {"static": ["c-llama-decode:8000"]}}}


def test_its_mistakes_are_found_through_both_doors_at_once(prober: Any) -> None:
    def construct(**fields: Any) -> None:
        ModelServiceDeployment(cdk8s.Chart(cdk8s.Testing.app(), "c"), "llama", **fields)

    def record(**fields: Any) -> None:
        ModelService("llama", **fields)

    for door in (construct, record):
        with pytest.raises(SpecError) as caught:
            door(parts=[prober(role="encode")], **FIELDS)
        assert [problem.path for problem in caught.value.problems] == ["parts[0].role"]
    with pytest.raises(SpecError) as caught:
        prober(every=0, role=3)
    assert {problem.path for problem in caught.value.problems} == {"every", "role"}
