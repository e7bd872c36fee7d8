"""A model service with everything worked out once: names, labels, ports, claims and finished pod templates, for manifests and checks alike."""

# ruff: noqa: D102 - what parts ask is said once, in the protocols of `part`

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

from attrs import evolve, field, frozen

from constructs_dra.manifest import Manifest
from constructs_dra.serving import spoken
from constructs_dra.serving.accelerator import Accelerator
from constructs_dra.serving.claims import role_claim
from constructs_dra.serving.conventions import Conventions
from constructs_dra.serving.model import ModelArtifacts
from constructs_dra.serving.own_conventions import OwnConventions
from constructs_dra.serving.parallelism import Parallelism
from constructs_dra.serving.part import PodView, RolePart, Workload, metadata
from constructs_dra.serving.release_conventions import ReleaseConventions
from constructs_dra.serving.role import Role
from constructs_dra.serving.spec import ServiceSpec
from constructs_dra.serving.used_claim import UsedClaim, device_classes

__all__ = ["RoleContext", "ServiceContext", "conventions_of", "role_contexts"]

P = TypeVar("P")

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def conventions_of(spec: ServiceSpec) -> Conventions:
    """The conventions a service follows."""
    return ReleaseConventions(spec, spec.release) if spec.release is not None else OwnConventions(spec)


@frozen(kw_only=True, eq=False, repr=False)
class ServiceContext:
    """A service as its parts see it (`constructs_dra.serving.part.ServiceView`).

    Attributes:
        spec: The service as its author wrote it.
        conventions: Its conventions.
        roles: Its roles by name.
    """

    spec: ServiceSpec
    conventions: Conventions
    roles: "dict[str, RoleContext]" = field(factory=dict)

    @property
    def name(self) -> str:
        return self.conventions.name()

    @property
    def namespace(self) -> str | None:
        return self.spec.namespace

    @property
    def model(self) -> ModelArtifacts:
        return self.spec.model

    @property
    def service_port(self) -> int:
        return self.spec.service_port

    @property
    def account_name(self) -> str:
        account = self.spec.service_account
        return (account and account.name) or self.conventions.name()

    @property
    def selector(self) -> dict[str, str]:
        return self.conventions.selector()

    @property
    def callers(self) -> list[Manifest]:
        return [peer for _, part in self.spec.standing() for peer in part.own_callers()]

    def part(self, kind: type[P]) -> P | None:
        standing = (part for _, part in self.spec.standing())
        of_roles = (part for role in self.roles.values() for _, part in role.role.standing())
        return next((part for parts in (standing, of_roles) for part in parts if isinstance(part, kind)), None)

    def metadata(
        self, name: str = "", *, kind: str = "", labels: Mapping[str, str] = _NOTHING, annotations: Mapping[str, str] = _NOTHING
    ) -> Manifest:
        own = {**self.conventions.labels(kind=kind), **labels}
        return metadata(name or self.conventions.name(), own, {**self.spec.annotations, **annotations}, self.spec.namespace)


