"""What `kubectl apply` sends for a manifest that was applied before: the fields that differ from what the server stored."""

from collections.abc import Iterator, Mapping
from typing import Any

from constructs_dra.kubernetes.api import api
from constructs_dra.kubernetes.defaults import stored
from constructs_dra.lexical.versions import DEFAULT_VERSION

_KEYS = {
    "env": ("name",), "ports": ("containerPort", "port"), "volumes": ("name",), "volumeMounts": ("mountPath",), "volumeDevices": ("devicePath",),
    "containers": ("name",), "initContainers": ("name",), "imagePullSecrets": ("name",), "resourceClaims": ("name",), "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey",), "secrets": ("name",), "ownerReferences": ("uid",),
}  # fmt: skip
"""Lists of Kubernetes' own kinds whose entries are merged by a key; all others are exchanged as a whole."""


_SILENT = frozenset({
    "stdin", "stdinOnce", "tty", "workingDir", "readOnly", "hostNetwork", "hostPID", "hostIPC", "hostname", "subdomain", "nodeName",
    "priorityClassName", "name", "hostIP", "hostPort", "initialDelaySeconds", "subPath", "subPathExpr", "publishNotReadyAddresses",
    "minReadySeconds", "paused", "globalDefault", "value",
})  # fmt: skip
"""Fields of Kubernetes' own kinds that a server does not print while they are empty."""


_LEFT_OUT = frozenset({"groupIdentity", "groupReplacementPolicy", "replicas"})
"""Fields that cannot be written for all: releases of LeaderWorkerSet before November 2026 lack two, and the number may be an autoscaler's."""


def sent(manifest: Mapping[str, Any]) -> list[str]:
    """The places that a second `kubectl apply` of a manifest would patch; none, where it says `unchanged`."""
    own = f"{manifest['apiVersion']} {manifest['kind']}" in api(DEFAULT_VERSION).kinds
    written = {key: value for key, value in manifest.items() if key not in {"status", "stringData"}}
    kept = stored(manifest)
    return list(_differences(written, kept, str(manifest["kind"]), own=own) if own else _differences(_older(written), _older(kept), "", own=own))


def _older(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _older(item) for key, item in value.items() if key not in _LEFT_OUT}
    return [_older(item) for item in value] if isinstance(value, list) else value


def _differences(written: Any, kept: Any, path: str, *, own: bool) -> Iterator[str]:
    if isinstance(written, Mapping) and isinstance(kept, Mapping):
        for key, value in written.items():
            if own and key in _SILENT and value in ("", 0) and value is not None:
                yield f"{path}.{key}"
            elif key in kept:
                yield from _differences(value, kept[key], f"{path}.{key}", own=own)
            elif value is not None:
                yield f"{path}.{key}"
    elif isinstance(written, list) and isinstance(kept, list) and own and (keys := _KEYS.get(path.rpartition(".")[2])):
        known = {_key(entry, keys): entry for entry in kept}
        for entry in written:
            yield from _differences(entry, known.get(_key(entry, keys)), f"{path}[{_key(entry, keys)}]", own=own)
    elif written != kept or isinstance(written, bool) is not isinstance(kept, bool):
        yield path


def _key(entry: Any, keys: tuple[str, ...]) -> Any:
    return next((entry[key] for key in keys if key in entry), None) if isinstance(entry, Mapping) else None
