"""The routing proxy: the llm-d sidecar in front of a decode (or encode-aware) model server, its flags spelt as its version wants them."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final, Literal

from attrs import evolve, field, frozen

from constructs_dra.engines.router import allowed_values, flag_name
from constructs_dra.errors import Problem, Problems, did_you_mean, shown
from constructs_dra.lazy import lazy_pattern
from constructs_dra.records import valid
from constructs_dra.records.record import Fragment
from constructs_dra.records.sequence import SequenceNotStr
from constructs_dra.records.values import copied
from constructs_dra.serving import fragments
from constructs_dra.serving.amounts import Resources
from constructs_dra.serving.container import Port, check_ports, port_records
from constructs_dra.serving.env import Env, env_list
from constructs_dra.serving.findings import finding
from constructs_dra.serving.part import Part, PodView, RoleView, ServiceView
from constructs_dra.serving.tracing import Tracing

__all__ = ["DEFAULT_PROXY_IMAGE", "RoutingProxy"]

DEFAULT_PROXY_IMAGE = "ghcr.io/llm-d/llm-d-router-disagg-sidecar:v0.10.0"
"""The newest release read for this library (2026-08-17)."""

_VERSION = lazy_pattern(r"v?(\d+)\.(\d+)")


def _check_log_level(value: object, path: str, problems: Problems) -> None:
    if isinstance(value, int):
        valid.integer(0, 127)["check"](value, path, problems)
    elif not (isinstance(value, str) and value.isdigit() and len(value) < 4):
        valid.choice("debug", "info", "error", "panic")["check"](value, path, problems)


@frozen(kw_only=True, eq=False, repr=False)
class RoutingProxy(Part):
    """The routing proxy sidecar: it takes requests on the service port, has the prompt prefilled elsewhere and passes on to the model server.

    Flags are spelt as the sidecar's version wants them; the version is read from the image's tag.

    Attributes:
        enabled: Whether pods get it. Default yes; `RoutingProxy(enabled=False)` keeps a prefill/decode service without.
        image: Its image. Default: llm-d-router-disagg-sidecar v0.10.0.
        version: Version of the sidecar, e.g. `0.10`, where the image's tag does not say. Default: from the tag; unknown counts as the newest.
        name: Name of the container. Default `routing-proxy`.
        target_port: Port the model server listens on behind it (`--model-server-port`, formerly `--vllm-port`). Default 8200.
        data_parallel_size: Model servers behind it in one pod, each on a port of its own from `target_port` on (`--data-parallel-size`); it listens
            on as many ports from the service's port on. Default: one.
        ports: The ports it shows, where they are to have names: `[Port(8000, name="rank0"), …]`. Default: those it listens on, without.
        kv_connector: How the KV cache travels (`--kv-connector`, formerly `--connector`). Default `nixlv2`.
        ec_connector: How encoder outputs travel (`--ec-connector`, sidecar ≥ 0.10). Default: none.
        secure_proxy: Whether it serves TLS (`--secure-proxy`, after 0.10 `--secure-serving`); `None` leaves the flag out. Default: no, as llm-d's
            guides do.
        enable_tls: Stages it calls by TLS: `prefiller`, `decoder`, `encoder` (`--enable-tls`, formerly `--prefiller-use-tls`). Default: none.
        cert_path: Folder of its certificate (`--cert-path`). Default: none.
        zap_devel: Development logging (`--zap-devel`). Default: not given.
        zap_encoder: `json` or `console` (`--zap-encoder`). Default: not given.
        zap_log_level: `debug`, `info`, `error`, `panic` or a number (`--zap-log-level`). Default: not given.
        zap_stacktrace_level: `info`, `error` or `panic` (`--zap-stacktrace-level`). Default: not given.
        zap_time_encoding: `epoch`, `millis`, `nano`, `iso8601`, `rfc3339` or `rfc3339nano` (`--zap-time-encoding`). Default: not given.
        args: Further flags of the sidecar, as written on its command line, e.g. `--enable-ssrf-protection=true`. Default: none.
        env: Environment variables. Default: none, beside those of tracing.
        resources: Limits and requests. Default: none.
        image_pull_policy: When the image is pulled. Default: Kubernetes' own.
        security_context: Default: no privilege escalation, not root.
        extra: Any other field of a Kubernetes Container. Default: none.
    """

    FIELD: ClassVar = "proxy"

    enabled: bool = field(default=True, metadata=valid.boolean())
    image: str = field(default=DEFAULT_PROXY_IMAGE, metadata=valid.text())
    version: str | None = field(default=None, metadata=valid.text())
    name: str = field(default="routing-proxy", metadata=valid.dns_label())
    target_port: int = field(default=8200, metadata=valid.port())
    data_parallel_size: int = field(default=1, metadata=valid.integer(1, 64))
    ports: Sequence[int | Port] = field(default=(), metadata=valid.custom(check_ports))
    kv_connector: str = field(default="nixlv2", metadata=valid.text())
    ec_connector: str | None = field(default=None, metadata=valid.text())
    secure_proxy: bool | None = field(default=False, metadata=valid.optional(valid.boolean()))
    enable_tls: Sequence[Literal["prefiller", "decoder", "encoder"]] | None = field(default=None, metadata=valid.texts())
    cert_path: str | None = field(default=None, metadata=valid.text())
    zap_devel: bool | None = field(default=None, metadata=valid.boolean())
    zap_encoder: Literal["json", "console"] | None = field(default=None, metadata=valid.choice("json", "console"))
    zap_log_level: str | int | None = field(default=None, metadata=valid.custom(_check_log_level))
    zap_stacktrace_level: Literal["info", "error", "panic"] | None = field(default=None, metadata=valid.choice("info", "error", "panic"))
    zap_time_encoding: Literal["epoch", "millis", "nano", "iso8601", "rfc3339", "rfc3339nano"] | None = field(
        default=None, metadata=valid.choice("epoch", "millis", "nano", "iso8601", "rfc3339", "rfc3339nano")
    )
    args: SequenceNotStr[str] = field(default=(), metadata=valid.texts())
    env: Env = field(factory=dict, metadata=fragments.env())
    resources: Resources | Fragment = field(factory=dict, metadata=fragments.resources())
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = field(
        default=None, metadata=valid.choice("Always", "IfNotPresent", "Never")
    )
    security_context: Fragment | None = field(default=None, metadata=fragments.fragment("SecurityContext"))
    extra: Fragment = field(factory=dict, metadata=fragments.fragment("Container"))

    @classmethod
    def of_chart(
        cls,
        *,
        image: str = "ghcr.io/llm-d/llm-d-routing-sidecar:latest",
        target_port: int = 8200,
        kv_connector: str = "nixlv2",
        secure_proxy: bool | None = False,
        zap_encoder: Literal["json", "console"] = "json",
        zap_log_level: str | int = "debug",
        image_pull_policy: Literal["Always", "IfNotPresent", "Never"] = "Always",
    ) -> "RoutingProxy":
        """The proxy as chart llm-d-modelservice 0.4 runs it unless its values say otherwise; for releases that are taken over.

        Args:
            image: Its image. Default: the chart's, whose tag `latest` is worth pinning.
            target_port: Port the model server listens on behind it. Default 8200.
            kv_connector: How the KV cache travels. Default `nixlv2`.
            secure_proxy: Whether it serves TLS; `None` leaves the flag out. Default no.
            zap_encoder: Form of its log. Default `json`.
            zap_log_level: How much it logs. Default `debug`.
            image_pull_policy: When the image is pulled. Default `Always`.

        Raises:
            SpecError: With everything that is wrong.
        """
        return cls(
            image=image,
            target_port=target_port,
            kv_connector=kv_connector,
            secure_proxy=secure_proxy,
            zap_encoder=zap_encoder,
            zap_log_level=zap_log_level,
            image_pull_policy=image_pull_policy,
        )

    @property
    def minor(self) -> tuple[int, int] | None:
        """Major and minor version of the sidecar; `None` where neither `version` nor the image's tag says."""
        tag = self.version or self.image.rpartition("/")[2].partition("@")[0].partition(":")[2]
        match = _VERSION.match(tag)
        return (int(match[1]), int(match[2])) if match else None

    def port_behind(self, role: str) -> int | None:
        """It stands before the servers that decode."""
        return self.target_port if role == "decode" else None

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        """Add the sidecar: an init container that keeps running, before the others."""
        if pod.proxied:
            service, conventions = role.service, role.service.conventions
            by_version, with_resources = conventions.proxy_flags_by_version, conventions.proxy_resources
            sidecar = _sidecar(self, service.service_port, service.part(Tracing), by_version=by_version, with_resources=with_resources)
            pod.spec["initContainers"] = [sidecar, *pod.spec.get("initContainers", ())]

    def problems(self, service: ServiceView) -> Iterator[Problem]:
        """The sidecar's version has what the fields ask for, and no flag is given twice."""
        if "decode" in service.roles:
            by_version = service.conventions.proxy_flags_by_version
            yield from _connectors(self)
            yield from _version(self, by_version=by_version)
            yield from _twice(self, service.service_port, by_version=by_version)


