"""A model service: one model, the roles that serve it, and what stands around them."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from attrs import field, frozen

from constructs_dra.errors import Problem, Problems
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.record import Fragment, Record
from constructs_dra.serving import fragments
from constructs_dra.serving.account import ServiceAccount
from constructs_dra.serving.model import ModelArtifacts
from constructs_dra.serving.proxy import RoutingProxy
from constructs_dra.serving.release import HelmRelease
from constructs_dra.serving.requester import Requester
from constructs_dra.serving.role import Role
from constructs_dra.serving.tracing import Tracing

__all__ = ["ModelService"]

_PROXY = RoutingProxy()
"""What a service with several roles gets when it says nothing about the routing proxy."""


@frozen(eq=False, repr=False)
class ModelService(Record):
    """One model and the roles that serve it.

    Making one checks it as a whole: devices against parallelism, ports against each other, mounts against volumes, and so on; see
    `constructs_dra.serving.checks`. A finding that is right in your case is overruled with `accept`, at the service, the role or the container.

    Attributes:
        name: Its name; objects are called `<name>-<role>`.
        model: The model.
        decode: The role that answers requests; without a prefill role it does all the work. Default: none.
        prefill: The role that reads prompts. Default: none.
        encode: The role that reads images and sound. Default: none.
        namespace: Namespace of the objects. Default: none written, so the one they are applied to.
        service_port: Port that clients of a pod use. Default 8000.
        proxy: The routing proxy of the decode role. Default: one with default settings where there is a prefill or encode role, else none.
        tracing: OpenTelemetry tracing. Default: none.
        service_account: The account the pods run as. Default: one named like the service.
        requester: Dual-pod requesters in place of decode pods. Default: none.
        labels: Labels of all objects (not of pods: see `ModelArtifacts.labels` and `Role.pod_labels`). Default: none beside the usual.
        annotations: Annotations of all objects. Default: none.
        extra_objects: Further Kubernetes objects that belong to the service, as written. Default: none.
        release: The Helm release whose objects are taken over. Default: none; names and labels are this library's.
        accept: Check rules to overrule everywhere in the service, each with the reason. Default: none.
    """

    CROSS_CHECKED: ClassVar = frozenset({"model", "decode", "prefill", "encode", "service_port", "proxy", "release", "accept"})

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

    def manifests(self) -> list[Manifest]:
        """The Kubernetes objects: what others refer to first, then the workloads; new dicts on every call."""
        from constructs_dra.serving.manifests import service_manifests  # noqa: PLC0415 - the objects know the record, which only calls them

        return service_manifests(self)

    def check(self) -> list[Problem]:
        """Every finding about the service, warnings and overruled ones included."""
        from constructs_dra.serving.checks import service_problems  # noqa: PLC0415 - as above

        return service_problems(self)

    def cross_check(self, problems: Problems) -> None:
        """The service as a whole is right; see `constructs_dra.serving.checks`."""
        problems.extend(self.check())
