"""What an API server would refuse of the objects, said of the values they came from."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve

from constructs_dra.errors import Problem
from constructs_dra.kubernetes.kinds import POD_TEMPLATES
from constructs_dra.kubernetes.objects import check_semantics
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.manifest import Manifest
from constructs_dra.rules import is_stricter

__all__ = ["refusals"]

_POD_SPECS = tuple(f"{path}.spec" for kind in ("Deployment", "LeaderWorkerSet") for path in POD_TEMPLATES[kind])
_INIT = re.compile(r"initContainers\[(\d+)\]")


def refusals(manifests: Iterable[Manifest], values: Mapping[str, Any]) -> list[Problem]:
    """What the API of Kubernetes refuses of objects, placed in the values as far as they say it.

    Args:
        manifests: The objects.
        values: The values they came from, over the chart's defaults.
    """
    extra = list(values.get("extraObjects") or [])
    found: list[Problem] = []
    for manifest in manifests:
        home = f"extraObjects[{extra.index(manifest)}]" if manifest in extra else ""
        for problem in (*check_object(manifest), *check_semantics(manifest)):
            if is_stricter(problem.rule):
                continue
            place = f"{home}.{problem.path}" if home else _place(problem.path, manifest, values)
            found.append(evolve(problem, path=place))
    return found


def _place(path: str, manifest: Manifest, values: Mapping[str, Any]) -> str:
    kind = manifest.get("kind", "")
    if kind == "ResourceClaimTemplate":
        return "dra.claimTemplates" if (values.get("dra") or {}).get("enabled") else "accelerator.resourceClaimTemplates"
    role = _role(manifest)
    if not role:
        return "fullnameOverride" if values.get("fullnameOverride") else ""
    if kind == "PodMonitor":
        return f"{role}.monitoring.podmonitor"
    for prefix in _POD_SPECS:
        if path.startswith(f"{prefix}."):
            return f"{role}.{_pod_place(path.removeprefix(f'{prefix}.'), role, values)}"
    if "abels" in path:
        return "modelArtifacts.labels"
    if ".annotations" in path:
        return f"{role}.{'podAnnotations' if 'emplate' in path else 'annotations'}"
    return f"{role}.{path.removeprefix('spec.')}" if path.startswith("spec.") else role


def _role(manifest: Manifest) -> str:
    name = str((manifest.get("metadata") or {}).get("name", "")).removesuffix("-podmonitor")
    return next((role for role in ("decode", "prefill", "encode") if name.endswith(f"-{role}")), "")


def _pod_place(path: str, role: str, values: Mapping[str, Any]) -> str:
    """A place in a pod as the values spell it: the same, but for the routing proxy that the chart puts before the init containers."""
    match = _INIT.match(path)
    proxy = role == "decode" and ((values.get("routing") or {}).get("proxy") or {}).get("enabled")
    if match is None or not proxy:
        return path
    index = int(match.group(1))
    return f"initContainers[{index - 1}]{path[match.end() :]}" if index else "containers"
