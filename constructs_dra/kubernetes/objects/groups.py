"""Rules of pods that are placed together: PodGroup and Workload of `scheduling.k8s.io`, whose policy is copied from one into the other."""

from collections.abc import Callable
from typing import Any

from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import items, mapping, sequence
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = ["CHECKS"]

_MOST_TEMPLATES = 8
_MOST_CLAIMS = 32


def _group(spec: dict[str, Any], path: str, rules: Rules) -> None:
    policy, place = mapping(spec.get("schedulingPolicy")), child(path, "schedulingPolicy")
    rules.one_of(policy, ("basic", "gang"), place, "policy")
    rules.number(mapping(policy.get("gang")), "minCount", f"{place}.gang", low=1)
    if isinstance(spec.get("disruptionMode"), dict):  # a word up to Kubernetes 1.36
        rules.one_of(spec["disruptionMode"], ("single", "all"), child(path, "disruptionMode"), "mode")
    rules.name(spec, "priorityClassName", names.dns_subdomain_problem, path)
    for constraint, where in items(spec.get("schedulingConstraints"), "topology", child(path, "schedulingConstraints")):
        rules.name(constraint, "key", names.label_key_problem, where, required=True)
    rules.at_most(spec.get("resourceClaims"), _MOST_CLAIMS, child(path, "resourceClaims"))
    rules.unique(spec, "resourceClaims", path)
    for claim, where in items(spec, "resourceClaims", path):
        rules.name(claim, "name", names.dns_label_problem, where, required=True)
        rules.one_of(claim, ("resourceClaimName", "resourceClaimTemplateName"), where, "source")


def _pod_group(manifest: dict[str, Any], rules: Rules) -> None:
    if str(manifest.get("apiVersion")).startswith("scheduling.k8s.io/"):  # other schedulers have a kind of this name
        _group(mapping(manifest.get("spec")), "spec", rules)


def _workload(manifest: dict[str, Any], rules: Rules) -> None:
    if not str(manifest.get("apiVersion")).startswith("scheduling.k8s.io/"):
        return
    spec = mapping(manifest.get("spec"))
    if not sequence(spec.get("podGroupTemplates")) and not spec.get("compositePodGroupTemplates"):
        rules.missing(spec, "spec", "podGroupTemplates")
    rules.at_most(spec.get("podGroupTemplates"), _MOST_TEMPLATES, "spec.podGroupTemplates")
    rules.unique(spec, "podGroupTemplates", "spec")
    for template, place in items(spec, "podGroupTemplates", "spec"):
        rules.name(template, "name", names.dns_label_problem, place, required=True)
        _group(template, place, rules)


CHECKS: dict[str, Callable[[dict[str, Any], Rules], None]] = {"PodGroup": _pod_group, "Workload": _workload}
"""The check of each kind."""
