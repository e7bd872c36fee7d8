"""A configuration of one API version as another version of the router reads it: what moved, moves; what has no place there is refused."""

from collections.abc import Mapping
from typing import Any, Final

from constructs_dra.errors import Problem, SpecError
from constructs_dra.picker.catalogue import Picker, picker
from constructs_dra.picker.shapes import decode, fields_of
from constructs_dra.records.values import copied

__all__ = ["converted"]

_KIND: Final = "EndpointPickerConfig"
_GATE: Final = "dataLayer"
_FLAT: Final = {
    "crossReplicaSyncerPluginRef": "syncerPluginRef",
    "crossReplicaSyncInterval": "syncInterval",
    "crossReplicaPublishTimeout": "publishTimeout",
}
"""Fields of the data layer that newer API versions have in a section of their own."""

_THRESHOLDS: Final = ("queueDepthThreshold", "kvCacheUtilThreshold", "metricsStalenessThreshold")
_DETECTOR: Final = "utilization-detector"


def converted(config: Mapping[str, Any], router: str, *, api_version: str | None = None) -> dict[str, Any]:
    """The configuration in the spelling that a version of the router takes.

    Args:
        config: A configuration of any API version.
        router: The version of the router.
        api_version: The API version to write. Default: the one that version prefers.

    Raises:
        SpecError: That version has no field for something of it, each with its place; or it does not take the API version.
        ValueError: The version is not known.
    """
    of = picker(router)
    accepted: dict[str, str] = of.does("api_versions")
    wanted = api_version or of.api_version
    if wanted not in accepted:
        hint = f"it takes {', '.join(accepted)}"
        raise SpecError([Problem("apiVersion", f"{wanted!r} is not an API version of the endpoint picker {of.version}", hint)])
    made: dict[str, Any] = {"apiVersion": wanted, "kind": _KIND, **_newest(dict(copied(config)))}
    _spelt_for(made, of)
    shape = of.shape(wanted.rpartition("/")[2])
    fields = fields_of(shape, of.column) if shape is not None else {}
    if wanted.endswith("/v1alpha1"):
        _flattened(made, fields)
    body = {key: value for key, value in made.items() if key not in {"apiVersion", "kind"}}
    lost = [each for each in decode(body, fields, "", at=of.column, exact=True) if each.unknown]
    if lost:
        raise SpecError(Problem(each.path, f"has no place in a configuration of the endpoint picker {of.version}", "leave it out") for each in lost)
    return made


def _newest(config: dict[str, Any]) -> dict[str, Any]:
    """Any configuration in the newest spelling."""
    config.pop("apiVersion", None)
    config.pop("kind", None)
    data = config.pop("data", None)
    if data is not None:
        config.setdefault("dataLayer", data)
        config["featureGates"] = [gate for gate in config.get("featureGates") or () if gate != _GATE]
    _detector_in(config)
    parser = config.pop("parser", None)
    handler = config.get("requestHandler") or {}
    if isinstance(parser, Mapping) and parser.get("pluginRef") and not handler.get("parsers"):
        config["requestHandler"] = {**handler, "parsers": [dict(parser)]}
    layer = config.get("dataLayer")
    if isinstance(layer, dict):
        _layer_in(layer)
    return {key: value for key, value in config.items() if value is not None and (value != [] or key != "featureGates")}


def _detector_in(config: dict[str, Any]) -> None:
    detector = config.pop("saturationDetector", None)
    if not isinstance(detector, Mapping):
        return
    thresholds = {name: detector[name] for name in _THRESHOLDS if name in detector}
    if thresholds:
        config["plugins"] = [*(config.get("plugins") or ()), {"type": _DETECTOR, "parameters": thresholds}]
    flow = config.get("flowControl") or {}
    if detector.get("pluginRef") and not flow.get("saturationDetector"):
        config["flowControl"] = {**flow, "saturationDetector": {"pluginRef": detector["pluginRef"]}}


def _layer_in(layer: dict[str, Any]) -> None:
    discovery = dict(layer.get("discovery") or {})
    if "pluginRef" in discovery:
        discovery.setdefault("endpoints", {"pluginRef": discovery.pop("pluginRef")})
        discovery.pop("pluginRef", None)
    if peers := layer.pop("peerDiscovery", None):
        discovery.setdefault("peers", peers)
    if discovery:
        layer["discovery"] = discovery
    replicas = {new: layer.pop(old) for old, new in _FLAT.items() if old in layer}
    if replicas:
        layer["crossReplica"] = {**replicas, **(layer.get("crossReplica") or {})}


def _spelt_for(made: dict[str, Any], of: Picker) -> None:
    """Sections where an older version has them."""
    section = of.does("data_section")
    if section != "dataLayer" and "dataLayer" in made:
        made[section] = made.pop("dataLayer")
        if of.does("data_gate"):
            made["featureGates"] = [*(made.get("featureGates") or ()), _GATE]
    flow = made.get("flowControl")
    if of.does("detector") == "top" and isinstance(flow, dict) and "saturationDetector" in flow:
        made["saturationDetector"] = flow.pop("saturationDetector")
        if not flow:
            del made["flowControl"]
    handler = made.get("requestHandler")
    if not of.does("parser_list") and isinstance(handler, dict) and len(handler.get("parsers") or ()) == 1:
        made["parser"] = handler.pop("parsers")[0]
        if not handler:
            del made["requestHandler"]


def _flattened(made: dict[str, Any], fields: Mapping[str, Any]) -> None:
    """The data layer of API version v1alpha1: discovery and replicas without sections of their own, where the version has them so."""
    layer = made.get("dataLayer")
    known = fields.get("dataLayer", {}).get("fields", {}) if isinstance(fields.get("dataLayer"), Mapping) else {}
    if not isinstance(layer, dict):
        return
    discovery = layer.get("discovery")
    if isinstance(discovery, dict) and "discovery" in known:
        if "pluginRef" in known["discovery"][2]["fields"] and "endpoints" in discovery:
            discovery["pluginRef"] = discovery.pop("endpoints")["pluginRef"]
        if "peerDiscovery" in known and "peers" in discovery:
            layer["peerDiscovery"] = discovery.pop("peers")
        if not discovery:
            del layer["discovery"]
    replicas = layer.get("crossReplica")
    if isinstance(replicas, dict) and "crossReplica" not in known:
        layer |= {old: replicas[new] for old, new in _FLAT.items() if new in replicas}
        del layer["crossReplica"]
