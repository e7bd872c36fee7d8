"""A server beside the picker that turns requests into tokens, for pickers that score by prefixes of tokens."""

from collections.abc import Sequence
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.record import Fragment, Record
from constructs_dra.records.values import copied
from constructs_dra.serving import fragments
from constructs_dra.serving.amounts import Resources
from constructs_dra.serving.probe import Probe, probe

__all__ = ["Tokenizer", "tokenizer_container", "tokenizer_volumes"]

_CACHE: Final = "model-cache"
_RESOURCES: Final = {"requests": {"cpu": "4", "memory": "8Gi"}}
_PROBE: Final = {
    "httpGet": {"path": "/health", "port": "render-http"},
    "initialDelaySeconds": 30,
    "periodSeconds": 10,
    "timeoutSeconds": 5,
    "failureThreshold": 60,
}
_TOKEN: Final = ({"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "llm-d-hf-token", "key": "HF_TOKEN"}}},)


@frozen(eq=False, repr=False)
class Tokenizer(Record):
    """vLLM as a renderer of prompts, without a model's weights: `vllm launch render MODEL`.

    Attributes:
        model: The model whose tokenizer it loads.
        image: Its image.
        image_pull_policy: Default `IfNotPresent`.
        port: Port it listens on, in the picker's pod. Default 8000.
        args: Further arguments. Default: none.
        env: Variables. Default: `HF_TOKEN` from the key of that name in the Secret `llm-d-hf-token`.
        resources: CPU and memory. Default: 4 CPUs and 8Gi.
        readiness_probe: When it is ready. Default: `/health`, for up to ten minutes.
        volume_mounts: What it mounts beside its cache. Default: none.
        volumes: Further volumes of the pod. Default: none.
        init_containers: What runs before. Default: nothing.
    """

    model: str = field(metadata=valid.text())
    image: str = field(default="docker.io/vllm/vllm-openai-cpu:v0.19.1", kw_only=True, metadata=valid.image())
    image_pull_policy: str = field(default="IfNotPresent", kw_only=True, metadata=valid.choice("Always", "IfNotPresent", "Never"))
    port: int = field(default=8000, kw_only=True, metadata=valid.port())
    args: Sequence[str] = field(default=(), kw_only=True, metadata=valid.texts())
    env: Sequence[Fragment] = field(default=_TOKEN, kw_only=True, metadata=fragments.fragments("EnvVar"))
    resources: Resources | Fragment = field(default=_RESOURCES, kw_only=True, metadata=fragments.resources())
    readiness_probe: Probe | Fragment = field(default=_PROBE, kw_only=True, metadata=probe("readiness"))
    volume_mounts: Sequence[Fragment] = field(default=(), kw_only=True, metadata=fragments.fragments("VolumeMount"))
    volumes: Sequence[Fragment] = field(default=(), kw_only=True, metadata=fragments.fragments("Volume"))
    init_containers: Sequence[Fragment] = field(default=(), kw_only=True, metadata=fragments.fragments("Container"))


def tokenizer_container(tokenizer: Tokenizer, *, hardened: bool) -> Manifest:
    """Its container; where nobody is root, its cache stands where any user may write."""
    folder = "/var/cache/huggingface" if hardened else "/root/.cache/huggingface"
    env = copied(list(tokenizer.env))
    mounts: list[dict[str, Any]] = [{"mountPath": folder, "name": _CACHE}, *copied(list(tokenizer.volume_mounts))]
    if hardened:
        env += [{"name": name, "value": folder} for name in ("HOME", "HF_HOME")]
        mounts.append({"mountPath": "/tmp", "name": _CACHE, "subPath": "tmp"})  # noqa: S108 - inside a pod
    made: Manifest = {
        "name": "vllm-render",
        "image": tokenizer.image,
        "imagePullPolicy": tokenizer.image_pull_policy,
        "command": ["vllm", "launch", "render"],
        "args": [tokenizer.model, f"--port={tokenizer.port}", *tokenizer.args],
        "ports": [{"name": "render-http", "containerPort": tokenizer.port}],
    }
    made |= {"readinessProbe": copied(tokenizer.readiness_probe)} if tokenizer.readiness_probe else {}
    made |= {"env": env} if env else {}
    made |= {"resources": copied(tokenizer.resources)} if tokenizer.resources else {}
    return {**made, "volumeMounts": mounts}


def tokenizer_volumes(tokenizer: Tokenizer) -> list[Manifest]:
    """Its cache, and what else it mounts."""
    return [{"name": _CACHE, "emptyDir": {}}, *copied(list(tokenizer.volumes))]
