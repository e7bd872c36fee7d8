"""Where data about endpoints comes from: sources, extractors, discovery. Written by `tools/generate_plugins.py`."""

from collections.abc import Sequence
from typing import Any, ClassVar

from attrs import frozen

from constructs_dra.picker.plugin import TypedPlugin, parameter

__all__ = [
    "CoreMetricsExtractor",
    "DcgmDataSource",
    "DcgmExtractor",
    "EndpointNotificationSource",
    "FileDiscovery",
    "K8sNotificationSource",
    "MetricsDataSource",
    "ModelServerProtocolMetrics",
    "ModelServerProtocolModels",
    "ModelsDataExtractor",
    "ModelsDataSource",
    "MulticlusterFileDiscovery",
    "MulticlusterMetricsDataSource",
    "MulticlusterMetricsExtractor",
    "TopologyExtractor",
]


@frozen(kw_only=True, eq=False, repr=False)
class CoreMetricsExtractor(TypedPlugin):
    """`core-metrics-extractor`: extractor; router v0.7 and later.

    Attributes:
        default_engine: `defaultEngine`, a string. Default: the picker's own.
        engine_configs: `engineConfigs`, a list. Default: the picker's own.
        engine_label_key: `engineLabelKey`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "core-metrics-extractor"

    default_engine: str | None = parameter("defaultEngine", "str")
    engine_configs: Sequence[Any] | None = parameter("engineConfigs", "list")
    engine_label_key: str | None = parameter("engineLabelKey", "str")


@frozen(kw_only=True, eq=False, repr=False)
class DcgmDataSource(TypedPlugin):
    """`dcgm-data-source`: polling-dispatcher; router v0.10 and later; experimental.

    Attributes:
        insecure_skip_verify: `insecureSkipVerify`, True or False. Default: the picker's own.
        interval: `interval`, a duration such as `500ms`. Default: the picker's own.
        path: `path`, a string. Default: the picker's own.
        port: `port`, a whole number. Default: the picker's own.
        scheme: `scheme`, a string. Default: the picker's own.
        use_node_address: `useNodeAddress`, True or False. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "dcgm-data-source"

    insecure_skip_verify: bool | None = parameter("insecureSkipVerify", "bool")
    interval: str | None = parameter("interval", "str")
    path: str | None = parameter("path", "str")
    port: int | None = parameter("port", "int")
    scheme: str | None = parameter("scheme", "str")
    use_node_address: bool | None = parameter("useNodeAddress", "bool")


@frozen(kw_only=True, eq=False, repr=False)
class DcgmExtractor(TypedPlugin):
    """`dcgm-extractor`: extractor, producer; router v0.10 and later; experimental."""

    TYPE: ClassVar[str] = "dcgm-extractor"


@frozen(kw_only=True, eq=False, repr=False)
class EndpointNotificationSource(TypedPlugin):
    """`endpoint-notification-source`: endpoint-source; router v0.8 and later."""

    TYPE: ClassVar[str] = "endpoint-notification-source"


@frozen(kw_only=True, eq=False, repr=False)
class FileDiscovery(TypedPlugin):
    """`file-discovery`: endpoint-discovery, state-dumper; router v0.9 and later.

    Attributes:
        path: `path`, a string. Default: the picker's own.
        watch_file: `watchFile`, True or False. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "file-discovery"

    path: str | None = parameter("path", "str")
    watch_file: bool | None = parameter("watchFile", "bool")


@frozen(kw_only=True, eq=False, repr=False)
class K8sNotificationSource(TypedPlugin):
    """`k8s-notification-source`: notification-source; router v0.7 and later.

    Attributes:
        group: `group`, a string. Default: the picker's own.
        kind: `kind`, a string. Default: the picker's own.
        version: `version`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "k8s-notification-source"

    group: str | None = parameter("group", "str")
    kind: str | None = parameter("kind", "str")
    version: str | None = parameter("version", "str")


