"""Parsers of requests."""

from constructs_dra.errors import did_you_mean
from constructs_dra.picker.loader.state import LOAD, Stage, State, entries, reference, section_of

__all__ = ["parsers"]


def parsers(state: State) -> None:
    """The parsers that are listed, or those the loader takes where none is."""
    defaults: list[str] | None = state.does("parsers")
    if defaults is None:
        return
    listed = section_of(state.config, "requestHandler").get("parsers") if state.does("parser_list") else None
    references = [(reference(each), f"requestHandler.parsers[{index}].pluginRef") for index, each in enumerate(entries(listed))]
    top = state.config.get("parser")
    if top is not None:
        if state.does("parser_list"):
            state.note((Stage.DEFAULTS, 0), "parser", "is deprecated in this place", hint="write requestHandler.parsers", effect="deprecated")
        if not references and reference(top):
            references = [(reference(top), "parser.pluginRef")]
    explicit = bool(references)
    seen: dict[str, str] = {}
    for index, (name, path) in enumerate(references or [(each, "") for each in defaults]):
        state.used.add(name)
        if name in state.unknown:
            continue
        if name not in state.plugins and (not state.does("parser_list") or state.make(name) is None):
            if not state.does("parser_list"):
                state.make(defaults[0])
                if name != defaults[0]:
                    state.note(
                        (Stage.PARSERS, index),
                        path,
                        f"no plugin is named {name!r}",
                        f"{LOAD}parse config build failed: the configured parser is not loaded",
                        hint=state.declare_hint(name),
                    )
                continue
            state.note(
                (Stage.DEFAULTS, 5, index),
                path,
                f"{name!r} is neither a plugin nor a type of plugins",
                f"{LOAD}system default application failed: failed to apply parser defaults: plugin type '{name}' not found in registry",
                hint=did_you_mean(name, [each.name for each in state.of.types() if each.is_a("parser")]),
            )
            continue
        kind = state.plugins[name].kind
        if not kind.is_a("parser"):
            state.note(
                (Stage.PARSERS, index),
                path,
                f"{name!r} of type {kind.name!r} is not a parser",
                f'{LOAD}parser registry build failed: the plugin "{name}" is not a parser plugin',
            )
        elif kind.name in seen or "passthrough-parser" in seen:
            other = seen.get(kind.name) or seen["passthrough-parser"]
            state.note(
                (Stage.PARSERS, index),
                path,
                f"{name!r} is passed over: {other!r} before it takes its requests",
                hint="leave it out, or move it up",
                effect="ignored",
            )
        seen.setdefault(kind.name, name)
    for plugin in list(state.plugins.values()):
        if plugin.place and plugin.kind.is_a("parser") and (plugin.name not in state.used):
            state.note(
                (Stage.PARSERS, 9),
                plugin.place,
                f"{plugin.name!r} parses nothing: {('only the parsers listed do' if explicit else 'the default parsers do')}",
                hint=f"write requestHandler.parsers: [- pluginRef: {plugin.name}]",
                effect="meaning",
            )
