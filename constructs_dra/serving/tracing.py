"""OpenTelemetry tracing of model servers and routing proxies."""

from attrs import field, frozen

from constructs_dra.records import valid
from constructs_dra.records.record import Record

__all__ = ["Tracing"]


@frozen(kw_only=True, eq=False, repr=False)
class Tracing(Record):
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
