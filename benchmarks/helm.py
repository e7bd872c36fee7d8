"""How long `constructs-dra helm render` takes: one release as a whole process, and each of many in one call."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Row, run

__all__ = ["rows"]

_CONTAINER = """
  containers:
  - name: vllm
    image: ghcr.io/llm-d/llm-d-cuda:v0.6.0
    modelCommand: vllmServe
    args:
    - --enforce-eager
    - --kv-transfer-config
    - '{"kv_connector":"NixlConnector", "kv_role":"kv_both"}'
    env:
    - name: UCX_TLS
      value: cuda_ipc,cuda_copy,tcp
    - name: VLLM_NIXL_SIDE_CHANNEL_HOST
      valueFrom:
        fieldRef:
          fieldPath: status.podIP
    - name: VLLM_NIXL_SIDE_CHANNEL_PORT
      value: "5600"
    - name: VLLM_LOGGING_LEVEL
      value: DEBUG
    ports:
    - containerPort: PORT
      protocol: TCP
    - containerPort: 5600
      protocol: TCP
    resources:
      limits:
        memory: 16Gi
        cpu: "16"
      requests:
        memory: 16Gi
        cpu: "16"
    readinessProbe:
      httpGet:
        path: /v1/models
        port: PORT
    mountModelVolume: true
"""

VALUES = f"""
modelArtifacts:
  name: facebook/opt-125m
  uri: hf://"{{{{ .Values.modelArtifacts.name }}}}"
  size: 20Gi
  labels:
    llm-d.ai/inference-serving: "true"
    llm-d.ai/model: facebook-opt-125m
routing:
  servicePort: 8000
  proxy:
    image: ghcr.io/llm-d/llm-d-routing-sidecar:v0.6.0
decode:
  replicas: 1{_CONTAINER.replace("PORT", "8200")}
prefill:
  replicas: 1{_CONTAINER.replace("PORT", "8000")}
"""
"""A prefill/decode release with a template in it, much like the chart's own example."""

_FILES = 100
_COMMAND = ["-c", "import sys; from constructs_dra.cli import main; sys.argv[0] = 'constructs-dra'; main()", "helm", "render"]


def rows() -> Iterator[Row]:
    """The table's lines, measured one after the other."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = [folder / f"release-{number}.yaml" for number in range(_FILES)]
        for file in files:
            file.write_text(VALUES, encoding="utf-8")
        one = run([*_COMMAND, str(files[0])], repeat=9).seconds
        yield Row(name="helm render of a P/D release, all checks: whole process", value=one * 1000, unit="ms", target=200)
        few = run([*_COMMAND, "--each", str(folder / "few"), str(files[0])], repeat=3).seconds
        many = run([*_COMMAND, "--each", str(folder / "many"), *map(str, files)], repeat=3).seconds
        yield Row(name="helm render --each: each of 100 releases", value=(many - few) * 1000 / (_FILES - 1), unit="ms", target=10)
