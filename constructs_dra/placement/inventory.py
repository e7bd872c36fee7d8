"""What a cluster has: slices, classes, nodes and the claims that hold devices already."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from os import PathLike, fsencode
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from constructs_dra.errors import Problem, Problems, SpecError, shown
from constructs_dra.placement.allocation import AllocatedDevice, ClaimAllocation, DevicesInUse
from constructs_dra.placement.arguments import check_sources, listed
from constructs_dra.placement.consistency import check_inventory
from constructs_dra.placement.constraints import LIST_KINDS
from constructs_dra.placement.contents import Contents, ExistingClaim, ExistingPod, PriorityClass
from constructs_dra.placement.devices import DeviceId, InventoryClass, InventorySlice
from constructs_dra.placement.features import Features
from constructs_dra.placement.holdings import Holdings
from constructs_dra.placement.nodes import Node
from constructs_dra.placement.reading import TaintRule, read_class, read_node, read_slice, read_taint_rule, with_taints
from constructs_dra.placement.requests import ClaimSpec, read_claim
from constructs_dra.placement.resources import pod_resources
from constructs_dra.placement.shapes import shape_problems
from constructs_dra.placement.volumes import Storage
from constructs_dra.records import valid
from constructs_dra.yaml.documents import read_files

__all__ = ["Inventory", "as_text", "expand_lists", "object_label"]

_API_GROUP = "resource.k8s.io/"


@frozen(kw_only=True, eq=False, repr=False)
class Inventory(Contents):
    """What pods can be placed on: the attributes are those of `Contents`.

    Attributes:
        slices: The devices published.
        classes: The device classes.
        nodes: The nodes; none: devices alone decide, on the nodes the slices name.
        claims: ResourceClaims there already, with what they hold.
        claim_templates: ResourceClaimTemplates there already.
        pods: Pods there already.
        namespaces: Labels of the namespaces, by name.
        storage: PersistentVolumeClaims, PersistentVolumes and StorageClasses there already.
        problems: What was odd about it.
    """

    @classmethod
    def from_manifests(cls, manifests: Iterable[Any], *, sources: Sequence[str] = ()) -> "Inventory":
        """An inventory from manifests: slices, classes, nodes, claims and their templates, pods, device taint rules, volumes and their claims.

        Every served version will do. Lists are taken apart, other kinds left aside.

        Args:
            manifests: The objects.
            sources: Where each came from, for messages; may be left out.

        Raises:
            SpecError: An object contradicts another or cannot be read, or there is nothing to place on.
        """
        problems = Problems()
        objects = listed(manifests, "manifests", problems, "manifests")
        check_sources(sources, problems)
        problems.raise_errors()
        return _Reader().read(objects, sources)

    @classmethod
    def from_files(cls, paths: Iterable[str | Path], *, stdin: Callable[[], bytes] | None = None) -> "Inventory":
        """An inventory from YAML or JSON files, as `kubectl get resourceslices,deviceclasses,nodes,resourceclaims -A -o yaml` writes them.

        Args:
            paths: Files or folders; `-` where `stdin` is given.
            stdin: Gives the bytes of standard input. Default: `-` is the name of a file.

        Raises:
            SpecError: As `from_manifests`, or `paths` is not a list of paths, or a file cannot be read.
        """
        wrong = Problems()
        names = listed(paths, "paths", wrong, "paths")
        for index, name in enumerate(names):
            _check_path(name, f"paths[{index}]", wrong)
        wrong.raise_errors()
        documents, problems = read_files(names, stdin=stdin)
        if any(problem.severity == "error" for problem in problems):
            raise SpecError(problem for problem in problems if problem.severity == "error")
        return cls.from_manifests((each.value for each in documents), sources=[each.source for each in documents])

    def features(self) -> Features:
        """The DRA features of Kubernetes 1.36, list attributes where a device has one: a cluster without them would not have stored it."""
        values = (value for each in self.slices for device in each.devices for value in device.attributes.values())
        return Features(list_type_attributes=any(not LIST_KINDS.isdisjoint(value) for value in values))

    def in_use(self) -> DevicesInUse:
        """What the claims hold."""
        holdings = Holdings()
        for claim in self.claims:
            if claim.allocation is not None:
                holdings.take(claim.allocation.devices)
        return holdings.freeze()


_LONGEST_PATH = 4_095
"""Bytes of a path on Linux (`PATH_MAX`)."""


def _check_path(value: object, path: str, problems: Problems) -> None:
    if not isinstance(value, str | PathLike) or isinstance(value, type):
        valid.wrong(problems, path, value, "the path of a file")
        return
    try:
        if not 0 < len(fsencode(value)) <= _LONGEST_PATH or b"\0" in fsencode(value):
            problems.add(path, f"{shown(value)} is not the path of a file")
    except (TypeError, UnicodeEncodeError):
        problems.add(path, f"{shown(value)} is not the path of a file")


def expand_lists(manifest: Any, _inside: tuple[int, ...] = ()) -> Iterator[Any]:
    """The objects of a manifest: a `List` (also `ResourceSliceList` and the like) is taken apart, anything else is itself.

    Raises:
        SpecError: A list contains itself.
    """
    if id(manifest) in _inside:
        raise SpecError([Problem("items", "contains itself", source=as_text(manifest.get("kind")))])
    if isinstance(manifest, Mapping) and isinstance(items := manifest.get("items"), list) and as_text(manifest.get("kind")).endswith("List"):
        kind, version = as_text(manifest["kind"]).removesuffix("List"), manifest.get("apiVersion")
        for item in items:
            if isinstance(item, Mapping) and kind and "kind" not in item:
                # items of a typed list carry neither kind nor version
                yield {"apiVersion": version, "kind": kind, **item}
            else:
                yield from expand_lists(item, (*_inside, id(manifest)))
    else:
        yield manifest


def object_label(manifest: Mapping[str, Any]) -> str:
    """`Kind/name`, with the namespace where there is one."""
    metadata = manifest.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    kind, name, namespace = (as_text(value) for value in (manifest.get("kind"), metadata.get("name"), metadata.get("namespace")))
    return f"{kind or 'object'}/{f'{namespace}/' if namespace else ''}{name or '?'}"


def as_text(value: object) -> str:
    """A value where a name belongs; empty when it is not a string."""
    return value if isinstance(value, str) else ""


class _Reader:
    def __init__(self) -> None:
        self.problems = Problems()
        self.slices: dict[str, InventorySlice] = {}
        self.classes: dict[str, InventoryClass] = {}
        self.nodes: dict[str, Node] = {}
        self.claims: dict[str, ExistingClaim] = {}
        self.claim_templates: list[ClaimSpec] = []
        self.pods: dict[str, ExistingPod] = {}
        self.namespaces: dict[str, dict[str, str]] = {}
        self.volume_claims: dict[str, Mapping[str, Any]] = {}
        self.volumes: dict[str, Mapping[str, Any]] = {}
        self.storage_classes: dict[str, Mapping[str, Any]] = {}
        self.priority_classes: dict[str, PriorityClass] = {}
        self.taints: list[TaintRule] = []
        self.seen: dict[tuple[str, str], Any] = {}

    def read(self, manifests: Iterable[Any], sources: Sequence[str]) -> Inventory:
        for number, document in enumerate(manifests):
            source = sources[number] if number < len(sources) else ""
            for manifest in expand_lists(document):
                if isinstance(manifest, Mapping):
                    self._object(manifest, source)
                elif manifest is not None:
                    self.problems.add("", f"{source or 'the inventory'} holds {type(manifest).__name__} where an object is expected")
        if not self.slices and not self.nodes and not self.problems.errors:
            self.problems.add(
                "",
                "the inventory is empty: no ResourceSlice and no Node in it",
                "write it with: kubectl get resourceslices,deviceclasses,nodes,resourceclaims -A -o yaml",
            )
        self.problems.raise_errors()
        inventory = Inventory(
            slices=tuple(with_taints(each, self.taints) for each in self.slices.values()),
            classes=tuple(self.classes.values()),
            nodes=tuple(self.nodes.values()),
            claims=tuple(self.claims.values()),
            claim_templates=tuple(self.claim_templates),
            pods=tuple(self.pods.values()),
            namespaces=self.namespaces,
            priority_classes=tuple(self.priority_classes.values()),
            storage=Storage(claims=self.volume_claims, volumes=self.volumes, classes=self.storage_classes),
        )
        self.problems.extend(check_inventory(inventory))
        self.problems.raise_errors()
        return evolve(inventory, problems=tuple(self.problems))

    def _object(self, manifest: Mapping[str, Any], source: str) -> None:
        kind, group = as_text(manifest.get("kind")), as_text(manifest.get("apiVersion"))
        if kind not in _KINDS or (kind in _DRA_KINDS and not group.startswith(_API_GROUP)):
            return
        label = object_label(manifest)
        if misshapen := shape_problems(manifest, label):
            self.problems.extend(misshapen)
            return
        content = {name: manifest.get(name) for name in ("spec", "status")}
        known = self.seen.setdefault((kind, label), content)
        if known is not content:
            if known != content:
                where = f" (the second one in {source})" if source else ""
                self.problems.add(label, f"is in the inventory twice, with different contents{where}", "keep the one that is true")
            return
        try:
            getattr(self, f"_add_{kind.lower()}")(manifest)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
            self.problems.add(label, f"cannot be read: {error}")

    def _add_resourceslice(self, manifest: Mapping[str, Any]) -> None:
        each = read_slice(manifest)
        self.slices[each.name] = each

    def _add_deviceclass(self, manifest: Mapping[str, Any]) -> None:
        each = read_class(manifest)
        self.classes[each.name] = each

    def _add_devicetaintrule(self, manifest: Mapping[str, Any]) -> None:
        self.taints.append(read_taint_rule(manifest))

    def _add_node(self, manifest: Mapping[str, Any]) -> None:
        node = read_node(manifest)
        self.nodes[node.name] = node

    def _add_resourceclaim(self, manifest: Mapping[str, Any]) -> None:
        spec = read_claim(manifest)
        allocation = (manifest.get("status") or {}).get("allocation")
        self.claims[spec.label] = ExistingClaim(spec=spec, allocation=None if allocation is None else _allocation(spec.label, allocation))

    def _add_resourceclaimtemplate(self, manifest: Mapping[str, Any]) -> None:
        claim = read_claim({"metadata": manifest.get("metadata"), "spec": (manifest.get("spec") or {}).get("spec")})
        self.claim_templates.append(evolve(claim, namespace=claim.namespace or "default"))

    def _add_pod(self, manifest: Mapping[str, Any]) -> None:
        spec = manifest.get("spec") or {}
        if spec.get("nodeName") and (manifest.get("status") or {}).get("phase") not in {"Succeeded", "Failed"}:
            name = object_label(manifest).removeprefix("Pod/")
            metadata = manifest.get("metadata") or {}
            self.pods[name] = ExistingPod(
                name=name,
                node=str(spec["nodeName"]),
                resources=pod_resources(spec),
                namespace=str(metadata.get("namespace") or "default"),
                labels={key: str(value) for key, value in (metadata.get("labels") or {}).items()},
                spec=spec,
                leaving=bool(metadata.get("deletionTimestamp")),
            )

    def _add_persistentvolumeclaim(self, manifest: Mapping[str, Any]) -> None:
        metadata = manifest.get("metadata") or {}
        self.volume_claims[f"{metadata.get('namespace') or 'default'}/{metadata.get('name')}"] = manifest

    def _add_persistentvolume(self, manifest: Mapping[str, Any]) -> None:
        self.volumes[str((manifest.get("metadata") or {}).get("name"))] = manifest

    def _add_storageclass(self, manifest: Mapping[str, Any]) -> None:
        self.storage_classes[str((manifest.get("metadata") or {}).get("name"))] = manifest

    def _add_priorityclass(self, manifest: Mapping[str, Any]) -> None:
        each = PriorityClass.read(manifest)
        self.priority_classes[each.name] = each

    def _add_namespace(self, manifest: Mapping[str, Any]) -> None:
        metadata = manifest.get("metadata") or {}
        self.namespaces[str(metadata.get("name"))] = {key: str(value) for key, value in (metadata.get("labels") or {}).items()}


_DRA_KINDS = frozenset({"ResourceSlice", "DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "DeviceTaintRule"})
_KINDS = _DRA_KINDS | {"Namespace", "Node", "PersistentVolume", "PersistentVolumeClaim", "Pod", "PriorityClass", "StorageClass"}


def _allocation(claim: str, status: Mapping[str, Any]) -> ClaimAllocation:
    devices = status.get("devices") or {}
    return ClaimAllocation(
        claim=claim,
        devices=tuple(_given(result) for result in devices.get("results") or ()),
        config=tuple(devices.get("config") or ()),
        node_selector=status.get("nodeSelector"),
    )


def _given(result: Mapping[str, Any]) -> AllocatedDevice:
    return AllocatedDevice(
        request=str(result.get("request") or ""),
        id=DeviceId(str(result.get("driver") or ""), str(result.get("pool") or ""), str(result.get("device") or "")),
        admin_access=bool(result.get("adminAccess")),
        share_id=str(result.get("shareID") or ""),
        consumed_capacity={name: str(value) for name, value in (result.get("consumedCapacity") or {}).items()},
    )
