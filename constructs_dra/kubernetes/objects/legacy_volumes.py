"""Rules of volume sources older than CSI, as a table: what each needs and how far its numbers go."""

from typing import Any

from attrs import frozen

from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import sequence, text
from constructs_dra.lazy import lazy_pattern
from constructs_dra.paths import child
from constructs_dra.records.valued import Valued

__all__ = ["LEGACY_SOURCES", "check_legacy_source"]


@frozen(kw_only=True, eq=False, repr=False)
class _Source(Valued):
    """One kind of volume source.

    Attributes:
        needs: Fields that must be set.
        ranges: Least and greatest value of numbers.
        relative: Fields that are relative paths.
    """

    needs: tuple[str, ...] = ()
    ranges: tuple[tuple[str, int, int], ...] = ()
    relative: tuple[str, ...] = ()


_PARTITION = ("partition", 0, 255)

_TABLE = {
    "nfs": _Source(needs=("server", "path")),
    "iscsi": _Source(needs=("targetPortal", "iqn"), ranges=(("lun", 0, 255),)),
    "fc": _Source(ranges=(("lun", 0, 255),)),
    "rbd": _Source(needs=("monitors", "image")),
    "cephfs": _Source(needs=("monitors",)),
    "cinder": _Source(needs=("volumeID",)),
    "glusterfs": _Source(needs=("endpoints", "path")),
    "flexVolume": _Source(needs=("driver",)),
    "flocker": _Source(),
    "gitRepo": _Source(needs=("repository",), relative=("directory",)),
    "azureDisk": _Source(needs=("diskName", "diskURI")),
    "azureFile": _Source(needs=("secretName", "shareName")),
    "awsElasticBlockStore": _Source(needs=("volumeID",), ranges=(_PARTITION,)),
    "gcePersistentDisk": _Source(needs=("pdName",), ranges=(_PARTITION,)),
    "photonPersistentDisk": _Source(needs=("pdID",)),
    "portworxVolume": _Source(needs=("volumeID",)),
    "quobyte": _Source(needs=("registry", "volume")),
    "scaleIO": _Source(needs=("gateway", "system", "volumeName")),
    "storageos": _Source(needs=("volumeName",)),
    "vsphereVolume": _Source(needs=("volumePath",)),
}

LEGACY_SOURCES = tuple(_TABLE)
"""Fields of a volume that name one of these sources."""

_INITIATORS = {
    "iqn": lazy_pattern(r"iqn\.\d{4}-\d{2}\.[A-Za-z0-9.-]+:[^,;*&$|\s]+\Z"),
    "eui": lazy_pattern(r"eui.[A-Za-z0-9]{16}\Z"),
    "naa": lazy_pattern(r"naa.[A-Za-z0-9]{32}\Z"),
}


def check_legacy_source(kind: str, source: dict[str, Any], path: str, rules: Rules) -> None:
    """One source; `kind` is a name of `LEGACY_SOURCES`."""
    entry = _TABLE[kind]
    rules.missing(source, path, *entry.needs)
    for key, low, high in entry.ranges:
        rules.number(source, key, path, low=low, high=high)
    for key in entry.relative:
        rules.relative(source.get(key), child(path, key))
    if kind == "nfs" and (place := text(source.get("path"))) and not place.startswith("/"):
        rules.value(child(path, "path"), f"{place!r} must be an absolute path")
    elif kind == "iscsi":
        _iscsi(source, path, rules)
    elif kind == "fc":
        _fibre_channel(source, path, rules)
    elif kind == "flocker":
        rules.one_of({key: source.get(key) or None for key in ("datasetName", "datasetUUID")}, ("datasetName", "datasetUUID"), path, "dataset")
        if "/" in text(source.get("datasetName")):
            rules.value(child(path, "datasetName"), "must not hold '/'")
    elif kind == "quobyte":
        _quobyte(source, path, rules)
    elif kind == "azureDisk":
        _azure_disk(source, path, rules)
    elif kind in {"cinder", "storageos"} and isinstance(source.get("secretRef"), dict):
        rules.missing(source["secretRef"], child(path, "secretRef"), "name")


def _iscsi(source: dict[str, Any], path: str, rules: Rules) -> None:
    for key in ("iqn", "initiatorName"):
        name = text(source.get(key))
        shape = _INITIATORS.get(name[:3])
        if (name or (key == "initiatorName" and source.get(key) is not None)) and (shape is None or not shape.search(name)):
            rules.value(child(path, key), f"{name!r} is not a name that begins with iqn, eui or naa")
    if (source.get("chapAuthDiscovery") is True or source.get("chapAuthSession") is True) and source.get("secretRef") is None:
        rules.problems.add(child(path, "secretRef"), "is missing", "CHAP authentication reads it", rule="required")


def _fibre_channel(source: dict[str, Any], path: str, rules: Rules) -> None:
    targets, ids = sequence(source.get("targetWWNs")), sequence(source.get("wwids"))
    if bool(targets) == bool(ids):
        rules.problems.add(child(path, "targetWWNs"), "must be given, or wwids instead, but not both", rule="required")
    if targets and source.get("lun") is None:
        rules.problems.add(child(path, "lun"), "is missing", "targetWWNs need it", rule="required")


def _quobyte(source: dict[str, Any], path: str, rules: Rules) -> None:
    if len(text(source.get("tenant"))) > 64:
        rules.value(child(path, "tenant"), "may have at most 64 characters")
    registry = text(source.get("registry"))
    if registry and any(":" not in part for part in registry.split(",")):
        rules.value(child(path, "registry"), "must be a list of host:port pairs, separated by commas")


def _azure_disk(source: dict[str, Any], path: str, rules: Rules) -> None:
    rules.word(source, "cachingMode", ("None", "ReadOnly", "ReadWrite"), path, empty=False)
    rules.word(source, "kind", ("Shared", "Dedicated", "Managed"), path, empty=False)
    uri = text(source.get("diskURI"))
    managed = source.get("kind") == "Managed"
    if uri and managed and not uri.startswith("/subscriptions/"):
        rules.value(child(path, "diskURI"), f"{uri!r} of a managed disk must begin with /subscriptions/")
    elif uri and not managed and not uri.startswith("https://"):
        rules.value(child(path, "diskURI"), f"{uri!r} must begin with https://")
