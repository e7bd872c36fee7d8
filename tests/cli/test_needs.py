"""What a cluster must have already, listed and looked for."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from constructs_dra.cli import main

MANIFESTS = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: serving}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      priorityClassName: high
      serviceAccountName: own
      imagePullSecrets: [{name: registry}]
      resourceClaims: [{name: gpu, resourceClaimTemplateName: gpus}]
      containers:
      - name: c
        image: d
        env: [{name: HF_TOKEN, valueFrom: {secretKeyRef: {name: hf-token, key: HF_TOKEN}}}]
        envFrom: [{configMapRef: {name: settings, optional: true}}]
      volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: own, namespace: serving}
---
apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
metadata: {name: gpus, namespace: serving}
spec: {spec: {devices: {requests: [{name: gpu, exactly: {deviceClassName: gpu.intel.com}}]}}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: a, namespace: serving}
spec: {parentRefs: [{name: front}], rules: [{backendRefs: [{kind: InferencePool, group: inference.networking.k8s.io, name: pool}]}]}
"""
CLUSTER = """\
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Secret, metadata: {name: hf-tokn, namespace: serving}}
- {apiVersion: v1, kind: Secret, metadata: {name: registry, namespace: serving}}
- {apiVersion: resource.k8s.io/v1, kind: DeviceClass, metadata: {name: gpu.intel.com}, spec: {}}
"""


def run(tmp_path: Path, *words: str) -> Result:
    (tmp_path / "a.yaml").write_text(MANIFESTS)
    (tmp_path / "cluster.yaml").write_text(CLUSTER)
    return CliRunner().invoke(main, ["needs", str(tmp_path / "a.yaml"), *words])


def test_everything_that_is_named_and_not_there_is_listed_with_its_first_user(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 0
    names = {line.partition(",")[0] for line in result.stdout.splitlines()}
    assert names == {
        "ConfigMap settings in namespace serving (optional)",
        "CustomResourceDefinition gateway.networking.k8s.io/v1 HTTPRoute",
        "DeviceClass gpu.intel.com",
        "Gateway front in namespace serving",
        "InferencePool pool in namespace serving",
        "Namespace serving",
        "PersistentVolumeClaim models in namespace serving",
        "PriorityClass high",
        "Secret hf-token in namespace serving",
        "Secret registry in namespace serving",
    }
    assert f"for Deployment/a ({tmp_path / 'a.yaml'}:16)" in result.stdout


def test_what_a_cluster_lacks_is_said_with_a_near_name_and_what_it_does_not_show_is_left_open(tmp_path: Path) -> None:
    result = run(tmp_path, "--cluster", str(tmp_path / "cluster.yaml"))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert any(line.startswith("missing: Secret hf-token") and "did you mean 'hf-tokn'?" in line for line in lines)
    assert any(line.startswith("there: DeviceClass gpu.intel.com") for line in lines)
    assert any(line.startswith("PriorityClass high") for line in lines)


def test_machines_get_one_object(tmp_path: Path) -> None:
    found = json.loads(run(tmp_path, "--json", "--cluster", str(tmp_path / "cluster.yaml")).stdout)
    secret = next(each for each in found["needs"] if each["name"] == "hf-token")
    assert (secret["kind"], secret["found"], secret["namespace"]) == ("Secret", False, "serving")


def test_nothing_is_listed_of_what_cannot_be_read(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["needs", str(tmp_path / "none.yaml")])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "cannot be read" in result.stderr
