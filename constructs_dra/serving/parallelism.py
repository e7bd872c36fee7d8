"""How one model is spread over devices and pods."""

from attrs import field, frozen

from constructs_dra.records import valid
from constructs_dra.records.record import Record

__all__ = ["Parallelism"]


@frozen(kw_only=True, eq=False, repr=False)
class Parallelism(Record):
    """How one model is spread over devices and pods.

    What is left out follows from what is given, by the rules of chart llm-d-modelservice: `data` is `data_local` times `workers`, `data_local` is
    `data` by `workers`, `workers` is `data` by `data_local`; whatever stays open is 1.

    Attributes:
        tensor: Devices that share every layer (vLLM `--tensor-parallel-size`). Default 1.
        data: Model copies in one replica (vLLM `--data-parallel-size`). Default: derived.
        data_local: Model copies inside one pod (vLLM `--data-parallel-size-local`). Default: derived.
        workers: Pods that form one replica; more than one needs a LeaderWorkerSet. Default: derived.
        tensor_local: Devices of one tensor group that are inside one pod; smaller than `tensor` where a group spans pods. Default: all of them.
    """

    tensor: int = field(default=1, metadata=valid.integer(1))
    data: int | None = field(default=None, metadata=valid.integer(1))
    data_local: int | None = field(default=None, metadata=valid.integer(1))
    workers: int | None = field(default=None, metadata=valid.integer(1))
    tensor_local: int | None = field(default=None, metadata=valid.integer(1))

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
    def pods_per_tensor_group(self) -> int:
        """Pods that one tensor group spans; 1 unless `tensor_local` says otherwise."""
        return max(self.tensor // self.tensor_local, 1) if self.tensor_local is not None else 1

    @property
    def pods_per_replica(self) -> int:
        """Pods that form one replica: the size of its LeaderWorkerSet group."""
        if self.workers is not None:
            return self.workers
        groups = max(self.data // self.data_local, 1) if self.data is not None and self.data_local is not None else 1
        return groups * self.pods_per_tensor_group

    @property
    def devices_per_pod(self) -> int:
        """Devices each pod must be given: every local copy needs its own (part of a) tensor group."""
        return (self.tensor_local or self.tensor) * self.data_parallel_size_local