@frozen(kw_only=True, eq=False, repr=False)
class RoleContext:
    """A role as its parts, builders and checks see it (`constructs_dra.serving.part.RoleView`).

    Attributes:
        service: The service with everything worked out.
        name: The role's name.
        role: The role as its author wrote it.
        port: Port the model server listens on.
        is_proxied: Whether a sidecar takes the requests before its model servers.
        claims: The role's claims with the names they have inside the pod.
        pods: Its finished pod templates.
        headless: Whether this is about workers that serve no requests, as their tensor group has its API server in the leader.
    """

    service: ServiceContext
    name: str
    role: Role
    port: int
    is_proxied: bool
    claims: tuple[UsedClaim, ...]
    pods: list[PodView] = field(factory=list)
    headless: bool = False

    @property
    def spec(self) -> ServiceSpec:
        """The service as its author wrote it."""
        return self.service.spec

    @property
    def conventions(self) -> Conventions:
        """The service's conventions."""
        return self.service.conventions

    @property
    def pod(self) -> Role:
        return self.role

    @property
    def parallelism(self) -> Parallelism:
        return self.role.parallelism

    @property
    def replicas(self) -> int:
        return self.role.replicas

    @property
    def pod_count(self) -> int:
        return self.replicas * self.role.group_size * self.workload.times

    @property
    def is_scaled(self) -> bool:
        return self.role.autoscaling or any(part.SCALES for _, part in self.role.standing())

    @property
    def is_multinode(self) -> bool:
        role = self.role
        return role.is_multinode if self.conventions.workers_make_group else role.multinode is not None

    @property
    def is_requested(self) -> bool:
        return self.workload.kind == "ReplicaSet"

    @property
    def workload(self) -> Workload:
        for _, part in self.spec.standing():
            if (other := part.runs_as(self)) is not None:
                return other
        if self.is_multinode:
            return Workload(api_version="leaderworkerset.x-k8s.io/v1", kind="LeaderWorkerSet", name=self.workload_name)
        return Workload(api_version="apps/v1", kind="Deployment", name=self.workload_name)

    @property
    def selector(self) -> dict[str, str]:
        return self.conventions.selector(self.name)

    @property
    def pod_labels(self) -> dict[str, str]:
        return {**self.conventions.pod_labels(self.name), **self.role.pod_labels}

    @property
    def serving_port(self) -> int:
        return self.spec.service_port

    @property
    def has_devices(self) -> bool:
        accelerator = self.accelerator
        return any(used.claim.spec.computes for used in self.claims) or (accelerator is not None and accelerator.resource is not None)

    @property
    def device_names(self) -> frozenset[str]:
        accelerator = self.accelerator
        plugin = {accelerator.resource} if accelerator is not None and accelerator.resource is not None else set()
        return frozenset(plugin.union(*(device_classes(used.claim.spec) for used in self.claims)))

    @property
    def accelerator(self) -> Accelerator | None:
        return self.role.accelerator_record

    @property
    def claim_specs(self) -> tuple[Any, ...]:
        return tuple(used.claim.spec for used in self.claims)

    @property
    def workload_name(self) -> str:
        return self.conventions.workload_name(self.name)

    def part(self, kind: type[P]) -> P | None:
        return next((part for _, part in self.role.standing() if isinstance(part, kind)), None)

    def metadata(
        self, name: str = "", *, kind: str = "", labels: Mapping[str, str] = _NOTHING, annotations: Mapping[str, str] = _NOTHING
    ) -> Manifest:
        own = {**self.conventions.labels(self.name, kind=kind), **labels}
        return metadata(name or self.conventions.object_name(self.name, kind), own, {**self.spec.annotations, **annotations}, self.spec.namespace)

    def standing(self) -> Iterator[tuple[str, RolePart]]:
        """Every part of the role and where it is, seen from the service."""
        for path, part in self.role.standing():
            yield f"{self.name}.{path}", part

    def as_headless(self) -> "RoleContext":
        """The same for workers that serve no requests."""
        return evolve(self, headless=True)


def role_contexts(spec: ServiceSpec) -> ServiceContext:
    """A service with its names, ports and claims worked out; the pod templates are yet to come."""
    conventions = conventions_of(spec)
    service = ServiceContext(spec=spec, conventions=conventions)
    for name, role in spec.roles.items():
        claims = []
        for item in role.claims:
            claim = role_claim(item)
            for _, part in spec.standing():
                adjusted = part.adjust_claim(name, role.parallelism, claim.spec)
                if adjusted is not claim.spec:
                    claim = evolve(claim, spec=adjusted)
            object_name = claim.object_name or claim.existing_name or conventions.claim_object_name(name, claim)
            claims.append(UsedClaim(claim=claim, name=conventions.pod_claim_name(name, claim), object_name=object_name))
        behind = next((port for _, part in spec.standing() if (port := part.port_behind(name)) is not None), None)
        if conventions.written_here:
            role = spoken.believed(role)  # noqa: PLW2901 - what the arguments say counts as if the role said it
        port = spec.service_port if behind is None else behind
        service.roles[name] = RoleContext(service=service, name=name, role=role, port=port, is_proxied=behind is not None, claims=tuple(claims))
    return service
