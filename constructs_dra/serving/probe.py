"""Probes of a container, by what they do: an HTTP request, a TCP connection, a command, a gRPC health check."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Final, Literal

from attrs import field, frozen

from constructs_dra.errors import Problems, shown
from constructs_dra.lazy import lazy_pattern
from constructs_dra.lexical.names import port_name_problem
from constructs_dra.records import valid
from constructs_dra.records.kubernetes import kubernetes, write_fields
from constructs_dra.records.piece import Piece
from constructs_dra.records.sequence import SequenceNotStr
from constructs_dra.serving import fragments

__all__ = ["ExecProbe", "GrpcProbe", "HttpProbe", "Probe", "TcpProbe", "probe"]

_HEADER: Final = lazy_pattern(r"[-A-Za-z0-9]+\Z")


def _check_port(value: object, path: str, problems: Problems) -> None:
    if not isinstance(value, str):
        valid.port()["check"](value, path, problems)
    elif value.isdigit():
        valid.wrong(problems, path, value, "a number or the name of a port", f"write {value}")
    elif problem := port_name_problem(value):
        problems.add(path, f"{shown(value)} {problem}")


def _check_command(value: object, path: str, problems: Problems) -> None:
    if isinstance(value, list | tuple) and not value:
        problems.add(path, "must not be empty", 'write ["cat", "/tmp/ready"]')
    else:
        valid.texts()["check"](value, path, problems)


def _check_headers(value: object, path: str, problems: Problems) -> None:
    valid.mapping(valid.text(empty=True), "strings")["check"](value, path, problems)
    if isinstance(value, Mapping):
        for name in value:
            if isinstance(name, str) and not _HEADER.match(name):
                problems.add(f"{path}[{shown(name)}]", "is not a valid name of an HTTP header: letters, digits and '-'")


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


@frozen(eq=False, repr=False)
class HttpProbe(Probe):
    """A probe that succeeds when an HTTP GET is answered with a status from 200 to 399.

    Attributes:
        path: Path that is asked, e.g. `/health`.
        port: Port that is asked, as a number or by the name of a port of the container.
        scheme: `HTTP` or `HTTPS`; certificates are not verified. Default: none written, which Kubernetes takes for `HTTP`.
        host: Host that is asked. Default: the pod's address.
        headers: Headers of the request, by name. Default: none.
    """

    path: str = field(metadata=valid.text())
    port: int | str = field(metadata=valid.custom(_check_port))
    scheme: Literal["HTTP", "HTTPS"] | None = field(default=None, kw_only=True, metadata=valid.choice("HTTP", "HTTPS"))
    host: str | None = field(default=None, kw_only=True, metadata=valid.text())
    headers: Mapping[str, str] = field(factory=dict, kw_only=True, metadata=valid.custom(_check_headers))

    def _handler(self) -> dict[str, Any]:
        asked: dict[str, Any] = {"path": self.path, "port": self.port}
        if self.scheme is not None:
            asked["scheme"] = self.scheme
        if self.host is not None:
            asked["host"] = self.host
        if self.headers:
            asked["httpHeaders"] = [{"name": name, "value": value} for name, value in self.headers.items()]
        return {"httpGet": asked}


@frozen(eq=False, repr=False)
class TcpProbe(Probe):
    """A probe that succeeds when a connection can be opened.

    Attributes:
        port: Port that is connected to, as a number or by the name of a port of the container.
        host: Host that is connected to. Default: the pod's address.
    """

    port: int | str = field(metadata=valid.custom(_check_port))
    host: str | None = field(default=None, kw_only=True, metadata=valid.text())

    def _handler(self) -> dict[str, Any]:
        return {"tcpSocket": {"port": self.port} if self.host is None else {"port": self.port, "host": self.host}}


@frozen(eq=False, repr=False)
class ExecProbe(Probe):
    """A probe that succeeds when a command in the container ends with 0.

    Attributes:
        command: The command and its arguments, e.g. `["cat", "/tmp/ready"]`; no shell reads it.
    """

    command: SequenceNotStr[str] = field(metadata=valid.custom(_check_command))

    def _handler(self) -> dict[str, Any]:
        return {"exec": {"command": list(self.command)}}


@frozen(eq=False, repr=False)
class GrpcProbe(Probe):
    """A probe that succeeds when the gRPC health service answers that it serves.

    Attributes:
        port: Port of the gRPC server, a number.
        service: Service whose health is asked for. Default: none written, which asks for the server's.
    """

    port: int = field(metadata=valid.port())
    service: str | None = field(default=None, kw_only=True, metadata=valid.text(empty=True))

    def _handler(self) -> dict[str, Any]:
        return {"grpc": {"port": self.port} if self.service is None else {"port": self.port, "service": self.service}}


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
