"""What the endpoint picker's index of caches needs of the servers: events, at the ports it listens at, of blocks as large as it counts them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_dra.errors import Problem
from constructs_dra.picker.config import EndpointPickerConfig
from constructs_dra.routing.endpoint_picker import EndpointPicker
from constructs_dra.serving.kv_events import KvEvents
from constructs_dra.serving.part import ServiceView

__all__ = ["event_problems"]

_RULE: Final = "picker-events"
_INDICES: Final = frozenset({"precise-prefix-cache-producer", "precise-prefix-cache-scorer"})
"""Types of plugins that listen to the events of servers."""


def event_problems(picker: EndpointPicker, service: ServiceView) -> Iterator[Problem]:
    """What the picker's index and the servers of a service say differently; nothing where its configuration is a string."""
    events = service.part(KvEvents)
    for index, parameters in _indices(picker):
        path = f"config.plugins[{index}]"
        if events is None:
            if not _published(service):
                yield Problem(path, "no server publishes what its cache holds, so the index stays empty", "add parts=[KvEvents()]", rule=_RULE)
            continue
        port = _at(parameters, "kvEventsConfig", "podDiscoveryConfig", "socketPort")
        if isinstance(port, int) and port != events.port:
            place = f"{path}.parameters.kvEventsConfig.podDiscoveryConfig.socketPort"
            yield Problem(place, f"it listens at {port}, and servers publish at {events.port}", f"write KvEvents(port={port})", rule=_RULE)
        size = _at(parameters, "tokenProcessorConfig", "blockSizeTokens")
        if isinstance(size, int) and events.block_size is not None and size != events.block_size:
            place = f"{path}.parameters.tokenProcessorConfig.blockSizeTokens"
            message = f"it counts blocks of {size} tokens, and those of the servers have {events.block_size}"
            yield Problem(place, message, f"write KvEvents(block_size={size})", rule=_RULE)


def _indices(picker: EndpointPicker) -> Iterator[tuple[int, Mapping[str, Any]]]:
    config = picker.config.spelt(picker.router) if isinstance(picker.config, EndpointPickerConfig) else picker.config
    plugins = config.get("plugins") if isinstance(config, Mapping) else None
    for index, plugin in enumerate(plugins if isinstance(plugins, list | tuple) else ()):
        if isinstance(plugin, Mapping) and plugin.get("type") in _INDICES:
            parameters = plugin.get("parameters")
            yield index, parameters if isinstance(parameters, Mapping) else {}


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _published(service: ServiceView) -> bool:
    """Whether the arguments of some server say that it publishes."""
    words = (
        word
        for role in service.roles.values()
        for pod in role.pods
        for _, made in pod.all_containers()
        for word in (*made.get("command", ()), *made.get("args", ()))
    )
    return any("kv-events-config" in word or "kv_events_config" in word for word in words)
