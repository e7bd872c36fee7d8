"""Random input: junk of every type, manifests that are nearly right, YAML that is nearly YAML."""

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

from constructs_dra.manifest import to_yaml

__all__ = ["SAMPLES", "command_words", "junk", "manifest", "text", "yaml_bytes"]

_WORDS = (
    "", "a", "A b", "\n", "\x1b[31m", "é", "\u202e", "x" * 300, "50%", "1", "-1", "9" * 400, "1Gi", "1e999", ".nan", "null", "~", "true", "{{ .x }}",
    "$(A)", "a/b", "..", "/", "*", "2026-01-01", "0x10", "012", "device.driver == 'x'", "gpu.nvidia.com", "a.b/c", "@every 1h", "* * * * *", "[", "{",
    "&a",
    "*a",
)  # fmt: skip
_PLAIN: tuple[Any, ...] = (None, True, False, 0, -1, 1, 2**31, 2**70, 1.5, -0.0, float("inf"), float("nan"))

_POD = {
    "serviceAccountName": "a", "nodeSelector": {"a": "b"}, "securityContext": {"runAsUser": 1, "sysctls": [{"name": "net.a", "value": "1"}]},
    "tolerations": [{"key": "a", "operator": "Exists"}], "resourceClaims": [{"name": "gpu", "resourceClaimTemplateName": "gpu"}],
    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [
        {"key": "a", "operator": "In", "values": ["b"]}]}]}}},
    "volumes": [{"name": "v", "emptyDir": {"sizeLimit": "1Gi"}}, {"name": "p", "projected": {"sources": [{"secret": {"name": "s"}}]}}],
    "initContainers": [{"name": "i", "image": "i:1", "restartPolicy": "Always"}],
    "containers": [{
        "name": "vllm", "image": "vllm/vllm-openai:v0.10.0", "command": ["vllm", "serve"],
        "args": ["m/m", "--tensor-parallel-size=2", "--port", "8000"],
        "env": [{"name": "A", "value": "b"}, {"name": "T", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
        "ports": [{"containerPort": 8000}],
        "resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1"}, "claims": [{"name": "gpu"}]},
        "volumeMounts": [{"name": "v", "mountPath": "/v"}], "livenessProbe": {"httpGet": {"port": 8000, "path": "/health"}},
        "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
        "securityContext": {"capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"}},
    }],
}  # fmt: skip
_CLAIM = {"devices": {
    "requests": [{"name": "r", "exactly": {"deviceClassName": "gpu.nvidia.com", "count": 2, "selectors": [
        {"cel": {"expression": "device.capacity['gpu.nvidia.com'].memory.isGreaterThan(quantity('1Gi'))"}}]}}],
    "constraints": [{"requests": ["r"], "matchAttribute": "resource.kubernetes.io/pcieRoot"}],
    "config": [{"requests": ["r"], "opaque": {"driver": "gpu.nvidia.com", "parameters": {"apiVersion": "a/v1", "kind": "B"}}}],
}}  # fmt: skip
_LABELS = {"matchLabels": {"app": "a"}}


def _object(api_version: str, kind: str, spec: Any = None, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a", "labels": {"app": "a"}}, **({"spec": spec} if spec else {}), **fields}


_TEMPLATE = {"metadata": {"labels": {"app": "a"}}, "spec": _POD}
SAMPLES: tuple[dict[str, Any], ...] = (
    _object("v1", "Pod", _POD),
    _object("apps/v1", "Deployment", {"selector": _LABELS, "template": _TEMPLATE, "strategy": {"rollingUpdate": {"maxSurge": "25%"}}}),
    _object("apps/v1", "StatefulSet", {"selector": _LABELS, "template": _TEMPLATE, "volumeClaimTemplates": [
        {"spec": {"accessModes": ["ReadWriteOnce"]}}]}),
    _object("batch/v1", "Job", {"template": {"spec": {**_POD, "restartPolicy": "Never"}}, "podFailurePolicy": {"rules": [{"action": "Ignore"}]}}),
    _object("batch/v1", "CronJob", {"schedule": "*/5 * * * *", "timeZone": "Etc/UTC", "jobTemplate": {"spec": {"template": {"spec": _POD}}}}),
    _object("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", {"replicas": 1, "leaderWorkerTemplate": {"size": 2, "workerTemplate": _TEMPLATE}}),
    _object("resource.k8s.io/v1", "ResourceClaim", _CLAIM),
    _object("resource.k8s.io/v1", "ResourceClaimTemplate", {"spec": _CLAIM}),
    _object("resource.k8s.io/v1", "DeviceClass", {"selectors": [{"cel": {"expression": "device.driver == 'gpu.nvidia.com'"}}]}),
    _object("resource.k8s.io/v1", "ResourceSlice", {
        "driver": "gpu.nvidia.com", "nodeName": "n", "pool": {"name": "n", "generation": 1, "resourceSliceCount": 1},
        "devices": [{"name": "d", "attributes": {"type": {"string": "gpu"}}, "capacity": {"memory": {"value": "80Gi"}}}],
    }),
    _object("v1", "Node", status={"allocatable": {"cpu": "8", "memory": "64Gi", "pods": "110"}}),
    _object("v1", "Service", {"selector": {"app": "a"}, "ports": [{"port": 80, "targetPort": 8000}]}),
    _object("autoscaling/v2", "HorizontalPodAutoscaler", {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}, "maxReplicas": 2,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 1}}}],
    }),
    _object("networking.k8s.io/v1", "NetworkPolicy", {"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]}),
    _object("v1", "ConfigMap", data={"a": "b", "password": "c"}),
    _object("v1", "Secret", stringData={"a": "b"}),
    _object("apiextensions.k8s.io/v1", "CustomResourceDefinition", {
        "group": "a.b", "scope": "Namespaced", "names": {"kind": "Thing", "plural": "things"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {
            "type": "object", "required": ["a"], "properties": {"a": {"type": "string", "pattern": "^a+$", "default": "a"}},
            "x-kubernetes-validations": [{"rule": "self.a != 'b'"}]}}}}}],
    }),
    _object("a.b/v1", "Thing", {"a": "a"}),
)  # fmt: skip
"""Sound objects of many kinds, to be broken."""


