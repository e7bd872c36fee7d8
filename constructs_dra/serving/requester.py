"""The dual-pod requester: a small pod that holds the devices while a server-providing pod, patched in its place, runs the model."""

from attrs import field, frozen

from constructs_dra.records import valid
from constructs_dra.records.record import Fragment, Record
from constructs_dra.serving import fragments
from constructs_dra.serving.amounts import Resources

__all__ = ["Requester"]


@frozen(kw_only=True, eq=False, repr=False)
class Requester(Record):
    """Dual-pod serving (llm-d fast model actuation): decode becomes a ReplicaSet of requesters that carry the server as a patch.

    Attributes:
        image: Image of the requester.
        admin_port: Port of its administration interface (annotation `dual-pod.llm-d.ai/admin-port`). Default 8081.
        probes_port: Port of its probes. Default 8080.
        spi_port: Port of its interface towards the server. Default 8081.
        initial_delay_seconds: Seconds before its first readiness probe. Default 2.
        period_seconds: Seconds between readiness probes. Default 5.
        resources: What the requester asks for beside the devices of its role, in Kubernetes' spelling; with a running release the devices too.
            Default: none.
    """

    image: str = field(metadata=valid.text())
    admin_port: int = field(default=8081, metadata=valid.port())
    probes_port: int = field(default=8080, metadata=valid.port())
    spi_port: int = field(default=8081, metadata=valid.port())
    initial_delay_seconds: int = field(default=2, metadata=valid.integer())
    period_seconds: int = field(default=5, metadata=valid.integer(1))
    resources: Resources | Fragment = field(factory=dict, metadata=fragments.resources())
