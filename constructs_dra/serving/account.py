"""The service account that a model service's pods run as."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from attrs import field, frozen

from constructs_dra.lexical.names import dns_subdomain_problem
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.sequence import SequenceNotStr
from constructs_dra.serving.part import Part, ServiceView

__all__ = ["ServiceAccount"]


@frozen(kw_only=True, eq=False, repr=False)
class ServiceAccount(Part):
    """The service account of the pods.

    Attributes:
        name: Its name. Default: the service's.
        create: Whether it is made here; `False` names one that exists. Default yes.
        labels: Labels. Default: none beside the usual.
        annotations: Annotations, e.g. for workload identity. Default: none.
        automount_token: Whether pods get its API token. Default: Kubernetes' own (yes).
        image_pull_secrets: Secrets for pulling images. Default: none.
    """

    BEFORE_WORKLOADS: ClassVar = True

    name: str | None = field(default=None, metadata=valid.dns_subdomain())
    create: bool = field(default=True, metadata=valid.boolean())
    labels: Mapping[str, str] = field(factory=dict, metadata=valid.labels())
    annotations: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))
    automount_token: bool | None = field(default=None, metadata=valid.boolean())
    image_pull_secrets: SequenceNotStr[str] = field(default=(), metadata=valid.texts(dns_subdomain_problem))

    def manifests(self, service: ServiceView) -> Iterator[Manifest]:
        """The account, unless it exists."""
        if not self.create:
            return
        made: Manifest = {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": service.metadata(service.account_name, labels=self.labels, annotations=self.annotations),
        }
        if self.automount_token is not None:
            made["automountServiceAccountToken"] = self.automount_token
        if self.image_pull_secrets:
            made["imagePullSecrets"] = [{"name": name} for name in self.image_pull_secrets]
        yield made