@frozen(kw_only=True, eq=False, repr=False)
class MetricsDataSource(TypedPlugin):
    """`metrics-data-source`: polling-dispatcher; router v0.5 and later.

    Attributes:
        ca_cert_path: `caCertPath`, a string (from v0.10). Default: the picker's own.
        client_cert_path: `clientCertPath`, a string (from v0.10). Default: the picker's own.
        client_key_path: `clientKeyPath`, a string (from v0.10). Default: the picker's own.
        insecure_skip_verify: `insecureSkipVerify`, True or False. Default: the picker's own.
        interval: `interval`, a duration such as `500ms` (from v0.10). Default: the picker's own.
        path: `path`, a string. Default: the picker's own.
        port: `port`, a whole number (from v0.10). Default: the picker's own.
        scheme: `scheme`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "metrics-data-source"

    ca_cert_path: str | None = parameter("caCertPath", "str")
    client_cert_path: str | None = parameter("clientCertPath", "str")
    client_key_path: str | None = parameter("clientKeyPath", "str")
    insecure_skip_verify: bool | None = parameter("insecureSkipVerify", "bool")
    interval: str | None = parameter("interval", "str")
    path: str | None = parameter("path", "str")
    port: int | None = parameter("port", "int")
    scheme: str | None = parameter("scheme", "str")


@frozen(kw_only=True, eq=False, repr=False)
class ModelServerProtocolMetrics(TypedPlugin):
    """`model-server-protocol-metrics`: extractor; router v0.5 to v0.6."""

    TYPE: ClassVar[str] = "model-server-protocol-metrics"


@frozen(kw_only=True, eq=False, repr=False)
class ModelServerProtocolModels(TypedPlugin):
    """`model-server-protocol-models`: extractor; router v0.6 to v0.8."""

    TYPE: ClassVar[str] = "model-server-protocol-models"


@frozen(kw_only=True, eq=False, repr=False)
class ModelsDataExtractor(TypedPlugin):
    """`models-data-extractor`: extractor, producer; router v0.9 and later."""

    TYPE: ClassVar[str] = "models-data-extractor"


@frozen(kw_only=True, eq=False, repr=False)
class ModelsDataSource(TypedPlugin):
    """`models-data-source`: polling-dispatcher; router v0.6 and later.

    Attributes:
        ca_cert_path: `caCertPath`, a string (from v0.10). Default: the picker's own.
        client_cert_path: `clientCertPath`, a string (from v0.10). Default: the picker's own.
        client_key_path: `clientKeyPath`, a string (from v0.10). Default: the picker's own.
        insecure_skip_verify: `insecureSkipVerify`, True or False. Default: the picker's own.
        interval: `interval`, a string (from v0.10). Default: the picker's own.
        path: `path`, a string. Default: the picker's own.
        scheme: `scheme`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "models-data-source"

    ca_cert_path: str | None = parameter("caCertPath", "str")
    client_cert_path: str | None = parameter("clientCertPath", "str")
    client_key_path: str | None = parameter("clientKeyPath", "str")
    insecure_skip_verify: bool | None = parameter("insecureSkipVerify", "bool")
    interval: str | None = parameter("interval", "str")
    path: str | None = parameter("path", "str")
    scheme: str | None = parameter("scheme", "str")


@frozen(kw_only=True, eq=False, repr=False)
class MulticlusterFileDiscovery(TypedPlugin):
    """`multicluster-file-discovery`: endpoint-discovery, state-dumper; router v0.10 and later; experimental.

    Attributes:
        path: `path`, a string. Default: the picker's own.
        watch_file: `watchFile`, True or False. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "multicluster-file-discovery"

    path: str | None = parameter("path", "str")
    watch_file: bool | None = parameter("watchFile", "bool")


@frozen(kw_only=True, eq=False, repr=False)
class MulticlusterMetricsDataSource(TypedPlugin):
    """`multicluster-metrics-data-source`: polling-dispatcher; router v0.10 and later; experimental.

    Attributes:
        ca_cert_path: `caCertPath`, a string. Default: the picker's own.
        client_cert_path: `clientCertPath`, a string. Default: the picker's own.
        client_key_path: `clientKeyPath`, a string. Default: the picker's own.
        insecure_skip_verify: `insecureSkipVerify`, True or False. Default: the picker's own.
        interval: `interval`, a duration such as `500ms`. Default: the picker's own.
        path: `path`, a string. Default: the picker's own.
        port: `port`, a whole number. Default: the picker's own.
        scheme: `scheme`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "multicluster-metrics-data-source"

    ca_cert_path: str | None = parameter("caCertPath", "str")
    client_cert_path: str | None = parameter("clientCertPath", "str")
    client_key_path: str | None = parameter("clientKeyPath", "str")
    insecure_skip_verify: bool | None = parameter("insecureSkipVerify", "bool")
    interval: str | None = parameter("interval", "str")
    path: str | None = parameter("path", "str")
    port: int | None = parameter("port", "int")
    scheme: str | None = parameter("scheme", "str")


@frozen(kw_only=True, eq=False, repr=False)
class MulticlusterMetricsExtractor(TypedPlugin):
    """`multicluster-metrics-extractor`: extractor, producer; router v0.10 and later; experimental.

    Attributes:
        kv_cache_utilization_metric: `kvCacheUtilizationMetric`, a string. Default: the picker's own.
        queue_size_metric: `queueSizeMetric`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "multicluster-metrics-extractor"

    kv_cache_utilization_metric: str | None = parameter("kvCacheUtilizationMetric", "str")
    queue_size_metric: str | None = parameter("queueSizeMetric", "str")


@frozen(kw_only=True, eq=False, repr=False)
class TopologyExtractor(TypedPlugin):
    """`topology-extractor`: extractor, registrant; router v0.10 and later; experimental.

    Attributes:
        hostname: `hostname`, a string. Default: the picker's own.
        rack: `rack`, a string. Default: the picker's own.
        region: `region`, a string. Default: the picker's own.
        zone: `zone`, a string. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "topology-extractor"

    hostname: str | None = parameter("hostname", "str")
    rack: str | None = parameter("rack", "str")
    region: str | None = parameter("region", "str")
    zone: str | None = parameter("zone", "str")
