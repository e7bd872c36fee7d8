"""What becomes of a cluster when new manifests are applied over old ones: object by object, with what it means for the pods.

What a cluster fills in by itself makes no difference. The consequences are those of Kubernetes 1.36's API server and controllers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import ceil, floor
from typing import Any, Literal

from attrs import frozen

from constructs_dra.kubernetes.defaults import stored
from constructs_dra.kubernetes.labels import ROLE
from constructs_dra.kubernetes.shapes import at, mapping, sequence, text, whole
from constructs_dra.manifest import Manifest
from constructs_dra.paths import child
from constructs_dra.report.changes import FieldChange, allocated, below, is_fixed, restarting, without_given

__all__ = ["FieldChange", "ObjectChange", "Verdict", "compare", "differences", "taken_apart"]

Verdict = Literal["same", "in place", "restart", "replace", "create", "delete"]
"""`in place`: changed without touching pods; `restart`: new pods take the place of the old; `replace`: refused, has to be deleted first."""


@frozen(kw_only=True)
class ObjectChange:
    """What becomes of one object.

    Attributes:
        kind: Its kind.
        namespace: Its namespace; `default` where none is written.
        name: Its name.
        verdict: What happens.
        fields: The fields that differ.
        meaning: What that means, in sentences; the first says what happens, others what to look out for.
    """

    kind: str
    namespace: str
    name: str
    verdict: Verdict
    fields: tuple[FieldChange, ...] = ()
    meaning: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """`Kind/namespace/name`."""
        return f"{self.kind}/{self.namespace}/{self.name}"


def differences(old: Iterable[Any], new: Iterable[Any]) -> Iterator[ObjectChange]:
    """What becomes of each object when `new` is applied over `old`, those that stay the same included.

    Args:
        old: The manifests that are in the cluster, or that were applied last; `kubectl get -o yaml` output will do. Lists are taken apart.
        new: The manifests to apply.
    """
    before, after = _by_key(old), _by_key(new)
    for key, manifest in after.items():
        if key in before:
            yield compare(before[key], manifest)
        else:
            yield _change(manifest, "create", meaning=("is created",))
    for key, manifest in before.items():
        if key not in after:
            yield _change(manifest, "delete", meaning=tuple(_dropped(manifest, after.values())))


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> ObjectChange:
    """What becomes of one object when its new manifest is applied over the old one."""
    kind = str(new.get("kind"))
    now = stored(new)
    fields = [change for change in _fields(without_given(stored(old), now), now, "") if not allocated(kind, change, old)]
    secret = kind == "Secret"
    altered = tuple(FieldChange(path=path, old=before, new=after, secret=secret and path.startswith("data")) for path, before, after in fields)
    if not altered:
        return _change(new, "same", meaning=("stays as it is",))
    fixed = [change.path for change in altered if is_fixed(kind, change, old, new)]
    if fixed:
        return _change(new, "replace", altered, (f"has to be deleted and made again: {', '.join(fixed)} cannot change",))
    if any(below(change.path, restarting(kind)) for change in altered) and not at(new, "spec", "paused"):
        return _change(new, "restart", altered, tuple(_restart_meaning(kind, new)))
    return _change(new, "in place", altered, tuple(_quiet_meaning(kind, altered)))


def _by_key(manifests: Iterable[Any]) -> dict[tuple[str, str, str, str], Manifest]:
    found = {}
    for manifest in taken_apart(manifests):
        if isinstance(manifest, Mapping) and isinstance(manifest.get("kind"), str):
            written = manifest.get("metadata")
            metadata: Mapping[str, Any] = written if isinstance(written, Mapping) else {}
            group = str(manifest.get("apiVersion") or "").rpartition("/")[0]
            key = (group, manifest["kind"], str(metadata.get("namespace") or "default"), str(metadata.get("name") or ""))
            found[key] = dict(manifest)
    return found


def taken_apart(documents: Iterable[Any]) -> Iterator[Any]:
    """The objects of documents, lists of objects taken apart."""
    for document in documents:
        yield from _taken_apart(document)


def _taken_apart(document: Any) -> Iterator[Any]:
    if isinstance(document, Mapping) and str(document.get("kind")).endswith("List") and isinstance(document.get("items"), list):
        for item in document["items"]:
            typed = {"apiVersion": document.get("apiVersion"), "kind": str(document["kind"]).removesuffix("List")}
            yield {**typed, **item} if isinstance(item, Mapping) else item
    else:
        yield document


def _change(manifest: Mapping[str, Any], verdict: Verdict, fields: tuple[FieldChange, ...] = (), meaning: tuple[str, ...] = ()) -> ObjectChange:
    metadata = mapping(manifest.get("metadata"))
    return ObjectChange(
        kind=str(manifest.get("kind")),
        namespace=str(metadata.get("namespace") or "default"),
        name=str(metadata.get("name") or ""),
        verdict=verdict,
        fields=fields,
        meaning=meaning,
    )


def _fields(old: Any, new: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """The places where two values differ, the deepest that tell it."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            if (path == "metadata" and key == "namespace") or (not path and key == "apiVersion"):
                continue  # the namespace left out is the default one, and an object is the same in every version of its API
            yield from _fields(old.get(key), new.get(key), child(path, str(key)))
    elif isinstance(old, list) and isinstance(new, list) and (names := _names(old, new)):
        for name in names:
            before, after = (next((each for each in side if each["name"] == name), None) for side in (old, new))
            yield from _fields(before, after, f"{path}[{name}]")
        if [each["name"] for each in old] != [each["name"] for each in new] and sorted(each["name"] for each in old) == sorted(names):
            yield f"{path} (order)", [each["name"] for each in old], [each["name"] for each in new]
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield path, old, new


