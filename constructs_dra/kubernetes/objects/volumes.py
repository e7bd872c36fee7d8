"""Rules of a pod's volumes: one source each, and what each source needs."""

from collections.abc import Callable, Iterator
from typing import Any

from constructs_dra.kubernetes.metadata import check_template_metadata
from constructs_dra.kubernetes.objects.environment import check_field_reference, check_resource_reference
from constructs_dra.kubernetes.objects.legacy_volumes import LEGACY_SOURCES, check_legacy_source
from constructs_dra.kubernetes.objects.storage import check_claim_spec
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import items, mapping, text
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = ["VOLUME_SOURCES", "check_driver", "check_host_path", "check_volumes"]

_HOST_PATH_TYPES = ("", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice")
_PROJECTIONS = ("secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate")
_KEY_TYPES = ("RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519")
_SHORTEST_TOKEN = 10 * 60
_LONGEST_TOKEN = 1 << 32
_SHORTEST_CERTIFICATE = 60 * 60
_LONGEST_CERTIFICATE = 91 * 24 * 60 * 60


def check_volumes(spec: dict[str, Any], path: str, rules: Rules, *, bare: bool) -> dict[str, str]:
    """The volumes of a pod.

    Args:
        spec: The pod's spec.
        path: Its place.
        rules: Takes the problems.
        bare: Whether it is a Pod by itself, not a template.

    Returns:
        Each volume's name with the field that says where it comes from; empty where none or several do.
    """
    known: dict[str, str] = {}
    for volume, place in items(spec, "volumes", path):
        rules.name(volume, "name", names.dns_label_problem, place, required=True)
        kind = rules.one_of(volume, VOLUME_SOURCES, place, "source", required=False)
        known.setdefault(text(volume.get("name")), kind)
        source, where = mapping(volume.get(kind)), child(place, kind)
        if not kind and not any(volume.get(key) is not None for key in VOLUME_SOURCES):
            # Kubernetes takes a volume without a source for an emptyDir; written out it is clearer, and a lost source is noticed
            shown = "has no source and becomes an emptyDir"
            rules.problems.add(place, shown, "write emptyDir: {} if that is meant", rule="strict-volume-source", severity="warning")
        if kind in LEGACY_SOURCES:
            check_legacy_source(kind, source, where, rules)
        elif kind == "image":
            _image(source, where, rules, bare=bare)
        elif kind:
            _CHECKS[kind](source, where, rules)
    rules.unique(spec, "volumes", path)
    return known


def _empty_directory(source: dict[str, Any], path: str, rules: Rules) -> None:
    rules.quantity(source, "sizeLimit", path)


def _config_map(source: dict[str, Any], path: str, rules: Rules) -> None:
    rules.missing(source, path, "name")
    _check_files(source, path, rules)


def _secret(source: dict[str, Any], path: str, rules: Rules) -> None:
    rules.missing(source, path, "secretName")
    _check_files(source, path, rules)


def _check_mode(owner: dict[str, Any], key: str, path: str, rules: Rules) -> None:
    rules.number(owner, key, path, low=0, high=0o777)


def _check_files(source: dict[str, Any], path: str, rules: Rules) -> None:
    """`defaultMode` and `items` of a ConfigMap or Secret."""
    _check_mode(source, "defaultMode", path, rules)
    for item, place in items(source, "items", path):
        rules.needed(item, place, "key", "path")
        rules.relative(item.get("path"), child(place, "path"), reserved=True)
        _check_mode(item, "mode", place, rules)


def _claim(source: dict[str, Any], path: str, rules: Rules) -> None:
    rules.missing(source, path, "claimName")
    name = text(source.get("claimName"))
    if name and (fault := names.dns_subdomain_problem(name)):
        # the API server only looks whether it is there; no claim can have such a name
        rules.problems.add(child(path, "claimName"), f"{name!r} {fault}", rule="strict-name")


def check_host_path(source: dict[str, Any], path: str, rules: Rules) -> None:
    """A file or folder of the node."""
    rules.missing(source, path, "path")
    rules.word(source, "type", _HOST_PATH_TYPES, path)
    if ".." in text(source.get("path")).split("/"):
        rules.value(child(path, "path"), "must not hold '..'")


def _image(source: dict[str, Any], path: str, rules: Rules, *, bare: bool) -> None:
    rules.word(source, "pullPolicy", ("Always", "IfNotPresent", "Never"), path)
    reference = text(source.get("reference"))
    rule = "required" if bare else "strict-image"
    if not reference:
        rules.problems.add(child(path, "reference"), "is missing", "pods of this template are refused without it", rule=rule)
    elif reference != reference.strip():
        rules.problems.add(child(path, "reference"), f"{reference!r} has blanks around it", rule="value" if bare else rule)


def check_driver(source: dict[str, Any], path: str, rules: Rules) -> None:
    """The name of a CSI driver."""
    rules.missing(source, path, "driver")
    driver = text(source.get("driver"))
    if driver and (fault := names.dns_subdomain_problem(driver.lower())):
        rules.problems.add(child(path, "driver"), f"{driver!r} {fault}", rule="name")
    elif len(driver) > 63:
        rules.problems.add(child(path, "driver"), f"is {len(driver)} bytes long; at most 63 are allowed", rule="name")


def _driver(source: dict[str, Any], path: str, rules: Rules) -> None:
    check_driver(source, path, rules)
    if isinstance(source.get("nodePublishSecretRef"), dict):
        rules.missing(source["nodePublishSecretRef"], child(path, "nodePublishSecretRef"), "name")


def _ephemeral(source: dict[str, Any], path: str, rules: Rules) -> None:
    template, place = source.get("volumeClaimTemplate"), child(path, "volumeClaimTemplate")
    if not isinstance(template, dict):
        rules.problems.add(place, "is missing", rule="required")
        return
    metadata = mapping(template.get("metadata"))
    for key in metadata:
        if key not in {"labels", "annotations"} and metadata[key]:
            rules.value(f"{place}.metadata.{key}", "must be absent; only labels and annotations are taken over")
    check_template_metadata(metadata, child(place, "metadata"), rules.problems)
    check_claim_spec(mapping(template.get("spec")), child(place, "spec"), rules)


def _downward(source: dict[str, Any], path: str, rules: Rules) -> None:
    _check_mode(source, "defaultMode", path, rules)
    _check_downward_items(source, path, rules)


def _check_downward_items(source: dict[str, Any], path: str, rules: Rules) -> None:
    for item, place in items(source, "items", path):
        rules.needed(item, place, "path")
        rules.relative(item.get("path"), child(place, "path"), reserved=True)
        _check_mode(item, "mode", place, rules)
        kind = rules.one_of(item, ("fieldRef", "resourceFieldRef"), place, "source")
        if kind == "fieldRef":
            check_field_reference(mapping(item[kind]), child(place, kind), rules, volume=True)
        elif kind:
            check_resource_reference(mapping(item[kind]), child(place, kind), rules, volume=True)


def _projected(source: dict[str, Any], path: str, rules: Rules) -> None:
    _check_mode(source, "defaultMode", path, rules)
    taken: set[str] = set()
    for projection, place in items(source, "sources", path):
        kind = rules.one_of(projection, _PROJECTIONS, place, "source")
        part, where = mapping(projection.get(kind)), child(place, kind)
        if kind in {"secret", "configMap"}:
            rules.missing(part, where, "name")
            _check_files(part, where, rules)
        elif kind == "downwardAPI":
            _check_downward_items(part, where, rules)
        elif kind == "serviceAccountToken":
            rules.missing(part, where, "path")
            rules.number(part, "expirationSeconds", where, low=_SHORTEST_TOKEN, high=_LONGEST_TOKEN)
            rules.relative(part.get("path"), child(where, "path"), reserved=True)
        elif kind == "clusterTrustBundle":
            _check_trust_bundle(part, where, rules)
        elif kind == "podCertificate":
            _check_certificate(part, where, rules)
        for target in _targets(part):
            if target and target in taken:
                rules.problems.add(where, f"writes {target!r}, which another source writes too", rule="duplicate")
            taken.add(target)


def _targets(part: dict[str, Any]) -> Iterator[str]:
    """Paths that a projected source writes."""
    for key in ("path", "credentialBundlePath", "keyPath", "certificateChainPath"):
        yield text(part.get(key))
    for item, _ in items(part, "items", ""):
        yield text(item.get("path"))


def _check_trust_bundle(part: dict[str, Any], path: str, rules: Rules) -> None:
    rules.missing(part, path, "path")
    rules.relative(part.get("path"), child(path, "path"), reserved=True)
    rules.one_of(part, ("name", "signerName"), path, "bundle")
    if part.get("labelSelector") is not None and part.get("signerName") is None:
        rules.value(child(path, "labelSelector"), "is only for signerName")
    rules.label_selector(part.get("labelSelector"), child(path, "labelSelector"))


def _check_certificate(part: dict[str, Any], path: str, rules: Rules) -> None:
    rules.missing(part, path, "signerName", "keyType")
    rules.word(part, "keyType", _KEY_TYPES, path)
    rules.number(part, "maxExpirationSeconds", path, low=_SHORTEST_CERTIFICATE, high=_LONGEST_CERTIFICATE)
    paths = ("credentialBundlePath", "keyPath", "certificateChainPath")
    if not any(part.get(key) for key in paths):
        rules.problems.add(path, "writes nothing", f"give one of {', '.join(paths)}", rule="required")
    for key in paths:
        rules.relative(part.get(key), child(path, key), reserved=True)


_CHECKS: dict[str, Callable[[dict[str, Any], str, Rules], None]] = {
    "emptyDir": _empty_directory,
    "configMap": _config_map,
    "secret": _secret,
    "persistentVolumeClaim": _claim,
    "hostPath": check_host_path,
    "projected": _projected,
    "downwardAPI": _downward,
    "csi": _driver,
    "ephemeral": _ephemeral,
}

VOLUME_SOURCES = (*_CHECKS, "image", *LEGACY_SOURCES)
"""Fields of a volume that say where it comes from."""
