"""What a model service is described with; what follows from it is made in `constructs_dra.serving.service`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, TypedDict

from attrs import field, frozen

from constructs_dra.errors import Problems
from constructs_dra.records import valid
from constructs_dra.records.record import Fragment, Record
from constructs_dra.serving import fragments
from constructs_dra.serving.account import ServiceAccount
from constructs_dra.serving.model import ModelArtifacts
from constructs_dra.serving.part import Part
from constructs_dra.serving.production.production import Production
from constructs_dra.serving.proxy import RoutingProxy
from constructs_dra.serving.release import HelmRelease
from constructs_dra.serving.requester import Requester
from constructs_dra.serving.role import Role
from constructs_dra.serving.tracing import Tracing

__all__ = ["NewServiceFields", "ServiceFields", "ServiceSpec"]

_PROXY = RoutingProxy()
"""What a service with several roles gets when it says nothing about the routing proxy."""

_PRODUCTION = Production()
"""What a service that says nothing about it gets."""

_ACCOUNT = ServiceAccount()
"""The account of a service that says nothing about it."""


def _check_parts(value: object, path: str, problems: Problems) -> None:
    valid.instances(Part)["check"](value, path, problems)
    for index, part in enumerate(value if isinstance(value, Sequence) else ()):
        if isinstance(part, Part) and part.FIELD:
            problems.add(f"{path}[{index}]", f"{type(part).__name__} has a field of its own", f"write {part.FIELD}={type(part).__name__}(…)")


class _Resolved(Record):
    """Keeps what the checks of a service worked out for the manifests that follow; no field, so no part of its value."""

    __slots__ = ("_resolved", "_warnings")


@frozen(eq=False, repr=False)
class ServiceSpec(_Resolved):
    """The fields of a model service; they are documented at `ModelService`."""

    ALIKE: ClassVar = False

    CROSS_CHECKED: ClassVar = frozenset(
        {"model", "decode", "prefill", "encode", "service_port", "proxy", "production", "parts", "identity", "release", "accept"}
    )

    name: str = field(metadata=valid.dns_subdomain())
    model: ModelArtifacts = field(kw_only=True, metadata=valid.instance(ModelArtifacts))
    decode: Role | None = field(default=None, kw_only=True, metadata=valid.instance(Role))
    prefill: Role | None = field(default=None, kw_only=True, metadata=valid.instance(Role))
    encode: Role | None = field(default=None, kw_only=True, metadata=valid.instance(Role))
    namespace: str | None = field(default=None, kw_only=True, metadata=valid.dns_subdomain())
    service_port: int = field(default=8000, kw_only=True, metadata=valid.port())
    proxy: RoutingProxy | None = field(default=None, kw_only=True, metadata=valid.instance(RoutingProxy))
    tracing: Tracing | None = field(default=None, kw_only=True, metadata=valid.instance(Tracing))
    service_account: ServiceAccount | None = field(default=None, kw_only=True, metadata=valid.instance(ServiceAccount))
    requester: Requester | None = field(default=None, kw_only=True, metadata=valid.instance(Requester))
    production: Production | None = field(default=None, kw_only=True, metadata=valid.instance(Production))
    parts: Sequence[Part] = field(default=(), kw_only=True, metadata=valid.custom(_check_parts))
    identity: Mapping[str, str] = field(factory=dict, kw_only=True, metadata=valid.labels())
    labels: Mapping[str, str] = field(factory=dict, kw_only=True, metadata=valid.labels())
    annotations: Mapping[str, str] = field(factory=dict, kw_only=True, metadata=valid.labels(annotations=True))
    extra_objects: Sequence[Fragment] = field(default=(), kw_only=True, metadata=fragments.objects())
    release: HelmRelease | None = field(default=None, kw_only=True, metadata=valid.instance(HelmRelease))
    accept: Mapping[str, str] = field(factory=dict, kw_only=True, metadata=valid.labels(annotations=True))

    @property
    def roles(self) -> Mapping[str, Role]:
        """The roles there are, by name, in the order of their objects."""
        return {name: role for name, role in (("decode", self.decode), ("prefill", self.prefill), ("encode", self.encode)) if role is not None}

    @property
    def routing_proxy(self) -> RoutingProxy | None:
        """The routing proxy that decode pods get, if any."""
        if self.proxy is not None:
            return self.proxy if self.proxy.enabled else None
        return _PROXY if self.prefill is not None or self.encode is not None else None

    @property
    def production_parts(self) -> Production | None:
        """What makes the pods fit for production; pods that are taken over from a release stay what they are."""
        return _PRODUCTION if self.production is None and self.release is None else self.production

    def standing(self) -> Iterator[tuple[str, Part]]:
        """Every part of the service and where it is: those with a field of their own, then those of `parts`.

        The first two come before production, which builds on what they do to pods and workloads.
        """
        if (proxy := self.routing_proxy) is not None:
            yield "proxy", proxy
        if self.requester is not None:
            yield "requester", self.requester
        if (production := self.production_parts) is not None:
            for name, part in production.parts():
                yield f"production.{name}", part
        yield "service_account", self.service_account or _ACCOUNT
        if self.tracing is not None:
            yield "tracing", self.tracing
        for index, part in enumerate(self.parts):
            yield f"parts[{index}]", part


class _OtherFields(TypedDict, total=False):
    name: str
    decode: Role | None
    prefill: Role | None
    encode: Role | None
    namespace: str | None
    service_port: int
    proxy: RoutingProxy | None
    tracing: Tracing | None
    service_account: ServiceAccount | None
    requester: Requester | None
    production: Production | None
    parts: Sequence[Part]
    identity: Mapping[str, str]
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    extra_objects: Sequence[Fragment]
    release: HelmRelease | None
    accept: Mapping[str, str]


class ServiceFields(_OtherFields, total=False):
    """Fields of a model service by name, none of them required; see `ModelService`."""

    model: ModelArtifacts


class NewServiceFields(_OtherFields):
    """Fields of a model service that is described from nothing."""

    model: ModelArtifacts
