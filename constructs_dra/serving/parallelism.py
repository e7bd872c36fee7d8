"""How one model is spread over devices and pods."""

from attrs import field, frozen

from constructs_dra.records import valid
from constructs_dra.records.record import Record

__all__ = ["Parallelism"]


@frozen(kw_only=True, eq=False, repr=False)
class Parallelism(Record):
    """How one model is spread over devices, nodes and pods.

    A model copy takes `tensor` times `pipeline` devices. With `nodes` above 1 they are spread over that many pods, which a LeaderWorkerSet makes as
    one group: `Parallelism(tensor=16, nodes=2)` is two pods of eight devices, and the server's flags follow.

    Several copies in one replica are data parallelism. What is left out follows from what is given, by the rules of chart llm-d-modelservice:
    `data` is `data_local` times `workers`, `data_local` is `data` by `workers`, `workers` is `data` by `data_local`; whatever stays open is 1.

    Attributes:
        tensor: Devices that share every layer (vLLM `--tensor-parallel-size`). Default 1.
        pipeline: Stages the layers are divided into, each on `tensor` devices (vLLM `--pipeline-parallel-size`). Default 1.
        nodes: Nodes, and so pods, that one model copy is spread over (vLLM `--nnodes`). Default 1.
        data: Model copies in one replica (vLLM `--data-parallel-size`). Default: derived.
        data_local: Model copies inside one pod (vLLM `--data-parallel-size-local`). Default: derived.
        workers: Pods that the copies of one replica are spread over; more than one needs a LeaderWorkerSet. Default: derived.
    """

    tensor: int = field(default=1, metadata=valid.integer(1))
    pipeline: int = field(default=1, metadata=valid.integer(1))
    nodes: int = field(default=1, metadata=valid.integer(1))
    data: int | None = field(default=None, metadata=valid.integer(1))
    data_local: int | None = field(default=None, metadata=valid.integer(1))
    workers: int | None = field(default=None, metadata=valid.integer(1))

    @property
    def data_parallel_size(self) -> int:
        """Model copies in one replica."""
        if self.data is not None:
            return self.data
        return (self.data_local or 1) * (self.workers or 1) if self.data_local is not None else 1

    @property
    def data_parallel_size_local(self) -> int:
        """Model copies inside one pod; rounded down where `data` does not divide, which the checks report."""
        if self.data_local is not None:
            return self.data_local
        if self.data is None:
            return 1
        return max(self.data // (self.workers or 1), 1)

    @property
    def devices_per_copy(self) -> int:
        """Devices of one model copy."""
        return self.tensor * self.pipeline

    @property
    def pods_per_replica(self) -> int:
        """Pods that form one replica: the size of its LeaderWorkerSet group."""
        if self.workers is not None and self.nodes == 1:
            return self.workers
        groups = max(self.data // self.data_local, 1) if self.data is not None and self.data_local is not None else 1
        return groups * self.nodes

    @property
    def spreads_copies(self) -> bool:
        """Whether the model copies of one replica are in several pods."""
        return self.data_parallel_size > self.data_parallel_size_local

    @property
    def devices_per_pod(self) -> int:
        """Devices each pod must be given: every local copy needs its own (part of a) group of devices."""
        return max(self.devices_per_copy * self.data_parallel_size_local // self.nodes, 1)

    @property
    def per_pod_words(self) -> str:
        """Where that number comes from, for messages."""
        pipeline = f", pipeline {self.pipeline}" if self.pipeline > 1 else ""
        nodes = f", nodes {self.nodes}" if self.nodes > 1 else ""
        return f"tensor {self.tensor}{pipeline}{nodes}, data_local {self.data_parallel_size_local}"
