"""The service account that a model service's pods run as."""

from collections.abc import Mapping

from attrs import field, frozen

from constructs_dra.lexical.names import dns_subdomain_problem
from constructs_dra.records import valid
from constructs_dra.records.record import Record
from constructs_dra.records.sequence import SequenceNotStr

__all__ = ["ServiceAccount"]


@frozen(kw_only=True, eq=False, repr=False)
class ServiceAccount(Record):
    """The service account of the pods.

    Attributes:
        name: Its name. Default: the service's.
        create: Whether it is made here; `False` names one that exists. Default yes.
        labels: Labels. Default: none beside the usual.
        annotations: Annotations, e.g. for workload identity. Default: none.
        automount_token: Whether pods get its API token. Default: Kubernetes' own (yes).
        image_pull_secrets: Secrets for pulling images. Default: none.
    """

    name: str | None = field(default=None, metadata=valid.dns_subdomain())
    create: bool = field(default=True, metadata=valid.boolean())
    labels: Mapping[str, str] = field(factory=dict, metadata=valid.labels())
    annotations: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))
    automount_token: bool | None = field(default=None, metadata=valid.boolean())
    image_pull_secrets: SequenceNotStr[str] = field(default=(), metadata=valid.texts(dns_subdomain_problem))
