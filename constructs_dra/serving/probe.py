"""What all probes of a container have in common; what each kind asks is in `constructs_dra.serving.probe_kinds`."""

from abc import abstractmethod
from typing import Any, Literal

from attrs import field, frozen

from constructs_dra.errors import Problems
from constructs_dra.records import valid
from constructs_dra.records.kubernetes import kubernetes, write_fields
from constructs_dra.records.piece import Piece
from constructs_dra.serving import fragments

__all__ = ["Probe", "probe"]


@frozen(kw_only=True, eq=False, repr=False)
class Probe(Piece):
    """What all probes have in common: how often a container is asked, and what follows. Write `HttpProbe`, `TcpProbe`, `ExecProbe` or `GrpcProbe`.

    Attributes:
        initial_delay_seconds: Seconds after the container's start before it is asked. Default: none written, which Kubernetes takes for 0.
        period_seconds: Seconds between two probes, at least 1. Default: none written, which Kubernetes takes for 10.
        timeout_seconds: Seconds after which a probe failed, at least 1. Default: none written, which Kubernetes takes for 1.
        failure_threshold: Failures in a row after which the probe counts as failed, at least 1. Default: none written, which Kubernetes takes for 3.
        success_threshold: Successes in a row after which it counts as passed again, at least 1; just 1 for startup and liveness probes.
            Default: none written, which Kubernetes takes for 1.
        termination_grace_period_seconds: Seconds the container has to end when this probe failed, at least 1; not for readiness probes.
            Default: the pod's.
    """

    initial_delay_seconds: int | None = field(default=None, metadata=kubernetes("initialDelaySeconds", valid.integer(0)))
    period_seconds: int | None = field(default=None, metadata=kubernetes("periodSeconds", valid.integer(1)))
    timeout_seconds: int | None = field(default=None, metadata=kubernetes("timeoutSeconds", valid.integer(1)))
    failure_threshold: int | None = field(default=None, metadata=kubernetes("failureThreshold", valid.integer(1)))
    success_threshold: int | None = field(default=None, metadata=kubernetes("successThreshold", valid.integer(1)))
    termination_grace_period_seconds: int | None = field(
        default=None, metadata=kubernetes("terminationGracePeriodSeconds", valid.integer(1, 2**63 - 1))
    )

    @abstractmethod
    def _handler(self) -> dict[str, Any]:
        """What is asked, as Kubernetes writes it."""

    def manifest(self) -> dict[str, Any]:
        """The probe as Kubernetes writes it."""
        made = self._handler()
        write_fields(self, made, Probe)
        return made


def probe(which: Literal["startup", "liveness", "readiness"]) -> valid.Metadata:
    """A probe: a record, or a mapping in Kubernetes' spelling."""
    known = fragments.fragment("Probe")

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, Probe):
            known["check"](value, path, problems)
        elif which == "readiness":
            if value.termination_grace_period_seconds is not None:
                problems.add(f"{path}.termination_grace_period_seconds", "is not allowed for a readiness probe, which ends nothing", "leave it out")
        elif value.success_threshold not in {None, 1}:
            problems.add(f"{path}.success_threshold", f"must be 1 for a {which} probe, not {value.success_threshold}", "leave it out")

    return {**known, "check": check}
