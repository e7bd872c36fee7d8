"""The routing proxy: the llm-d sidecar in front of a decode (or encode-aware) model server."""

from collections.abc import Sequence
from typing import Literal

from attrs import field, frozen

from constructs_dra.errors import Problems
from constructs_dra.lazy import lazy_pattern
from constructs_dra.records import valid
from constructs_dra.records.record import Fragment, Record
from constructs_dra.records.sequence import SequenceNotStr
from constructs_dra.serving import fragments
from constructs_dra.serving.amounts import Resources
from constructs_dra.serving.container import Port, check_ports
from constructs_dra.serving.env import Env

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
class RoutingProxy(Record):
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
