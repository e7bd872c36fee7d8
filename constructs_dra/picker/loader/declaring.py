"""The gates, the list of plugins, what they name of each other, and their factories."""

from collections.abc import Mapping, Sequence

from constructs_dra.errors import did_you_mean, shown
from constructs_dra.picker.catalogue import Reference, plugin_spans
from constructs_dra.picker.loader.state import BUILT, CHECKED, FALSE, SORTED, TRUE, Declared, Stage, State, entries
from constructs_dra.picker.parameters import judge_parameters, lookup

__all__ = ["declare", "depend", "feature_gates", "stability"]


def feature_gates(state: State) -> None:
    """The gates: known ones, with a value only where the version takes one."""
    known: dict[str, bool] = state.does("gates")
    state.gates.update(known)
    prefix = "failed to parse config - feature gate validation failed: "
    for index, entry in enumerate(entries(state.config.get("featureGates"))):
        text = entry if isinstance(entry, str) else ""
        name, equals, value = text.partition("=") if state.does("gate_values") else (text, "", "")
        value = value.partition("=")[0].strip().lower()
        path = f"featureGates[{index}]"
        if name not in known:
            hint = did_you_mean(name.partition("=")[0], known)
            state.note(
                (Stage.GATES, index),
                path,
                f"{shown(name)} is not a feature gate of the endpoint picker {state.of.version}",
                f"{prefix}feature gate '{name}' is unknown or unregistered",
                hint=hint,
            )
        elif equals and value not in TRUE | FALSE:
            state.note(
                (Stage.GATES, index),
                path,
                f"{shown(value)} is not true or false",
                f'{prefix}{value} is not a valid value for the feature gate {name} (error: strconv.ParseBool: parsing "{value}": invalid syntax)',
                hint=f"write {name}=true",
            )
        else:
            state.gates[name] = not equals or value in TRUE


def declare(state: State) -> None:
    """The list of plugins, and what their factories say to their parameters."""
    first = state.does("list_checked_first")
    prefix = CHECKED if first else BUILT
    for index, entry in enumerate(entries(state.config.get("plugins"))):
        path = f"plugins[{index}]"
        rank = (Stage.LIST, index) if first else (Stage.BUILD, index, 0)
        kind_name = entry.get("type") or ""
        name = entry.get("name") or kind_name
        if not kind_name:
            state.note(rank, path, "a plugin needs a type", f"{prefix}plugin '{name}' is missing a type", hint="write type: …")
            continue
        if name in state.plugins:
            hint = "give one of them a name of its own; without a name, a plugin has that of its type"
            state.note(rank, path, f"two plugins are named {name!r}", f"{prefix}duplicate plugin name '{name}'", hint=hint)
            continue
        kind = state.of.type(kind_name)
        if kind is None:
            state.unknown.add(name)
            state.note(
                rank,
                f"{path}.type",
                f"{kind_name!r} is not a type of plugins of the endpoint picker {state.of.version}",
                f"{prefix}plugin type '{kind_name}' is not registered",
                hint=_unknown_type(state, kind_name),
            )
            continue
        plugin = Declared(name=name, kind=kind, parameters=entry.get("parameters"), place=path)
        state.plugins[name] = plugin
        _build(state, plugin, (Stage.BUILD, index, 1))


def _unknown_type(state: State, name: str) -> str:
    span = plugin_spans(name)
    if span is not None:
        return f"the versions {span[0]} to {span[1]} have it"
    return did_you_mean(name, [each.name for each in state.of.types()], fallback=lambda _: "")


def _build(state: State, plugin: Declared, rank: tuple[int, ...]) -> None:
    kind = plugin.kind
    if kind.alpha and not state.experimental and state.does("stability_first"):
        _alpha(state, plugin, rank)
    if kind.deprecated:
        fault = f"plugins of type {kind.name!r} are deprecated"
        hint = f"use {kind.replaced_by}" if kind.replaced_by else ""
        state.note(rank, f"{plugin.place}.type", fault, hint=hint, effect="deprecated")
    prefix = f"{BUILT}failed to create plugin '{plugin.name}' (type: {kind.name}): "
    if plugin.parameters is None and kind.crashes:
        state.note(
            rank, plugin.place, "crashes the endpoint picker where it has no parameters", kind.crashes, hint="give it parameters", effect="crash"
        )
        return
    if plugin.parameters is None and kind.needs_parameters:
        state.note(rank, plugin.place, "needs parameters", f"{prefix}{kind.needs_parameters}")
        return
    for found in judge_parameters(kind, plugin.name, plugin.parameters, state.of):
        place = f"{plugin.place}.parameters" + (f".{found.path}" if found.path and not found.path.startswith("[") else found.path)
        at, said = rank, prefix
        if state.does("sorted_by_dependency") and kind.references and found.early:
            at, said = (Stage.ORDER, 0, rank[1]), f"{SORTED}failed to parse plugin parameters for {plugin.name} (type: {kind.name}): "
        state.note(at, place, found.fault, f"{said}{found.words}" if found.words else "", hint=found.hint, effect=found.effect)