_OLD_FLAGS: Final = {"model_server_port": "vllm-port", "kv_connector": "connector", "tls": "prefiller-use-tls"}
_FLAGS_SINCE: Final = (
    ((0, 10), {"model_server_port": "model-server-port", "kv_connector": "kv-connector", "tls": "enable-tls"}),
    ((0, 7), {"model_server_port": "vllm-port", "kv_connector": "kv-connector", "tls": "enable-tls"}),
    ((0, 0), _OLD_FLAGS),
)
"""Names of the flags that changed, newest first (llm-d-router `pkg/sidecar/proxy/options.go` and its release notes)."""

_SECURITY: Final = {"allowPrivilegeEscalation": False, "runAsNonRoot": True}


def _flag_names(proxy: RoutingProxy, *, by_version: bool = True) -> dict[str, str]:
    """How this sidecar spells the flags that changed; an unknown version counts as the newest."""
    if not by_version:
        return _OLD_FLAGS
    minor = proxy.minor
    return next(names for since, names in _FLAGS_SINCE if minor is None or minor >= since)


def _args(proxy: RoutingProxy, service_port: int, *, by_version: bool = True) -> list[str]:
    """The sidecar's command line."""
    names = _flag_names(proxy, by_version=by_version)
    tls: object = None
    if proxy.enable_tls is not None:
        tls = ",".join(proxy.enable_tls) or None if names["tls"] == "enable-tls" else "prefiller" in proxy.enable_tls
    flags: list[tuple[str, object]] = [
        ("port", service_port),
        (names["model_server_port"], proxy.target_port),
        ("data-parallel-size", proxy.data_parallel_size if proxy.data_parallel_size > 1 else None),
        (names["kv_connector"], proxy.kv_connector),
        ("ec-connector", proxy.ec_connector),
        ("zap-devel", proxy.zap_devel),
        ("zap-encoder", proxy.zap_encoder),
        ("zap-log-level", proxy.zap_log_level),
        ("zap-stacktrace-level", proxy.zap_stacktrace_level),
        ("zap-time-encoding", proxy.zap_time_encoding),
        (_secure(proxy, by_version=by_version), proxy.secure_proxy),
        (names["tls"], tls),
        ("cert-path", proxy.cert_path),
    ]
    made = [f"--{flag}={_word(value)}" for flag, value in flags if value is not None]
    return [*made, *proxy.args]


