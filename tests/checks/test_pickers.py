"""Endpoint pickers in anybody's manifests."""

from constructs_dra.checks import check_manifests
from constructs_dra.errors import Problem
from constructs_dra.yaml.documents import load_documents

MANIFESTS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: epp, namespace: a}
data:
  good.yaml: |
    apiVersion: llm-d.ai/v1alpha1
    kind: EndpointPickerConfig
    plugins:
    - type: queue-scorer
  bad.yaml: |
    apiVersion: llm-d.ai/v1alpha1
    kind: EndpointPickerConfig
    plugins:
    - type: queue-scorer
    - type: session-affinity-scorer
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: epp, namespace: a}
spec:
  selector: {matchLabels: {app: epp}}
  template:
    metadata: {labels: {app: epp}}
    spec:
      containers:
      - name: epp
        image: ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0
        args: [--pool-name, a, --config-file, /config/FILE]
        volumeMounts: [{name: config, mountPath: /config}]
      volumes: [{name: config, configMap: {name: epp}}]
"""


def pickers(text: str) -> list[Problem]:
    documents, wrong = load_documents(text, "file.yaml")
    assert not wrong
    return [each for each in check_manifests(documents) if each.rule.startswith("picker-")]


def test_the_file_that_the_picker_reads_is_judged_and_no_other() -> None:
    assert pickers(MANIFESTS.replace("FILE", "good.yaml")) == []


def test_a_configuration_is_judged_by_the_version_of_the_image_with_the_line_inside_the_text() -> None:
    (found,) = pickers(MANIFESTS.replace("FILE", "bad.yaml"))
    assert (found.source, found.line, found.severity) == ("file.yaml", 15, "error")
    assert found.path == "data['bad.yaml']: plugins[1]"
    assert "has Alpha stability level" in found.message
    assert pickers(MANIFESTS.replace("FILE", "bad.yaml").replace("v0.10.0", "v0.9.0")) == []
    assert pickers(MANIFESTS.replace("FILE]", "bad.yaml, --allow-experimental-plugins]")) == []


def test_a_file_that_is_not_there_is_named() -> None:
    (found,) = pickers(MANIFESTS.replace("FILE", "god.yaml"))
    assert found.rule == "picker-file"
    assert found.hint == "did you mean 'good.yaml'?"
    assert found.line == 28


def test_a_flag_of_another_version_is_named() -> None:
    (found,) = pickers(MANIFESTS.replace("FILE]", "good.yaml, --drain-timeout=1s]").replace("v0.10.0", "v0.9.0"))
    assert found.hint == "the versions v0.10 to newer have it"


def test_a_configuration_that_no_picker_here_reads_is_judged_by_the_newest_release() -> None:
    alone = MANIFESTS.partition("---")[0].replace("- type: session-affinity-scorer", "- type: queue-scorer")
    (found,) = pickers(alone)
    assert "two plugins are named 'queue-scorer'" in found.message


def test_a_configuration_in_an_argument_is_judged() -> None:
    text = MANIFESTS.replace("--config-file, /config/FILE", '--config-text, "kind: EndpointPickerConfig\\nplugin: []"')
    found, *_ = pickers(text)
    assert 'unknown field "plugin"' in found.message
    assert found.line == 28