def depend(state: State) -> None:
    """Plugins that name others in their parameters: those must be there, before them or anywhere, and be what is needed."""
    order = {name: index for index, name in enumerate(state.plugins)}
    edges: dict[str, list[str]] = {}
    for plugin in list(state.plugins.values()):
        for each in plugin.kind.references:
            written = ((name, value) for name in each.names if isinstance(value := lookup(plugin.parameters, name), str) and value)
            path, other = next(written, (each.names[0], each.default))
            if other:
                edges.setdefault(plugin.name, []).append(other)
                _named(state, plugin, other, each, f"{plugin.place}.parameters.{path}", order)
    if state.does("sorted_by_dependency") and (cycle := _cycle(edges)):
        state.note(
            (Stage.ORDER, 2),
            f"{state.plugins[cycle].place}.parameters",
            f"{cycle!r} depends on itself",
            f"{SORTED}cycle detected: graph is not a DAG",
            hint="name a decider",
        )


def _named(state: State, plugin: Declared, other: str, by: Reference, place: str, order: Mapping[str, int]) -> None:  # noqa: PLR0917 - one step of depend
    """One plugin that another one names in its parameters."""
    index = order[plugin.name]
    prefix = f"{BUILT}failed to create plugin '{plugin.name}' (type: {plugin.kind.name}): "
    found = state.plugins.get(other)
    if state.does("sorted_by_dependency"):
        if state.lacks(other):
            words = f"{SORTED}a plugin has a dependency on the unregistered plugin {other}"
            state.note((Stage.ORDER, 3, index), place, f"no plugin is named {other!r}", words, hint=state.declare_hint(other))
            return
    elif by.interface and (state.lacks(other) or order.get(other, -1) >= index):
        fault = f"no plugin is named {other!r}" if found is None else f"plugin {other!r} must stand before {plugin.name!r}, which names it"
        hint = state.declare_hint(other) if found is None else "move it up: this version makes plugins in the order of the list"
        state.note((Stage.BUILD, index, 2), place, fault, f"{prefix}{by.missing.replace('{name}', other)}", hint=hint)
        return
    if by.interface and found is not None and found is not plugin and not found.kind.is_a(by.interface):
        fault = f"plugin {other!r} of type {found.kind.name!r} is not a {by.interface.replace('-', ' ')}"
        state.note((Stage.BUILD, index, 2), place, fault, f"{prefix}{by.wrong.replace('{name}', other)}")


def stability(state: State) -> None:
    """Plugins of stability Alpha without the flag that allows them."""
    if state.experimental or state.does("stability_first"):
        return
    for index, plugin in enumerate(state.plugins.values()):
        if plugin.kind.alpha:
            _alpha(state, plugin, (Stage.STABILITY, index))


def _alpha(state: State, plugin: Declared, rank: tuple[int, ...]) -> None:
    said = f"plugin '{plugin.name}' (type: '{plugin.kind.name}') has Alpha stability level, "
    state.note(
        rank,
        plugin.place,
        f"plugins of type {plugin.kind.name!r} are experimental",
        f"{said}but command line flag --allow-experimental-plugins is not set",
        hint="give the endpoint picker the flag --allow-experimental-plugins",
    )


def _cycle(edges: Mapping[str, Sequence[str]]) -> str:
    """A plugin that depends on itself, through others or not; empty where there is none."""
    for start in edges:
        reached: set[str] = set()
        queue = list(edges[start])
        while queue:
            name = queue.pop()
            if name == start:
                return start
            if name not in reached:
                reached.add(name)
                queue += edges.get(name, ())
    return ""
