"""Tracing as environment variables and vLLM flags."""

from typing import Any

from constructs_dra.serving.tracing import Tracing

__all__ = ["tracing_args", "tracing_env"]


def tracing_env(tracing: Tracing, service_name: str) -> list[dict[str, Any]]:
    """OpenTelemetry's own variables."""
    values = {
        "OTEL_SERVICE_NAME": service_name,
        "OTEL_EXPORTER_OTLP_ENDPOINT": tracing.otlp_endpoint,
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_TRACES_SAMPLER": tracing.sampler,
        "OTEL_TRACES_SAMPLER_ARG": tracing.sampler_arg,
    }
    return [{"name": name, "value": value} for name, value in values.items()]


def tracing_args(tracing: Tracing) -> list[str]:
    """The flags of vLLM."""
    args = ["--otlp-traces-endpoint", tracing.otlp_endpoint]
    return [*args, "--collect-detailed-traces", tracing.collect_detailed_traces] if tracing.collect_detailed_traces else args
