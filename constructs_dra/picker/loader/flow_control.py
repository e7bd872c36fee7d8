"""Flow control and the detector of saturation."""

from collections.abc import Mapping
from typing import Any

from constructs_dra.cel.time_functions import parse_duration
from constructs_dra.lexical.quantity import is_quantity, parse_quantity
from constructs_dra.picker.loader.state import CHECKED, LOAD, Stage, State, entries, reference, section_of
from constructs_dra.picker.shapes import duration_fault

__all__ = ["flow_control", "saturation"]


def flow_control(state: State) -> None:
    """Limits, bands and policies, which count only behind their feature gate."""
    section = section_of(state.config, "flowControl")
    settings = {key: value for key, value in section.items() if key != "saturationDetector" and value not in (None, {}, [], "")}
    if not state.gates.get("flowControl"):
        if settings:
            state.note(
                (Stage.FLOW, 0),
                "flowControl",
                "is left aside without the feature gate flowControl",
                hint="write featureGates: [flowControl]",
                effect="ignored",
            )
        return
    prefix = f"{LOAD}failed to load flow control config: "
    for name in ("maxBytes", "maxRequests"):
        if _amount(section.get(name)) < 0:
            state.note(
                (Stage.FLOW, 1),
                f"flowControl.{name}",
                f"must not be negative, not {section[name]}",
                f"{prefix}…global {name[0].upper()}{name[1:]} must be non-negative, got {section[name]}",
            )
    ttl = section.get("defaultRequestTTL")
    if isinstance(ttl, str) and not duration_fault(ttl) and parse_duration(ttl) < 0:
        state.note(
            (Stage.FLOW, 4),
            "flowControl.defaultRequestTTL",
            f"must not be negative, not {ttl}",
            f"{prefix}failed to create controller config: DefaultRequestTTL cannot be negative, but got {ttl}",
        )
    seen: set[Any] = set()
    bands = [(each, f"flowControl.priorityBands[{index}]", True) for index, each in enumerate(entries(section.get("priorityBands")))]
    bands += [
        (section[key], f"flowControl.{key}", False)
        for key in ("defaultPriorityBand", "defaultNegativePriorityBand")
        if isinstance(section.get(key), Mapping)
    ]
    for index, (band, path, listed) in enumerate(bands):
        _band(state, band, path, index, prefix, seen if listed else None)
    policy = section.get("usageLimitPolicyPluginRef")
    if policy:
        _policy(
            state,
            policy,
            "usage-limit-policy",
            "flowControl.usageLimitPolicyPluginRef",
            (Stage.FLOW, 5),
            f"{prefix}failed to resolve usage limit policy: ",
            "plugin {name} not found",
        )


def _band(state: State, band: Mapping[str, Any], path: str, index: int, prefix: str, seen: set[Any] | None) -> None:  # noqa: PLR0917 - one step
    said = f"{prefix}failed to create registry config: "
    priority = band.get("priority") or 0
    if seen is not None:
        if band.get("priority") is None:
            state.note((Stage.FLOW, 2, index), path, "has no priority, so it is the band of priority 0", hint="write priority: 0", effect="meaning")
        if priority in seen:
            state.note(
                (Stage.FLOW, 3, index),
                f"{path}.priority",
                f"a second band of priority {priority}",
                f"{said}duplicate priority level {priority}",
                hint="give each band its own priority",
            )
        seen.add(priority)
    for name in ("maxBytes", "maxRequests"):
        if band.get(name) is None:
            continue
        amount = _amount(band[name])
        limit = "1 GB" if name == "maxBytes" else state.does("band_request_limit")
        if amount < 0:
            state.note((Stage.FLOW, 2, index), f"{path}.{name}", f"must not be negative, not {band[name]}", f"{said}…")
        elif amount == 0:
            means = f"the default, {limit}" if limit else "no limit"
            state.note(
                (Stage.FLOW, 2, index), f"{path}.{name}", f"0 means {means}", hint="write the limit that is meant, or leave it out", effect="meaning"
            )
    for field_name, interface in (("fairnessPolicyRef", "fairness-policy"), ("orderingPolicyRef", "ordering-policy")):
        if band.get(field_name):
            words = state.does("fairness_words") if interface == "fairness-policy" else state.does("fairness_words").replace("fairness", "ordering")
            before = said if words.startswith("plugin") else f"{said}failed to create priority band config for priority {priority}: "
            _policy(state, band[field_name], interface, f"{path}.{field_name}", (Stage.FLOW, 2, index), before, words)


