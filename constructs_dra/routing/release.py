"""A running release of llm-d's router charts, whose names, labels and habits are kept."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from constructs_dra.records import valid
from constructs_dra.records.record import Record

__all__ = ["RouterRelease"]


@frozen(kw_only=True, eq=False, repr=False)
class RouterRelease(Record):
    """A Helm release of chart llm-d-router-gateway or llm-d-router-standalone.

    Attributes:
        chart: Which of the two. Default `gateway`.
        version: The chart's version, as its labels say. Default `0.0.0`.
        default_config: The file `default-plugins.yaml` that the chart makes.
        ext_proc_port: Port of the picker's Service, where the values change it; the container's stays 9002. Default: none.
        metrics_service_port: Port of its metrics at the Service, where the values change it. Default: none.
        service_ports: Further ports of the Service, as the values write them.
        scraped: Whether the values ask for monitoring of which no object comes but the picker's right to ask who reads its metrics. Default no.
    """

    chart: str = field(default="gateway", metadata=valid.choice("gateway", "standalone"))
    version: str = field(default="0.0.0", metadata=valid.text())
    default_config: Mapping[str, Any] = field(factory=dict)
    ext_proc_port: int | None = field(default=None, metadata=valid.optional(valid.port()))
    metrics_service_port: int | None = field(default=None, metadata=valid.optional(valid.port()))
    service_ports: Sequence[Any] = field(default=())
    scraped: bool = field(default=False, metadata=valid.boolean())