def _secure(proxy: RoutingProxy, *, by_version: bool) -> str:
    """The name of the flag for TLS; where the version is not known, the old one, which every version takes."""
    major_minor = proxy.minor if by_version else None
    tag = f"v{major_minor[0]}.{major_minor[1]}" if major_minor is not None else ""
    return flag_name("sidecar", _SECURE, tag)


_SECURE: Final = ("secure-serving", "secure-proxy")


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _ports(proxy: RoutingProxy, service_port: int) -> list[Port]:
    """The ports the sidecar shows."""
    given = {port.number: port for port in port_records(proxy.ports)}
    listening = range(service_port, service_port + proxy.data_parallel_size)
    return [*(given.get(number, Port(number)) for number in listening), *(port for number, port in given.items() if number not in listening)]


def _sidecar(
    proxy: RoutingProxy, service_port: int, tracing: Tracing | None, *, by_version: bool = True, with_resources: bool = True
) -> dict[str, Any]:
    """The sidecar: an init container that keeps running."""
    if tracing is not None or not proxy.likeness:
        return _made(proxy, service_port, tracing, by_version=by_version, with_resources=with_resources)
    key = (proxy.likeness, service_port, by_version, with_resources)
    made = _MADE.get(key)
    if made is None:
        if len(_MADE) >= 256:
            _MADE.clear()
        made = _MADE[key] = _made(proxy, service_port, None, by_version=by_version, with_resources=with_resources)
    container: dict[str, Any] = copied(made)
    return container


