"""The pods that manifests ask for: Deployments, ReplicaSets, StatefulSets, Jobs, LeaderWorkerSets, DisaggregatedSets and Pods, replica by replica."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from attrs import evolve, frozen

from constructs_dra.errors import Problem, Problems, did_you_mean
from constructs_dra.placement.inventory import Inventory, expand_lists, object_label
from constructs_dra.placement.nodes import requirement_faults
from constructs_dra.placement.requests import ClaimSpec, DeviceRequest, RequestOption, read_claim_spec
from constructs_dra.placement.resources import PodResources, pod_resources
from constructs_dra.placement.shapes import shape_problems
from constructs_dra.placement.volumes import Storage, VolumeNeed, claim_template_needs, volume_needs

__all__ = ["MOST_PODS", "UNKNOWN_CLASS", "PodClaim", "PodTemplate", "Workload", "WorkloadPod", "read_workloads"]

UNKNOWN_CLASS = "unknown-device-class"
"""Rule of the problem that stops a claim, but not the plan: Kubernetes keeps such pods waiting."""


@frozen(kw_only=True)
class PodClaim:
    """A claim of a pod.

    Attributes:
        name: Its name in the pod (`resourceClaims[].name`).
        spec: What it asks for.
        shared: Whether it is a ResourceClaim of its own, which several pods may use; else each pod gets one from a template.
        kind: The object it comes from, e.g. `ResourceClaimTemplate/gaudi`.
    """

    name: str
    spec: ClaimSpec
    shared: bool
    kind: str


@frozen(kw_only=True, eq=False)
class PodTemplate:
    """What is the same in all pods made from one template.

    Attributes:
        spec: The pod spec, as the manifest has it.
        labels: The pods' labels.
        claims: Their claims, in order.
        resources: What each takes of its node.
        key: The same text for templates whose pods need the same.
        volumes: What their volumes ask of nodes.
        controlled: Whether the scheduler spreads the pods by itself: those of ReplicaSets and StatefulSets, not of Jobs, nor pods without an owner.
    """

    spec: Mapping[str, Any]
    labels: Mapping[str, str]
    claims: tuple[PodClaim, ...]
    resources: PodResources
    key: str
    volumes: tuple[VolumeNeed, ...] = ()
    controlled: bool = True


@frozen(kw_only=True, eq=False)
class WorkloadPod:
    """One pod to place.

    Attributes:
        name: A name that tells replica and place in the group: `llama-decode-0`, `llama-decode-0-1`.
        replica: The replica it belongs to, from 0.
        template: What it is made from.
        topology: Label of nodes of which its group has one value for itself; empty for none.
        beside: Name of the leader whose value that is; empty for the leader itself.
    """

    name: str
    replica: int
    template: PodTemplate
    topology: str = ""
    beside: str = ""


@frozen(kw_only=True, eq=False)
class Workload:
    """One object that makes pods.

    Attributes:
        kind: Its kind.
        name: Its name; with the role for one role of a DisaggregatedSet.
        namespace: Its namespace.
        replicas: How many replicas it wants.
        members: Templates of the pods that form one replica: one, or a leader and its workers.
        topology: Label of nodes of which each replica has one value for itself (exclusive topology of a LeaderWorkerSet). Default: none.
        claimed: What the claims made for each replica's pod ask of nodes (`volumeClaimTemplates` of a StatefulSet). Default: nothing.
    """

    kind: str
    name: str
    namespace: str
    replicas: int = 1
    members: tuple[PodTemplate, ...] = ()
    topology: str = ""
    claimed: tuple[tuple[VolumeNeed, ...], ...] = ()

    @property
    def label(self) -> str:
        """`Kind/name`."""
        return f"{self.kind}/{self.name}"

    def pods(self, replica: int) -> Iterator[WorkloadPod]:
        """The pods of one replica, the leader first."""
        first = self.name if self.kind == "Pod" else f"{self.name}-{replica}"
        group = f"{self.namespace}/{first}"
        for number, member in enumerate(self.members):
            template = exclusive(member, group, self.topology, leads=not number) if self.topology else member
            if replica < len(self.claimed) and (needs := self.claimed[replica]):
                key = " ".join([member.key, *(need.claim for need in needs)])
                template = evolve(template, volumes=(*template.volumes, *needs), key=key)
            name = f"{first}-{number}" if number else first
            yield WorkloadPod(name=name, replica=replica, template=template, topology=self.topology, beside=first if number and self.topology else "")


_GROUP_KEY = "leaderworkerset.sigs.k8s.io/group-key"


def exclusive(template: PodTemplate, group: str, topology: str, *, leads: bool) -> PodTemplate:
    """A template as the webhook of LeaderWorkerSets makes it for a group that has a value of a label for itself.

    Args:
        template: The template.
        group: What tells the group from all others.
        topology: The label.
        leads: Whether it is that of the leader, which keeps other groups away; workers follow it.
    """
    key = sha256(group.encode()).hexdigest()[:40]
    labels = {**template.labels, _GROUP_KEY: key}
    spec = template.spec
    if leads:
        own = {"key": _GROUP_KEY, "operator": "In", "values": [key]}
        others = [{"key": _GROUP_KEY, "operator": "Exists"}, {"key": _GROUP_KEY, "operator": "NotIn", "values": [key]}]
        affinity = dict(spec.get("affinity") or {})
        for rule, expressions in (("podAffinity", [own]), ("podAntiAffinity", others)):
            rules = dict(affinity.get(rule) or {})
            term = {"labelSelector": {"matchExpressions": expressions}, "topologyKey": topology}
            rules[_REQUIRED] = [*(rules.get(_REQUIRED) or ()), term]
            affinity[rule] = rules
        spec = {**spec, "affinity": affinity}
    return evolve(template, labels=labels, spec=spec, key=f"{template.key} {key} {leads}")


_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"

MOST_PODS = 100_000
"""Most pods that are placed in one go; a cluster of Kubernetes holds 150,000."""

_PLAIN_KINDS = frozenset({"Deployment", "ReplicaSet", "StatefulSet", "Job", "Pod"})
_READ = _PLAIN_KINDS | {
    "LeaderWorkerSet", "DisaggregatedSet", "ResourceClaim", "ResourceClaimTemplate", "DaemonSet", "CronJob", "PersistentVolumeClaim", "StorageClass",
}  # fmt: skip
_EXCLUSIVE = "leaderworkerset.sigs.k8s.io/exclusive-topology"
_SUBGROUPS = "leaderworkerset.sigs.k8s.io/subgroup-exclusive-topology"
_LEFT_ASIDE = frozenset({"DaemonSet", "CronJob", "ReplicationController"})


def read_workloads(
    manifests: Iterable[Any], inventory: Inventory, *, sources: Sequence[str] = ()
) -> tuple[tuple[Workload, ...], tuple[Problem, ...]]:
    """The workloads of manifests, in order, and what is wrong with them.

    Claims and claim templates are looked up in the manifests, then in the inventory.

    Args:
        manifests: Any objects; those that make no pods only serve references.
        inventory: What the cluster has.
        sources: Where each manifest came from, for messages.
    """
    reader = _Reader(inventory)
    objects: list[Mapping[str, Any]] = []
    for number, document in enumerate(manifests):
        source = sources[number] if number < len(sources) else ""
        for manifest in expand_lists(document):
            if not isinstance(manifest, Mapping):
                if manifest is not None:
                    reader.problems.add("", f"{source or 'the manifests'} hold {type(manifest).__name__} where an object is expected")
            elif isinstance(manifest.get("kind"), str) and manifest["kind"] in _READ:
                if misshapen := shape_problems(manifest, object_label(manifest)):
                    reader.problems.extend(misshapen)
                else:
                    objects.append(manifest)
    for manifest in objects:
        reader.note(manifest)
    workloads = [workload for manifest in objects for workload in reader.workloads(manifest)]
    if not workloads and not reader.problems.errors:
        reader.problems.add("", "nothing to place: no Deployment, StatefulSet, LeaderWorkerSet, ReplicaSet, Job or Pod in the manifests")
    return tuple(workloads), tuple(reader.problems)


class _Reader:
    def __init__(self, inventory: Inventory) -> None:
        self.problems = Problems()
        self.templates: dict[tuple[str, str], ClaimSpec] = {(each.namespace, each.name): each for each in inventory.claim_templates}
        self.claims: dict[tuple[str, str], ClaimSpec] = {
            (claim.spec.namespace or "default", claim.spec.name): claim.spec for claim in inventory.claims
        }
        self.classes = {device_class.name for device_class in inventory.classes}
        self.by_resource = {each.extended_resource_name: each.name for each in inventory.classes if each.extended_resource_name}
        self.volume_claims = dict(inventory.storage.claims)
        self.storage_classes = dict(inventory.storage.classes)
        self.storage = Storage(claims=self.volume_claims, volumes=inventory.storage.volumes, classes=self.storage_classes)
        self.known_resources = {name for node in inventory.nodes for name in node.allocatable or ()}

    def note(self, manifest: Mapping[str, Any]) -> None:
        """Remember what pods refer to."""
        kind, key = manifest.get("kind"), (_namespace(manifest), _name(manifest))
        try:
            if kind == "ResourceClaimTemplate":
                spec = (manifest.get("spec") or {}).get("spec") or {}
                self.templates[key] = read_claim_spec(spec, name=key[1], namespace=key[0])
                self._check_claim(object_label(manifest), self.templates[key])
            elif kind == "PersistentVolumeClaim":
                self.volume_claims.setdefault(f"{key[0]}/{key[1]}", manifest)
            elif kind == "StorageClass":
                self.storage_classes.setdefault(key[1], manifest)
            elif kind == "ResourceClaim":
                self.claims.setdefault(key, read_claim_spec(manifest.get("spec") or {}, name=key[1], namespace=key[0]))
                self._check_claim(object_label(manifest), self.claims[key])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            self.problems.add(object_label(manifest), f"cannot be read: {error}")

    def _check_claim(self, label: str, claim: ClaimSpec) -> None:
        """Whether classes exist, and whether constraints and configuration name requests of the claim."""
        known = {request.name for request in claim.requests}
        known |= {f"{request.name}/{option.name}" for request in claim.requests if request.prioritized for option in request.options}
        users = [(f"constraint {number}", each.requests) for number, each in enumerate(claim.constraints)]
        users += [(f"config {number}", frozenset(each.get("requests") or ())) for number, each in enumerate(claim.config)]
        for user, names in users:
            for name in sorted(names - known):
                self.problems.add(label, f"{user} is for request {name!r}, which the claim does not have", did_you_mean(name, known))
        for request in claim.requests:
            for option in request.options:
                if option.device_class and option.device_class not in self.classes:
                    self.problems.add(
                        label,
                        f"request {request.name!r} asks for class {option.device_class!r}, which nobody defines",
                        did_you_mean(option.device_class, self.classes, fallback=lambda _: "add the DeviceClass to the inventory"),
                        rule=UNKNOWN_CLASS,
                    )

    def workloads(self, manifest: Mapping[str, Any]) -> Iterator[Workload]:
        """The workloads of one object; none for an object that makes no pods or cannot be read."""
        kind = str(manifest.get("kind") or "")
        label = object_label(manifest)
        try:
            if kind in _PLAIN_KINDS:
                yield self._plain(manifest, kind, label)
            elif kind == "LeaderWorkerSet":
                notes = (manifest.get("metadata") or {}).get("annotations") or {}
                self._note_exclusive(label, [_SUBGROUPS] if _SUBGROUPS in notes else [])
                empty = Workload(kind=kind, name=_name(manifest), namespace=_namespace(manifest), topology=str(notes.get(_EXCLUSIVE) or ""))
                yield self._group(manifest.get("spec") or {}, empty, label)
            elif kind == "DisaggregatedSet":
                spec = manifest.get("spec") or {}
                policy = (spec.get("placementPolicy") or {}).get("type") or "None"
                self._note_exclusive(label, [f"placementPolicy {policy}"] if policy != "None" else [])
                for role in spec.get("roles") or ():
                    empty = Workload(kind=kind, name=f"{_name(manifest)}-{role.get('name')}", namespace=_namespace(manifest))
                    group = self._group(role.get("spec") or {}, empty, label)
                    yield evolve(group, replicas=group.replicas * _count(spec.get("slices")))
            elif kind in _LEFT_ASIDE:
                self.problems.add(label, "is not placed: plan does not know how many pods it makes", severity="warning")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            self.problems.add(label, f"cannot be read: {error}")

    def _note_exclusive(self, label: str, wishes: list[str]) -> None:
        if wishes:
            self.problems.add(label, f"wants {', '.join(wishes)}: that kind of exclusive placement is not looked at", severity="warning")

    def _plain(self, manifest: Mapping[str, Any], kind: str, label: str) -> Workload:
        spec = manifest.get("spec") or {}
        if kind == "Pod":
            template: Mapping[str, Any] = {"metadata": manifest.get("metadata") or {}, "spec": spec}
            replicas = 1
        else:
            template = spec.get("template") or {}
            replicas = _parallel(spec) if kind == "Job" else _count(spec.get("replicas"))
        namespace, name = _namespace(manifest), _name(manifest)
        if kind == "Job" and spec.get("suspend"):
            replicas = 0
            self.problems.add(label, "is suspended: it makes no pods, and nothing is placed for it", severity="warning")
        member = self._template(template, namespace, f"{label}: spec" if kind == "Pod" else f"{label}: spec.template.spec")
        if kind in {"Job", "Pod"}:
            member = evolve(member, controlled=False)
        elif kind == "Deployment":
            # how the ReplicaSet of this template will be named is not known, but no other pods have its name
            member = evolve(member, labels={**member.labels, "pod-template-hash": sha256(member.key.encode()).hexdigest()[:10]})
        claimed: tuple[tuple[VolumeNeed, ...], ...] = ()
        if kind == "StatefulSet" and (templates := spec.get("volumeClaimTemplates")) and replicas <= MOST_PODS:
            first = int((spec.get("ordinals") or {}).get("start") or 0)
            pods = (f"{name}-{first + replica}" for replica in range(replicas))
            claimed = tuple(tuple(claim_template_needs(templates, namespace, pod, self.storage)) for pod in pods)
        return Workload(kind=kind, name=name, namespace=namespace, replicas=replicas, members=(member,), claimed=claimed)

    def _group(self, spec: Mapping[str, Any], empty: Workload, label: str) -> Workload:
        group = spec.get("leaderWorkerTemplate") or {}
        where = f"{label}: leaderWorkerTemplate"
        worker = self._template(group.get("workerTemplate") or {}, empty.namespace, f"{where}.workerTemplate.spec")
        leader = worker
        if group.get("leaderTemplate"):
            leader = self._template(group["leaderTemplate"], empty.namespace, f"{where}.leaderTemplate.spec")
        if (size := _count(group.get("size"))) > MOST_PODS:
            raise ValueError(f"a group of {size:,} pods is too large: at most {MOST_PODS:,} are placed")
        members = (leader, *[worker] * (size - 1))
        return evolve(empty, replicas=_count(spec.get("replicas")), members=members)

    def _template(self, template: Mapping[str, Any], namespace: str, where: str) -> PodTemplate:
        spec = template.get("spec") or {}
        claims = tuple(
            claim
            for number, entry in enumerate(spec.get("resourceClaims") or ())
            if (claim := self._claim(entry, namespace, f"{where}.resourceClaims[{number}]")) is not None
        )
        extended = self._extended(spec, namespace)
        resources = pod_resources(spec)
        if extended is not None:
            claims = (*claims, extended[0])
            resources = PodResources(
                requests={name: amount for name, amount in resources.requests.items() if name not in extended[1]},
                scored_cpu=resources.scored_cpu,
                scored_memory=resources.scored_memory,
            )
        labels = {key: str(value) for key, value in ((template.get("metadata") or {}).get("labels") or {}).items()}
        self._check_used_claims(spec, {claim.name: claim.spec for claim in claims}, where)
        for part in ("affinity", "topologySpreadConstraints"):
            for fault in requirement_faults(spec.get(part)):
                self.problems.add(f"{where}.{part}", fault, "the operators are In, NotIn, Exists, DoesNotExist, and for nodes Gt and Lt")
        key = json.dumps([namespace, labels, spec, [repr(claim.spec) for claim in claims]], sort_keys=True, default=str)
        volumes = tuple(volume_needs(spec, namespace, self.storage))
        return PodTemplate(spec=spec, labels=labels, claims=claims, resources=resources, key=key, volumes=volumes)

    def _claim(self, entry: Mapping[str, Any], namespace: str, where: str) -> PodClaim | None:
        name = str(entry.get("name") or "")
        wanted, template = entry.get("resourceClaimName"), entry.get("resourceClaimTemplateName")
        if bool(wanted) == bool(template):
            said = "names both a claim and a template" if wanted else "names no claim"
            self.problems.add(where, said, "give exactly one of resourceClaimName and resourceClaimTemplateName")
            return None
        if template:
            found = self.templates.get((namespace, template))
            if found is None:
                self._unknown("ResourceClaimTemplate", template, namespace, self.templates, where)
                return None
            return PodClaim(name=name, spec=evolve(found, name=name), shared=False, kind=f"ResourceClaimTemplate/{template}")
        claim = self.claims.get((namespace, str(wanted)))
        if claim is None:
            self._unknown("ResourceClaim", str(wanted), namespace, self.claims, where)
            return None
        return PodClaim(name=name, spec=claim, shared=True, kind=f"ResourceClaim/{wanted}")

    def _unknown(self, kind: str, name: str, namespace: str, known: Mapping[tuple[str, str], Any], where: str) -> None:
        elsewhere = [other for other, found in known if found == name]
        if elsewhere:
            hint = f"there is one in namespace {elsewhere[0]!r}; claims are found in the pod's own namespace only"
        else:
            hint = did_you_mean(name, [found for other, found in known if other == namespace], fallback=lambda _: f"add the {kind} to the manifests")
        self.problems.add(where, f"names {kind} {name!r}, which does not exist in namespace {namespace!r}", hint)

    def _check_used_claims(self, spec: Mapping[str, Any], claims: Mapping[str, ClaimSpec], where: str) -> None:
        names = [str(entry.get("name")) for entry in spec.get("resourceClaims") or ()]
        for part in ("initContainers", "containers"):
            for number, container in enumerate(spec.get(part) or ()):
                for position, used in enumerate((container.get("resources") or {}).get("claims") or ()):
                    place = f"{where}.{part}[{number}].resources.claims[{position}]"
                    name, request = used.get("name"), used.get("request")
                    if name not in names:
                        self.problems.add(place, f"uses claim {name!r}, which the pod does not have", did_you_mean(name, names))
                    elif request and name in claims and request not in (known := [each.name for each in claims[name].requests]):
                        shown = f"uses request {request!r}, which claim {name!r} does not have"
                        self.problems.add(f"{place}.request", shown, did_you_mean(request, known))

    def _extended(self, spec: Mapping[str, Any], namespace: str) -> tuple[PodClaim, frozenset[str]] | None:
        """The claim behind resources that a device class provides (`extendedResourceName`), where no node has them as a plain resource."""
        requests: list[DeviceRequest] = []
        names: set[str] = set()
        for part in ("initContainers", "containers"):
            for number, container in enumerate(spec.get(part) or ()):
                limits = (container.get("resources") or {}).get("limits") or {}
                for position, (resource, amount) in enumerate(sorted(limits.items())):
                    implicit = resource.removeprefix("deviceclass.resource.kubernetes.io/")
                    device_class = self.by_resource.get(resource) or (implicit if implicit in self.classes and implicit != resource else None)
                    if device_class is None or resource in self.known_resources:
                        continue
                    names.add(resource)
                    name = f"{'init-' if part == 'initContainers' else ''}container-{number}-request-{position}"
                    requests.append(
                        DeviceRequest(
                            name=name, prioritized=False, options=(RequestOption(name=name, device_class=device_class, count=int(str(amount))),)
                        )
                    )
        if not requests:
            return None
        claim = ClaimSpec(name="extended-resources", namespace=namespace, requests=tuple(requests))
        return PodClaim(name="extended-resources", spec=claim, shared=False, kind="extended resources"), frozenset(names)


def _namespace(manifest: Mapping[str, Any]) -> str:
    return str((manifest.get("metadata") or {}).get("namespace") or "default")


def _name(manifest: Mapping[str, Any]) -> str:
    return str((manifest.get("metadata") or {}).get("name") or "")


def _count(value: Any) -> int:
    number = 1 if value is None else int(value)
    if number < 0:
        raise ValueError(f"{number} replicas: the number must not be negative")
    return number


def _parallel(spec: Mapping[str, Any]) -> int:
    parallelism = _count(spec.get("parallelism"))
    completions = spec.get("completions")
    return parallelism if completions is None else min(parallelism, int(completions))
