"""Sources and extractors of the data layer, discovery, and what the data layer says when it starts."""

from collections.abc import Mapping
from typing import Any

from constructs_dra.picker.catalogue import PluginType
from constructs_dra.picker.loader.state import EXTRACTORS, LOAD, SOURCES, Source, Stage, State, entries, reference, section_of

__all__ = ["data_layer", "discovery", "run_data_layer"]


def data_layer(state: State) -> None:
    """Sources and their extractors, those that the loader adds, and the plugin that synchronises replicas."""
    section = state.does("data_section")
    written = state.config.get(section)
    prefix = f"{LOAD}data layer config build failed: "
    if state.does("data_gate"):
        _gate(state, section, prefix)
    inner = section_of(written)
    state.sources.extend(
        Source(name=reference(each), place=place, extractors=_extractors(each, place))
        for each, place in ((each, f"{section}.sources[{index}]") for index, each in enumerate(entries(inner.get("sources"))))
    )
    _inject(state, inner, absent=written is None)
    syncer, path = _syncer(inner)
    if syncer and not state.is_a(syncer, "cross-replica-syncer"):
        words = f"{prefix}the plugin {syncer} is not a fwkdl.CrossReplicaSyncer"
        hint = "the endpoint picker registers no such plugin yet"
        state.note((Stage.DATA, 1), f"{section}.{path}", f"{syncer!r} is not a plugin that can synchronise replicas", words, hint=hint)
    for index, source in enumerate(state.sources):
        _source(state, source, index, prefix)


def _gate(state: State, section: str, prefix: str) -> None:
    """The section and the feature gate, which come together in the oldest versions."""
    written, on = state.config.get(section) is not None, state.gates.get("dataLayer")
    if written and not on:
        words = f"{prefix}the Datalayer has not been enabled, but you specified a configuration for it"
        state.note((Stage.DATA, 0), section, "needs the feature gate dataLayer", words, hint="write featureGates: [dataLayer]")
    elif on and not written:
        words = f"{prefix}the Datalayer has been enabled. You must specify the Data section in the configuration"
        state.note((Stage.DATA, 0), "featureGates", f"the gate dataLayer needs the section {section}", words, hint=f"write {section}: …")


def _extractors(source: Mapping[str, Any], place: str) -> list[tuple[str, str]]:
    return [(reference(one), f"{place}.extractors[{number}]") for number, one in enumerate(entries(source.get("extractors")))]


def _source(state: State, source: Source, index: int, prefix: str) -> None:
    """A source and its extractors are plugins; old versions look at what they can do, newer ones at their names."""
    source_words, extractor_words = state.does("data_words").split()
    by_interface = state.does("data_checks") == "interfaces"
    name, known = source.name, source.name in state.plugins
    state.used.update([name, *(extractor for extractor, _ in source.extractors)])
    if name in state.unknown:
        return
    if not known or (by_interface and not state.is_a(name, *SOURCES)):
        fault = f"{name!r} is not a source of data" if known else f"no plugin is named {name!r}"
        words = f"{prefix}the plugin {name} is not a {source_words}"
        state.note((Stage.DATA, 2, index), f"{source.place}.pluginRef", fault, words, hint=state.declare_hint(name))
        return
    for number, (extractor, place) in enumerate(source.extractors):
        known = extractor in state.plugins
        if extractor not in state.unknown and (not known or (by_interface and not state.is_a(extractor, *EXTRACTORS))):
            fault = f"{extractor!r} is not an extractor" if known else f"no plugin is named {extractor!r}"
            words = f"the plugin {name} is not a {extractor_words}" if by_interface else f"the plugin {extractor} is not registered"
            state.note((Stage.DATA, 2, index, number), f"{place}.pluginRef", fault, f"{prefix}{words}", hint=state.declare_hint(extractor))


def _syncer(section: Mapping[str, Any]) -> tuple[str, str]:
    """The plugin that synchronises replicas and where it is named."""
    nested = section_of(section, "crossReplica").get("syncerPluginRef")
    if nested:
        return nested, "crossReplica.syncerPluginRef"
    return section.get("crossReplicaSyncerPluginRef") or "", "crossReplicaSyncerPluginRef"


def _inject(state: State, section: Mapping[str, Any], *, absent: bool) -> None:
    """The source that the loader adds by itself."""
    when = state.does("data_defaults")
    source, extractor = state.of.created("source"), state.of.created("extractor")
    if when == "never" or (when == "absent" and not absent) or section.get("injectDefaults") is False:
        return
    if any(each.name == source for each in state.sources):
        return
    renamed = next((found for each in state.sources if (found := state.plugins.get(each.name)) and found.kind.name == source), None)
    state.make(source)
    state.make(extractor)
    state.sources.append(Source(name=source, place="", extractors=[(extractor, "")]))
    if renamed is not None:
        fault = f"another source of metrics, {source!r}, is made beside {renamed.name!r}, because the loader looks for that name"
        state.note((Stage.DATA, 0), renamed.place, fault, hint="leave the name out, or write injectDefaults: false", effect="meaning")


def discovery(state: State) -> None:
    """The plugin that finds endpoints, where one is named."""
    section = section_of(state.config, "dataLayer", "discovery")
    places = {"dataLayer.discovery.pluginRef": section, "dataLayer.discovery.endpoints.pluginRef": section.get("endpoints")}
    for path, holder in places.items():
        name = reference(holder)
        if not name:
            continue
        state.used.add(name)
        if state.lacks(name):
            words = f'discovery: no plugin found with name "{name}"'
            state.note((Stage.DISCOVERY, 0), path, f"no plugin is named {name!r}", words, hint=state.declare_hint(name))
        elif name not in state.unknown and not state.is_a(name, "endpoint-discovery"):
            words = f'discovery: plugin "{name}" does not implement EndpointDiscovery'
            state.note((Stage.DISCOVERY, 0), path, f"{name!r} does not discover endpoints", words)


def run_data_layer(state: State) -> None:
    """What the data layer says when it starts: there is a source, sources are sources, and extractors take what they give."""
    if state.does("data_defaults") == "never":
        return
    if not state.sources and not any(plugin.kind.is_a("registrant") for plugin in state.plugins.values()):
        hint = "list one under sources, or let the loader add its own"
        state.note((Stage.RUNTIME, 0), "dataLayer", "has no source of data", "data layer enabled but no data sources configured", hint=hint)
    for index, each in enumerate(state.sources):
        source = state.plugins.get(each.name)
        if source is None:
            continue
        rank = (Stage.RUNTIME, 1, index)
        if not source.kind.is_a(*SOURCES):
            fault = f"{each.name!r} of type {source.kind.name!r} is not a source of data"
            state.note(rank, f"{each.place}.pluginRef", fault, f"skipping unknown datasource plugin type {source.words}")
            continue
        for name, place in each.extractors:
            extractor = state.plugins.get(name)
            if extractor is not None and not _takes(source.kind, extractor.kind):
                fault = f"{name!r} of type {extractor.kind.name!r} takes nothing that {each.name!r} gives"
                said = f"dispatcher {source.words} rejected extractor {extractor.words}: extractor type mismatch"
                state.note(rank, f"{place}.pluginRef", fault, f"{said}: extractor {extractor.words}: expected …")


def _takes(source: PluginType, extractor: PluginType) -> bool:
    """Whether an extractor takes what a source gives."""
    if source.input:
        return extractor.input == source.input
    if source.is_a("endpoint-source"):
        return extractor.is_a("endpoint-extractor", "extractor") and (not extractor.input)
    return extractor.is_a(*EXTRACTORS) and (not extractor.input)
