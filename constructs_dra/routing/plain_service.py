"""A plain Kubernetes Service over the pods of a model service, for those who want no gateway and no picker."""

from collections.abc import Iterator, Mapping

from attrs import field, frozen

from constructs_dra.errors import Problem
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.serving.part import Part, ServiceView

__all__ = ["PlainService"]


@frozen(kw_only=True, eq=False, repr=False)
class PlainService(Part):
    """A Service that spreads requests evenly over the pods of the role that answers them.

    Attributes:
        port: Its port. Default: the service's own.
        type: How it can be reached. Default `ClusterIP`.
        annotations: Its annotations. Default: none.
        name: Its name. Default: the service's.
    """

    port: int | None = field(default=None, metadata=valid.optional(valid.port()))
    type: str = field(default="ClusterIP", metadata=valid.choice("ClusterIP", "LoadBalancer", "NodePort"))
    annotations: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))
    name: str | None = field(default=None, metadata=valid.optional(valid.dns_label()))

    def manifests(self, service: ServiceView) -> Iterator[Manifest]:
        """The Service."""
        role = next(iter(service.roles.values()), None)
        if role is None:
            return
        port = {"name": "http", "port": self.port or service.service_port, "targetPort": role.serving_port, "protocol": "TCP"}
        spec = {"type": self.type, "selector": dict(role.selector), "ports": [port]}
        metadata = service.metadata(self.name or "", kind="Service", annotations=self.annotations)
        yield {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}

    def problems(self, service: ServiceView) -> Iterator[Problem]:
        """There are pods to send requests to."""
        if not service.roles:
            yield Problem("", "leads to no pods: the service has no role", "add decode=Role(…)", rule="pool-port")