def text(random: Random) -> str:
    """A text: a word that means something somewhere, or letters of any kind."""
    if random.random() < 0.7:
        return random.choice(_WORDS)
    return "".join(
        chr(random.choice((random.randrange(32, 127), random.randrange(0, 0x300), random.randrange(0, 0xD800)))) for _ in range(random.randrange(20))
    )


def junk(random: Random, depth: int = 0) -> Any:
    """A value of any JSON type."""
    kind = random.randrange(4 if depth > 3 else 6)
    if kind < 2:
        return random.choice(_PLAIN)
    if kind < 4:
        return text(random)
    if kind == 4:
        return [junk(random, depth + 1) for _ in range(random.randrange(4))]
    return {text(random): junk(random, depth + 1) for _ in range(random.randrange(4))}


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    steps: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for step in list(steps):
        yield value, step
        yield from _places(value[step])


def manifest(random: Random) -> dict[str, Any]:
    """A sound object with up to four places broken."""
    made = copy.deepcopy(random.choice(SAMPLES))
    for _ in range(random.choice((0, 1, 1, 1, 2, 4))):
        places = list(_places(made))
        if not places:
            break
        owner, step = random.choice(places)
        change = random.randrange(4)
        if change == 0:
            del owner[step]
        elif change == 1 and isinstance(owner, list):
            owner.append(copy.deepcopy(owner[step]))
        elif change == 2 and isinstance(owner, dict):
            owner[text(random)] = junk(random)
        else:
            owner[step] = junk(random)
    return made


def yaml_bytes(random: Random) -> bytes:
    """Manifests as YAML, with some bytes changed; or bytes of any kind."""
    if random.random() < 0.1:
        return random.choice((b"[ ", b"{", b"- ", b"a: &a [*a]\n", b"? ", b"|\n ", b"\xff\xfe", b"\x00")) * random.randrange(1, 3000)
    objects = [manifest(random) for _ in range(random.randrange(1, 4))]
    try:
        raw = bytearray(to_yaml(objects).encode(errors="surrogatepass"))
    except (TypeError, ValueError, UnicodeEncodeError):
        raw = bytearray(repr(objects).encode(errors="replace"))
    for _ in range(random.choice((0, 0, 1, 1, 3, 10))):
        if raw:
            at = random.randrange(len(raw))
            raw[at : at + random.randrange(3)] = random.choice(
                (b"", b"\t", b"\n", b":", b"- ", b"'", b'"', b"{", b"&x ", b"*x", b"!!int ", b"\xc3", b"\x00", b"#")
            )
    return bytes(raw)


def command_words(random: Random) -> list[str]:
    """Words for a command line; none is a path that leads out of the folder."""
    options = (
        "--json",
        "--kubernetes",
        "1.36",
        "--feature-gates",
        "--complete",
        "--accept",
        "--crds",
        "--cluster-per-folder",
        "--help",
        "--set",
        "a=b",
        "-",
    )
    return [random.choice(options) if random.random() < 0.6 else text(random).replace("\0", "").lstrip("/.") for _ in range(random.randrange(5))]
