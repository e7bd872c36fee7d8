"""Rules of PersistentVolumes: what they hold, where they can be reached, and the one source of each."""

from collections.abc import Callable
from posixpath import normpath
from typing import Any

from constructs_dra.kubernetes.objects.legacy_volumes import LEGACY_SOURCES, check_legacy_source
from constructs_dra.kubernetes.objects.storage import VOLUME_MODES, check_access_modes
from constructs_dra.kubernetes.objects.volumes import check_driver, check_host_path
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, pairs, text
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = ["CHECKS"]

_LEGACY = tuple(kind for kind in LEGACY_SOURCES if kind != "gitRepo")
_SOURCES = ("csi", "hostPath", "local", *_LEGACY)
_SECRETS = ("controllerPublishSecretRef", "controllerExpandSecretRef", "nodeStageSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef")


def _volume(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    check_access_modes(spec, "spec", rules)
    rules.word(spec, "volumeMode", VOLUME_MODES, "spec", empty=False)
    rules.word(spec, "persistentVolumeReclaimPolicy", ("Retain", "Recycle", "Delete"), "spec")
    rules.name(spec, "storageClassName", names.dns_subdomain_problem, "spec")
    if at(spec, "capacity", "storage") is None:
        rules.problems.add("spec.capacity.storage", "is missing", "say how much the volume holds", rule="required")
    for name, _, place in pairs(spec, "capacity", "spec"):
        if name != "storage":
            rules.value(place, "is not known; a volume has storage only")
        rules.quantity(mapping(spec.get("capacity")), name, "spec.capacity", positive=True)
    _check_source(spec, rules)
    _check_nodes(spec, rules)
    rules.name(spec, "volumeAttributesClassName", names.dns_subdomain_problem, "spec", required=True)
    if spec.get("volumeAttributesClassName") and spec.get("csi") is None:
        rules.problems.add("spec.csi", "is missing", "only CSI volumes have a volumeAttributesClassName", rule="required")


def _check_source(spec: dict[str, Any], rules: Rules) -> None:
    kind = rules.one_of(spec, _SOURCES, "spec", "source")
    source, place = mapping(spec.get(kind)), f"spec.{kind}"
    if kind == "csi":
        check_driver(source, place, rules)
        rules.needed(source, place, "volumeHandle")
        for key in _SECRETS:
            if isinstance(source.get(key), dict):
                _check_secret(source[key], child(place, key), rules)
    elif kind == "hostPath":
        check_host_path(source, place, rules)
        if normpath(text(source.get("path"))) == "/" and spec.get("persistentVolumeReclaimPolicy") == "Recycle":
            rules.value("spec.persistentVolumeReclaimPolicy", "must not be Recycle for the node's root")
    elif kind == "local":
        rules.needed(source, place, "path")
        if ".." in text(source.get("path")).split("/"):
            rules.value(child(place, "path"), "must not hold '..'")
        if spec.get("nodeAffinity") is None:
            rules.problems.add("spec.nodeAffinity", "is missing", "say on which node the local volume is", rule="required")
    elif kind:
        check_legacy_source(kind, source, place, rules)
        if kind == "glusterfs":
            rules.name(source, "endpointsNamespace", names.dns_label_problem, place, required=True)


def _check_secret(reference: dict[str, Any], path: str, rules: Rules) -> None:
    rules.missing(reference, path, "name", "namespace")
    rules.name(reference, "name", names.dns_subdomain_problem, path)
    rules.name(reference, "namespace", names.dns_label_problem, path)


def _check_nodes(spec: dict[str, Any], rules: Rules) -> None:
    affinity = spec.get("nodeAffinity")
    if not isinstance(affinity, dict):
        return
    place = "spec.nodeAffinity.required"
    rules.missing(affinity, "spec.nodeAffinity", "required")
    if at(affinity, "required", "nodeSelectorTerms") == []:
        rules.problems.add(f"{place}.nodeSelectorTerms", "must hold at least one term", rule="required")
    for term, where in items(affinity.get("required"), "nodeSelectorTerms", place):
        rules.node_term(term, where)


CHECKS: dict[str, Callable[[dict[str, Any], Rules], None]] = {"PersistentVolume": _volume}
"""The check of each kind of this file."""
