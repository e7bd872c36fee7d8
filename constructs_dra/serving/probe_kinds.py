"""Probes of a container, by what they do: an HTTP request, a TCP connection, a command, a gRPC health check."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from attrs import field, frozen

from constructs_dra.errors import Problems, shown
from constructs_dra.lazy import lazy_pattern
from constructs_dra.lexical.names import port_name_problem
from constructs_dra.records import valid
from constructs_dra.records.sequence import SequenceNotStr
from constructs_dra.serving.probe import Probe

__all__ = ["ExecProbe", "GrpcProbe", "HttpProbe", "TcpProbe"]

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