def _policy(state: State, name: str, interface: str, path: str, rank: tuple[int, ...], prefix: str, words: str) -> None:  # noqa: PLR0917 - one reference, with what is said of it
    state.used.add(name)
    if name in state.unknown:
        return
    if name not in state.plugins:
        state.note(rank, path, f"no plugin is named {name!r}", prefix + words.replace("{name}", f'"{name}"'), hint=state.declare_hint(name))
    elif not state.is_a(name, interface):
        kind = state.plugins[name].kind.name
        state.note(rank, path, f"{name!r} of type {kind!r} is not a {interface.replace('-', ' ')}", f'{prefix}plugin "{name}" does not implement …')


def saturation(state: State) -> None:
    """The detector of saturation: a part of the configuration, or the plugin that is named or made."""
    where = state.does("detector")
    top, nested = section_of(state.config, "saturationDetector"), section_of(state.config, "flowControl", "saturationDetector")
    if where == "inline":
        _inline(state, top)
        return
    name, path = reference(top), "saturationDetector.pluginRef"
    if where == "nested":
        if state.config.get("saturationDetector") is not None:
            hint = "write flowControl.saturationDetector"
            if nested:
                state.note(
                    (Stage.DEFAULTS, 0),
                    "saturationDetector",
                    "is left aside, because flowControl.saturationDetector is there too",
                    hint="keep that one",
                    effect="meaning",
                )
            state.note((Stage.DEFAULTS, 0), "saturationDetector", "is deprecated in this place", hint=hint, effect="deprecated")
        if state.config.get("saturationDetector") is None or nested:
            name, path = reference(nested), "flowControl.saturationDetector.pluginRef"
    default = state.of.created("detector")
    if not name:
        name, path = default, ""
        state.make(default)
        for plugin in state.plugins.values():
            if plugin.place and plugin.kind.is_a("saturation-detector") and (plugin.name != default) and (plugin.name not in state.used):
                state.note(
                    (Stage.DETECTOR, 1),
                    plugin.place,
                    f"{plugin.name!r} detects no saturation: {default!r} is made and used, because nothing names the other",
                    hint=f"write flowControl.saturationDetector.pluginRef: {plugin.name}",
                    effect="meaning",
                )
    elif name == default:
        state.make(default)
    state.used.add(name)
    if name in state.unknown:
        return
    if name not in state.plugins:
        state.note(
            (Stage.CHECK, 1000),
            path,
            f"no plugin is named {name!r}",
            f"{CHECKED}saturation detector validation failed: saturation detector references undefined plugin '{name}'",
            hint=state.declare_hint(name),
        )
    elif not state.is_a(name, "saturation-detector"):
        state.note(
            (Stage.DETECTOR, 0),
            path,
            f"{name!r} of type {state.plugins[name].kind.name!r} detects no saturation",
            f"{LOAD}plugin '{name}' is not a fwkfc.SaturationDetector",
        )


def _inline(state: State, section: Mapping[str, Any]) -> None:
    """Thresholds of versions whose detector is part of the configuration: what is out of range is the default."""
    checks = (
        ("queueDepthThreshold", lambda value: value > 0, "5"),
        ("kvCacheUtilThreshold", lambda value: 0 < value < 1, "0.8"),
        ("metricsStalenessThreshold", lambda value: parse_duration(value) > 0, "200ms"),
    )
    for name, right, default in checks:
        value = section.get(name)
        if value is not None and (not right(value)):
            state.note(
                (Stage.DEFAULTS, 0),
                f"saturationDetector.{name}",
                f"{value} is out of range, so it is {default}",
                hint="write another value, or leave it out",
                effect="replaced",
            )


def _amount(value: Any) -> Any:
    """A quantity as a number; 0 where there is none."""
    return parse_quantity(value) if value is not None and is_quantity(value) else 0
