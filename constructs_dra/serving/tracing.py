"""OpenTelemetry tracing of model servers and routing proxies."""

from collections.abc import Iterator
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.errors import Problem, did_you_mean, shown
from constructs_dra.records import valid
from constructs_dra.serving.findings import finding
from constructs_dra.serving.part import Part, ServiceView

__all__ = ["Tracing"]

_RATIO_SAMPLERS: Final = frozenset({"traceidratio", "parentbased_traceidratio"})
_SAMPLERS: Final = ("always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio")
"""OpenTelemetry environment variable specification, `OTEL_TRACES_SAMPLER`."""


@frozen(kw_only=True, eq=False, repr=False)
class Tracing(Part):
    """Traces sent to an OpenTelemetry collector.

    Attributes:
        otlp_endpoint: Where traces go (`OTEL_EXPORTER_OTLP_ENDPOINT`, vLLM `--otlp-traces-endpoint`), e.g. `http://otel-collector:4317`.
        vllm_decode: Service name of decode model servers. Default `vllm-decode`.
        vllm_prefill: Service name of prefill model servers. Default `vllm-prefill`.
        vllm_encode: Service name of encode model servers. Default `vllm-encode`.
        routing_proxy: Service name of the routing proxy. Default `routing-proxy`.
        sampler: `OTEL_TRACES_SAMPLER`. Default `parentbased_traceidratio`.
        sampler_arg: Share of requests that are traced, `0` to `1` (`OTEL_TRACES_SAMPLER_ARG`). Default `0.1`.
        collect_detailed_traces: Parts of vLLM that trace in detail (`--collect-detailed-traces`). Default `all`; empty leaves the flag out.
    """

    otlp_endpoint: str = field(metadata=valid.text())
    vllm_decode: str = field(default="vllm-decode", metadata=valid.text())
    vllm_prefill: str = field(default="vllm-prefill", metadata=valid.text())
    vllm_encode: str = field(default="vllm-encode", metadata=valid.text())
    routing_proxy: str = field(default="routing-proxy", metadata=valid.text())
    sampler: str = field(default="parentbased_traceidratio", metadata=valid.text())
    sampler_arg: str = field(default="0.1", metadata=valid.text())
    collect_detailed_traces: str = field(default="all", metadata=valid.text(empty=True))

    def env(self, service_name: str) -> list[dict[str, Any]]:
        """OpenTelemetry's own variables."""
        values = {
            "OTEL_SERVICE_NAME": service_name,
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.otlp_endpoint,
            "OTEL_TRACES_EXPORTER": "otlp",
            "OTEL_TRACES_SAMPLER": self.sampler,
            "OTEL_TRACES_SAMPLER_ARG": self.sampler_arg,
        }
        return [{"name": name, "value": value} for name, value in values.items()]

    def args(self) -> list[str]:
        """The flags of vLLM."""
        args = ["--otlp-traces-endpoint", self.otlp_endpoint]
        return [*args, "--collect-detailed-traces", self.collect_detailed_traces] if self.collect_detailed_traces else args

    def problems(self, service: ServiceView) -> Iterator[Problem]:  # noqa: ARG002 - tracing stands alone
        """The sampler is one, and its share is one."""
        if self.sampler not in _SAMPLERS:
            yield finding("sampler", "trace-ratio", f"{shown(self.sampler)} is not a sampler", did_you_mean(self.sampler, _SAMPLERS))
        elif self.sampler in _RATIO_SAMPLERS:
            try:
                ratio = float(self.sampler_arg)
            except ValueError:
                ratio = -1
            if not 0 <= ratio <= 1:
                message = f"{shown(self.sampler_arg)} is not a share between 0 and 1"
                yield finding("sampler_arg", "trace-ratio", message, "'0.1' traces one request in ten")
