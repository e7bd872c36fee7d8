"""One object of any kind but those of `resource.k8s.io`: its metadata, then the rules of its kind.

Some rules are ours: the API server takes what they report (`Rule.stricter` in `constructs_dra.rules`).
"""

from collections.abc import Mapping
from typing import Any

from constructs_dra.errors import Problem
from constructs_dra.kubernetes import objects
from constructs_dra.kubernetes.decoded import decoded
from constructs_dra.kubernetes.dra import is_dra
from constructs_dra.kubernetes.kinds import POD_TEMPLATES
from constructs_dra.kubernetes.metadata import check_metadata
from constructs_dra.kubernetes.objects.pods import check_pod_spec
from constructs_dra.kubernetes.objects.workloads import check_workload
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.lexical.versions import DEFAULT_VERSION, KubernetesVersion
from constructs_dra.manifest import Manifest

__all__ = ["check_pod", "check_semantics"]


def check_semantics(
    manifest: Manifest, *, version: str | KubernetesVersion = DEFAULT_VERSION, gates: Mapping[str, bool] | None = None
) -> list[Problem]:
    """Check one object of any kind but those of `resource.k8s.io`, its metadata included.

    Args:
        manifest: The object. What has a wrong type is left to the schema check.
        version: Kubernetes version whose rules count. Default 1.36.
        gates: Feature gates turned on or off beyond the version's defaults. Default none.

    Raises:
        ValueError: The version is not known here.
    """
    rules = Rules(version=KubernetesVersion.parse(version), gates=gates or {})
    if not isinstance(manifest, dict) or is_dra(manifest) or (manifest.get("apiVersion"), manifest.get("kind")) == ("v1", "List"):
        return []
    kind = manifest.get("kind")
    if not isinstance(kind, str):
        return []
    manifest = decoded(manifest, rules.version)
    check_metadata(manifest, rules.problems, rules.version)
    if kind in POD_TEMPLATES:
        check_workload(manifest, rules)
    elif check := objects.CHECKS.get(kind):
        check(manifest, rules)
    return list(rules.problems)


def check_pod(spec: Any, *, path: str = "", version: str | KubernetesVersion = DEFAULT_VERSION) -> list[Problem]:
    """Check one pod spec by itself.

    Args:
        spec: The spec, in Kubernetes' own spelling.
        path: Its place, put before the places inside it.
        version: Kubernetes version whose rules count. Default 1.36.
    """
    rules = Rules(version=KubernetesVersion.parse(version))
    if isinstance(spec, dict):
        check_pod_spec(spec, path, rules)
    return list(rules.problems)
