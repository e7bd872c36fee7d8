"""One object of `resource.k8s.io`: its metadata, then the rules of its kind.

Facts come from Kubernetes' `pkg/apis/resource/validation` and from answers of an API server 1.36. Some rules are ours: the
API server takes what they report, and it cannot work or cannot be meant (`Rule.stricter` in `constructs_dra.rules`).
"""

from collections.abc import Callable, Mapping

from constructs_dra.errors import Problem
from constructs_dra.kubernetes import dra
from constructs_dra.kubernetes.decoded import decoded
from constructs_dra.kubernetes.dra.claims import check_claim_spec
from constructs_dra.kubernetes.metadata import check_metadata, check_template_metadata
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, mapping, text
from constructs_dra.lexical.versions import DEFAULT_VERSION, KubernetesVersion
from constructs_dra.manifest import Manifest

__all__ = ["check_dra", "is_dra"]


def is_dra(manifest: Manifest) -> bool:
    """Whether `check_dra` knows this kind of object."""
    return text(manifest.get("apiVersion")).startswith("resource.k8s.io/") and text(manifest.get("kind")) in _CHECKS


def _claim(manifest: Manifest, rules: Rules) -> None:
    check_claim_spec(mapping(manifest.get("spec")), "spec", rules)


def _template(manifest: Manifest, rules: Rules) -> None:
    check_template_metadata(at(manifest, "spec", "metadata"), "spec.metadata", rules.problems)
    check_claim_spec(mapping(at(manifest, "spec", "spec")), "spec.spec", rules)


_CHECKS: dict[str, Callable[[Manifest, Rules], None]] = {
    "ResourceClaim": _claim,
    "ResourceClaimTemplate": _template,
    "DeviceClass": lambda manifest, rules: dra.check_class(mapping(manifest.get("spec")), "spec", rules),
    "DeviceTaintRule": lambda manifest, rules: dra.check_taint_rule(mapping(manifest.get("spec")), "spec", rules),
    "ResourceSlice": lambda manifest, rules: dra.check_slice(mapping(manifest.get("spec")), "spec", rules),
}


def check_dra(
    manifest: Manifest,
    *,
    version: str | KubernetesVersion = DEFAULT_VERSION,
    namespace_labels: Mapping[str, str] | None = None,
    expressions: bool = True,
) -> list[Problem]:
    """Check one object of `resource.k8s.io`, its metadata included; other kinds have no problem here.

    Args:
        manifest: A ResourceClaim, ResourceClaimTemplate, DeviceClass, ResourceSlice or DeviceTaintRule.
        version: Kubernetes version whose rules count. Default 1.36.
        namespace_labels: Labels of the namespace the object goes to, which decide about admin access; None when they are not known, which makes
            missing ones a warning.
        expressions: Check CEL expressions too. Default yes; no, where the caller does so with more knowledge.

    Raises:
        ValueError: The version is not known here.
    """
    if not isinstance(manifest, dict) or not is_dra(manifest):
        return []
    rules = Rules(
        version=KubernetesVersion.parse(version),
        api_version=manifest["apiVersion"],
        namespace_labels=namespace_labels,
        expressions=expressions,
    )
    check_metadata(manifest, rules.problems, rules.version)
    _CHECKS[manifest["kind"]](decoded(manifest, rules.version), rules)
    return list(rules.problems)
