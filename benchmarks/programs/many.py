"""`python many.py MEGABYTES FILE`: the manifests of a fleet in one file; every service has names, variables and numbers of its own."""

import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from constructs_dra.manifest import to_yaml

_ENGINES = ("vllm/vllm-openai:v0.10.0", "ghcr.io/llm-d/llm-d-cuda:v0.4.0", "vllm/vllm-openai:v0.11.0", "ghcr.io/llm-d/llm-d-hpu:v0.4.0")
_TEAM = 12
"""Services of one namespace."""


def objects(number: int, random: Random) -> Iterator[dict[str, Any]]:
    """Everything that one service of the fleet has, about 25 kB."""
    name, namespace = f"model-{number:05}", f"team-{number // _TEAM:04}"
    if number % _TEAM == 0:
        yield _object("v1", "Namespace", namespace, "", {})
        yield _object("v1", "ServiceAccount", "serving", namespace, {})
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "fleet", "llm-d.ai/model": name}
    devices = random.choice((1, 2, 4, 8))
    yield _object("v1", "ConfigMap", f"{name}-settings", namespace, labels) | {
        "data": {
            "settings.yaml": "".join(f"setting-{entry}: {random.randrange(10**6)}\n" for entry in range(20)),
            **{f"KEY_{entry}": f"value {random.randrange(10**6)}" for entry in range(10)},
        }
    }
    image, block = random.choice(_ENGINES), random.choice((16, 64, 128))
    for role in ("decode", "prefill"):
        claim = {"requests": [{"name": "gpu", "exactly": {"deviceClassName": "gpu.nvidia.com", "allocationMode": "ExactCount", "count": devices}}]}
        memory = "device.capacity['gpu.nvidia.com'].memory"
        selector = f"has({memory}) && {memory}.compareTo(quantity('{random.choice((40, 80, 141))}Gi')) >= 0"
        claim["requests"][0]["exactly"]["selectors"] = [{"cel": {"expression": selector}}]  # type: ignore[index]
        yield _object("resource.k8s.io/v1", "ResourceClaimTemplate", f"{name}-{role}", namespace, labels, {"spec": {"devices": claim}})
        own = {**labels, "llm-d.ai/role": role}
        template = {"metadata": {"labels": own}, "spec": _pod(name, role, devices, random, image=image, block=block)}
        if role == "decode" and number % 4 == 0:
            spec = {"replicas": random.randrange(1, 9), "leaderWorkerTemplate": {"size": 2, "workerTemplate": template}}
            yield _object("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", f"{name}-{role}", namespace, own, spec)
        else:
            spec = {"selector": {"matchLabels": own}, "template": template}
            if number % 10 == 0:  # a mistake that is warned of: the autoscaler owns them
                spec["replicas"] = random.randrange(1, 9)
            spec["strategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
            yield _object("apps/v1", "Deployment", f"{name}-{role}", namespace, own, spec)
            target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"{name}-{role}"}
            amount = {"type": "AverageValue", "averageValue": "5"}
            metric = {"type": "Pods", "pods": {"metric": {"name": "vllm:num_requests_waiting"}, "target": amount}}
            scaler = {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": 10, "metrics": [metric]}
            yield _object("autoscaling/v2", "HorizontalPodAutoscaler", f"{name}-{role}", namespace, own, scaler)
        port = {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}
        yield _object("v1", "Service", f"{name}-{role}", namespace, own, {"selector": own, "ports": [port]})
        endpoint = {"port": "http", "path": "/metrics", "interval": "15s"}
        monitor = {"selector": {"matchLabels": own}, "podMetricsEndpoints": [endpoint]}
        if number % 2:
            yield _object("monitoring.coreos.com/v1", "PodMonitor", f"{name}-{role}", namespace, own, monitor)
    scraped = {"selector": {"matchLabels": labels}, "endpoints": [{"port": "http", "interval": "15s"}]}
    if number % 2 == 0:
        yield _object("monitoring.coreos.com/v1", "ServiceMonitor", name, namespace, labels, scraped)
    budget = {"maxUnavailable": 1, "selector": {"matchLabels": labels}}
    yield _object("policy/v1", "PodDisruptionBudget", name, namespace, labels, budget)


def _object(api_version: str, kind: str, name: str, namespace: str, labels: dict[str, str], *specs: dict[str, Any]) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, **({"namespace": namespace} if namespace else {}), **({"labels": labels} if labels else {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **({"spec": specs[0]} if specs else {})}


def _pod(name: str, role: str, devices: int, random: Random, *, image: str, block: int) -> dict[str, Any]:
    probe = {"httpGet": {"path": "/health", "port": "http"}, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 3}
    env: list[dict[str, Any]] = [{"name": f"SETTING_{number}", "value": f"value-{random.randrange(10**6)}"} for number in range(12)]
    env += [
        {"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
        {"name": "MODE", "valueFrom": {"configMapKeyRef": {"name": f"{name}-settings", "key": "KEY_0"}}},
    ]
    args = [f"--tensor-parallel-size={devices}", "--seed=42", f"--served-model-name={name}", "--port=8000"]
    args += [f"--max-model-len={random.choice((8192, 16384, 32768))}", f"--block-size={block}"]
    container = {
        "name": "vllm",
        "image": image,
        "command": ["vllm", "serve"],
        "args": [f"example/{name}", *args],
        "env": env,
        "ports": [{"name": "http", "containerPort": 8000, "protocol": "TCP"}, {"name": "nixl", "containerPort": 5600, "protocol": "TCP"}],
        "resources": {
            "limits": {"cpu": str(4 * devices), "memory": f"{64 * devices}Gi"},
            "requests": {"cpu": "4", "memory": "64Gi"},
            "claims": [{"name": "gpu"}],
        },
        "startupProbe": {**probe, "failureThreshold": 120},
        "livenessProbe": probe,
        "readinessProbe": {**probe, "httpGet": {"path": "/v1/models", "port": "http"}},
        "volumeMounts": [{"name": "cache", "mountPath": "/.cache"}, {"name": "shm", "mountPath": "/dev/shm"}],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    return {
        "serviceAccountName": "serving",
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "nodeSelector": {"kubernetes.io/arch": "amd64", "pool": random.choice(("a", "b", "c"))},
        "tolerations": [{"key": "dedicated", "operator": "Equal", "value": "inference", "effect": "NoSchedule"}],
        "terminationGracePeriodSeconds": 130,
        "resourceClaims": [{"name": "gpu", "resourceClaimTemplateName": f"{name}-{role}"}],
        "containers": [container],
        "volumes": [{"name": "cache", "emptyDir": {"sizeLimit": "2Gi"}}, {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "16Gi"}}],
    }


def write(megabytes: float, file: Path) -> int:
    """Write the file; how many objects it holds."""
    random, count, number = Random(9), 0, 0
    with file.open("w", encoding="utf-8") as out:
        while out.tell() < megabytes * 1e6:
            for manifest in objects(number, random):
                out.write(("---\n" if count else "") + to_yaml(manifest))
                count += 1
            number += 1
    return count


if __name__ == "__main__":
    print(write(float(sys.argv[1]), Path(sys.argv[2])))