def _names(*lists: Sequence[Any]) -> list[str]:
    """The names of the entries of lists that have one each; none where they do not, or where one appears twice."""
    found: dict[str, None] = {}
    for each in lists:
        names = [entry.get("name") if isinstance(entry, Mapping) else None for entry in each]
        if not all(isinstance(name, str) for name in names) or len(set(names)) != len(names):
            return []
        found.update(dict.fromkeys(name for name in names if isinstance(name, str)))
    return list(found)


def _role(manifest: Mapping[str, Any]) -> str:
    role = at(manifest, "spec", "template", "metadata", "labels", ROLE)
    return f"the pods of role {role}" if role else "its pods"


def _restart_meaning(kind: str, new: Mapping[str, Any]) -> Iterator[str]:
    spec = mapping(new.get("spec"))
    strategy = mapping(at(stored(new), "spec", "strategy" if kind == "Deployment" else "updateStrategy"))
    pods = _role(new)
    if strategy.get("type") == "OnDelete":
        yield f"changes {pods} once they are deleted, as its update strategy is OnDelete"
        return
    if kind == "LeaderWorkerSet":
        yield "restarts its groups, one after the other"
    elif kind == "DisaggregatedSet":
        yield "restarts the groups of its roles"
    elif strategy.get("type") == "Recreate":
        yield f"restarts {pods}: all are stopped before new ones start"
    else:
        yield f"restarts {pods}"
    if kind == "Deployment" and _deadlocks(strategy, _replicas(spec)) and _claims_devices(spec):
        yield (
            "waits for ever when no device is free: a new pod needs its devices next to those of the old one; "
            "set strategy.type Recreate, or maxUnavailable 1 and maxSurge 0"
        )


def _replicas(spec: Mapping[str, Any]) -> int:
    given = spec.get("replicas")
    return 1 if given is None else whole(given) or 0


def _deadlocks(strategy: Mapping[str, Any], replicas: int) -> bool:
    """Whether no old pod may go before a new one is there."""
    if strategy.get("type") != "RollingUpdate" or not replicas:
        return False
    rolling = mapping(strategy.get("rollingUpdate"))
    unavailable = _share(rolling.get("maxUnavailable"), replicas, floor)
    surge = _share(rolling.get("maxSurge"), replicas, ceil)
    return unavailable == 0 and surge > 0


def _share(value: Any, replicas: int, rounded: Callable[[float], int]) -> int:
    if isinstance(value, str) and value.endswith("%") and value[:-1].isdigit():
        return rounded(replicas * int(value[:-1]) / 100)
    return value if isinstance(value, int) else 0


def _claims_devices(spec: Mapping[str, Any]) -> bool:
    pod = mapping(at(spec, "template", "spec"))
    if pod.get("resourceClaims"):
        return True
    limits = (name for each in sequence(pod.get("containers")) for name in mapping(at(each, "resources", "limits")))
    return any("/" in name and not name.startswith("hugepages-") for name in limits)


def _quiet_meaning(kind: str, fields: Sequence[FieldChange]) -> Iterator[str]:
    paths = [change.path for change in fields]
    if kind == "Deployment" and any(below(path, ("spec.template",)) for path in paths):
        yield "changes in place; it is paused, and restarts its pods once it is resumed"
    elif kind == "Pod" and any(path.endswith(".image") for path in paths):
        yield "changes in place; the container starts again with its new image"
    elif kind == "ReplicaSet" and any(below(path, ("spec.template",)) for path in paths):
        yield "changes in place; pods that run already stay as they are"
    elif kind == "DeviceClass":
        yield "changes in place; claims that have their devices keep them"
    elif kind in {"ConfigMap", "Secret"}:
        yield "changes in place; pods that took it into their environment see it after a restart only"
    elif any(path.endswith("spec.replicas") for path in paths):
        yield "changes in place; pods are added or removed to reach the new number of replicas"
    else:
        yield "changes in place"


def _dropped(manifest: Mapping[str, Any], rest: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield "is not among the new manifests: deleted where they are pruned"
    name = text(at(manifest, "metadata", "name"))
    field = {"ResourceClaim": "resourceClaimName", "ResourceClaimTemplate": "resourceClaimTemplateName"}.get(str(manifest.get("kind")))
    if field is None:
        return
    users = [f"{each.get('kind')}/{at(each, 'metadata', 'name')}" for each in rest if _mentions(each.get("spec"), field, name)]
    reserved = at(manifest, "status", "reservedFor")
    if users:
        yield f"is still used by {', '.join(users)}, whose pods will not start without it"
    elif reserved:
        yield "is in use by pods: it stays until they are gone"


def _mentions(value: Any, field: str, name: str) -> bool:
    if isinstance(value, Mapping):
        return value.get(field) == name or any(_mentions(each, field, name) for each in value.values())
    return isinstance(value, list) and any(_mentions(each, field, name) for each in value)
