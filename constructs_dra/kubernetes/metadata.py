"""What the API server checks in the metadata of every object: names, namespaces, labels, annotations, owners, finalizers."""

from collections.abc import Callable
from typing import Any

from constructs_dra.errors import Problems
from constructs_dra.kubernetes.gates import enabled
from constructs_dra.kubernetes.kinds import is_cluster_scoped
from constructs_dra.kubernetes.shapes import items, mapping, pairs, sequence, text
from constructs_dra.lexical import names
from constructs_dra.lexical.versions import DEFAULT_VERSION, KubernetesVersion
from constructs_dra.paths import child

__all__ = ["check_labels", "check_metadata", "check_template_metadata", "name_problem", "path_segment_problem"]

_MAX_ANNOTATIONS = 256 * 1024
_STANDARD_FINALIZERS = ("kubernetes", "orphan", "foregroundDeletion")


def path_segment_problem(name: str) -> str:
    """What keeps a name from standing in a URL path, which is all that some kinds ask for."""
    if not name:
        return "must not be empty"
    if name in {".", ".."}:
        return "must not be '.' or '..'"
    return "must not hold '/' or '%'" if "/" in name or "%" in name else ""


def _cron_job_problem(name: str) -> str:
    return names.dns_subdomain_problem(name) or ("may have at most 52 characters, since its jobs get 11 more" if len(name) > 52 else "")


_NAME_RULES: dict[str, Callable[[str], str]] = {
    "Namespace": names.dns_label_problem,
    "Service": names.dns1035_label_problem,
    "StatefulSet": names.dns_label_problem,
    "CronJob": _cron_job_problem,
    **dict.fromkeys(("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "PodDisruptionBudget"), path_segment_problem),
}
"""Kinds whose names are not plain DNS subdomains."""

_LOOSE = frozenset({"PodDisruptionBudget"})
"""Kinds of which the API server takes names that nobody would give."""


def name_problem(kind: str, name: str, version: str | KubernetesVersion = DEFAULT_VERSION) -> str:
    """What is wrong with an object's name; empty when it is fine.

    Args:
        kind: The object's kind.
        name: Its name.
        version: Kubernetes version whose rules count. Default 1.36.
    """
    if kind == "Service" and enabled("RelaxedServiceNameValidation", version):
        return names.dns_label_problem(name)
    return _NAME_RULES.get(kind, names.dns_subdomain_problem)(name)


def _check_names(manifest: dict[str, Any], metadata: dict[str, Any], problems: Problems, version: str | KubernetesVersion) -> None:
    kind = text(manifest.get("kind"))
    name, prefix = metadata.get("name"), metadata.get("generateName")
    if text(prefix) and (fault := name_problem(kind, f"{text(prefix)[:50].rstrip('-')}x", version)):
        problems.add("metadata.generateName", f"{prefix!r} {fault}", rule="name")
    if not name and not prefix:
        if isinstance(name, str) or name is None:
            problems.add("metadata.name", "is missing", "give the object a name", rule="required")
    elif isinstance(name, str) and name and (fault := name_problem(kind, name, version)):
        problems.add("metadata.name", f"{name!r} {fault}", f"for example {names.to_dns_label(name)!r}", rule="name")
    elif kind in _LOOSE and isinstance(name, str) and (fault := names.dns_subdomain_problem(name)):
        problems.add("metadata.name", f"{name!r} {fault}", f"for example {names.to_dns_label(name)!r}", rule="strict-name")
    namespace = metadata.get("namespace")
    if not isinstance(namespace, str) or not namespace:
        return
    if is_cluster_scoped(manifest.get("apiVersion"), kind):
        problems.add("metadata.namespace", f"a {kind} has no namespace: it belongs to the cluster", "leave it out", rule="namespace")
    elif fault := names.dns_label_problem(namespace):
        problems.add("metadata.namespace", f"{namespace!r} {fault}", rule="name")


def check_labels(owner: Any, path: str, problems: Problems, key: str = "labels") -> None:
    """Keys and values of a mapping of labels (or of a selector that has their form)."""
    for name, value in mapping(mapping(owner).get(key)).items():
        if fault := names.label_key_problem(name):
            problems.add(child(child(path, key), name), f"the key {name!r} {fault}", rule="label")
        if isinstance(value, str) and (fault := names.label_value_problem(value)):
            problems.add(child(child(path, key), name), f"{value!r} {fault}", rule="label")


def check_template_metadata(metadata: Any, path: str, problems: Problems) -> None:
    """Labels and annotations, as templates have them."""
    check_labels(metadata, path, problems)
    size = 0
    for name, value, place in pairs(metadata, "annotations", path):
        # upper case is allowed in the prefix of an annotation
        if fault := names.label_key_problem(name.lower()):
            problems.add(place, f"the key {name!r} {fault}", rule="annotation")
        size += len(name.encode(errors="replace")) + len(text(value).encode(errors="replace"))
    if size > _MAX_ANNOTATIONS:
        problems.add(child(path, "annotations"), f"hold {size:,} bytes; at most {_MAX_ANNOTATIONS:,} are allowed", rule="annotation")


def _check_owners(metadata: dict[str, Any], problems: Problems) -> None:
    controlled = False
    for owner, path in items(metadata, "ownerReferences", "metadata"):
        for key in ("apiVersion", "kind", "name", "uid"):
            if owner.get(key) == "":
                problems.add(child(path, key), "must not be empty", rule="required")
        version = text(owner.get("apiVersion"))
        if version and (version.count("/") > 1 or version.endswith("/")):
            problems.add(child(path, "apiVersion"), f"{version!r} names no version of an API", "for example apps/v1", rule="value")
        elif (version, owner.get("kind")) == ("v1", "Event"):
            problems.add(path, "an Event cannot own anything", rule="value")
        if controlled and owner.get("controller") is True:
            problems.add(child(path, "controller"), "another owner is the controller already, and there may be one only", rule="value")
        controlled |= owner.get("controller") is True


def check_metadata(manifest: dict[str, Any], problems: Problems, version: str | KubernetesVersion = DEFAULT_VERSION) -> None:
    """The metadata of an object; `version` is that of Kubernetes."""
    metadata = manifest.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        return
    metadata = mapping(metadata)
    _check_names(manifest, metadata, problems, version)
    check_template_metadata(metadata, "metadata", problems)
    _check_owners(metadata, problems)
    for index, finalizer in enumerate(sequence(metadata.get("finalizers"))):
        if not isinstance(finalizer, str):
            continue
        fault = names.qualified_name_problem(finalizer)
        if not fault and "/" not in finalizer and finalizer not in _STANDARD_FINALIZERS:
            fault = "needs a domain, like 'example.com/name'"
        if fault:
            problems.add(f"metadata.finalizers[{index}]", f"{finalizer!r} {fault}", rule="name")