_MADE: Final[dict[tuple[int, int, bool, bool], dict[str, Any]]] = {}
"""Sidecars made before, by likeness and port: those of a fleet are alike."""


def _made(proxy: RoutingProxy, service_port: int, tracing: Tracing | None, *, by_version: bool, with_resources: bool) -> dict[str, Any]:
    container: dict[str, Any] = {"name": proxy.name, "image": proxy.image}
    if proxy.image_pull_policy is not None:
        container["imagePullPolicy"] = proxy.image_pull_policy
    container["restartPolicy"] = "Always"
    container["args"] = _args(proxy, service_port, by_version=by_version)
    traced = tracing.env(tracing.routing_proxy) if tracing is not None else []
    if variables := [*env_list(proxy.env), *traced]:
        container["env"] = variables
    container["ports"] = [port.manifest() for port in _ports(proxy, service_port)]
    if proxy.resources and with_resources:
        container["resources"] = copied(proxy.resources)
    container["securityContext"] = copied(proxy.security_context if proxy.security_context is not None else _SECURITY)
    container.update(copied(proxy.extra))
    return container


def _connectors(proxy: RoutingProxy) -> Iterator[Problem]:
    minor = proxy.minor
    whom = f"sidecar {_words(minor)}" if minor is not None else "the routing proxy"
    for name, names in (("kv_connector", ("kv-connector", "connector")), ("ec_connector", ("ec-connector",))):
        value = getattr(proxy, name)
        known = allowed_values("sidecar", names, f"v{_words(minor)}" if minor is not None else "")
        if value is not None and known and value not in known:
            yield finding(name, "connector-unknown", f"{whom} does not know {shown(value)}", did_you_mean(value, known))


def _words(minor: tuple[int, int]) -> str:
    return f"{minor[0]}.{minor[1]}"


def _version(proxy: RoutingProxy, *, by_version: bool) -> Iterator[Problem]:
    minor = proxy.minor
    if minor is None:
        return
    if proxy.ec_connector is not None and minor < (0, 7):
        message = f"sidecar {_words(minor)} has no --ec-connector"
        yield finding("ec_connector", "proxy-version", message, "use an image of version 0.7 or later")
    if proxy.enable_tls and minor < (0, 7) and set(proxy.enable_tls) - {"prefiller"}:
        message = f"sidecar {_words(minor)} can use TLS towards prefillers only"
        yield finding("enable_tls", "proxy-version", message, "use an image of version 0.7 or later")
    if not by_version and minor >= (0, 10):
        message = f"sidecar {_words(minor)} refuses --connector, which the chart gives it"
        yield finding("image", "proxy-version", message, 'use an image before 0.10, or the fix "proxy-flags-by-version"')


def _twice(proxy: RoutingProxy, service_port: int, *, by_version: bool) -> Iterator[Problem]:
    if not proxy.args:
        return
    fields = _args(evolve(proxy, args=()), service_port, by_version=by_version)
    given = {flag.partition("=")[0] for flag in fields}
    for index, arg in enumerate(proxy.args):
        flag = arg.partition("=")[0]
        if flag in given:
            yield finding(f"args[{index}]", "flag-twice", f"{flag} is given twice", "leave it out: it follows from the fields of the proxy")
        given.add(flag)
