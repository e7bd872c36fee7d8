"""Scheduling profiles, their handler and their pickers."""

from collections.abc import Sequence

from constructs_dra.errors import did_you_mean
from constructs_dra.picker.loader.state import CHECKED, LOAD, Declared, Profile, Stage, State, entries, reference
from constructs_dra.picker.parameters import lookup

__all__ = ["create", "scheduler", "unused"]


def create(state: State) -> None:
    """The profiles, and what the loader adds to them by itself: one for all plugins, a handler, pickers."""
    declared = list(state.plugins.values())
    for index, each in enumerate(entries(state.config.get("schedulingProfiles"))):
        place = f"schedulingProfiles[{index}]"
        plugins = [(reference(one), f"{place}.plugins[{number}]", one.get("weight")) for number, one in enumerate(entries(each.get("plugins")))]
        state.profiles.append(Profile(name=each.get("name") or "", place=place, plugins=plugins))
    if not state.profiles:
        joined = [plugin for plugin in declared if plugin.kind.is_a("filter", "scorer", "picker")]
        state.profiles.append(Profile(name="default", place="", plugins=[(plugin.name, plugin.place, None) for plugin in joined]))
        for plugin in joined:
            if plugin.kind.is_a("saturation-detector"):
                fault = f"{plugin.name!r} joins the default profile as a filter, because it is declared and there are no profiles"
                state.note((Stage.DEFAULTS, 0), plugin.place, fault, hint="write schedulingProfiles", effect="meaning")
    if len(state.profiles) == 1 and not any(plugin.kind.is_a("profile-handler") for plugin in declared):
        state.make(state.of.created("handler"))
    _default_pickers(state, declared)
    policies: dict[str, str] = state.does("policies")
    for name in policies.values():
        state.make(name)


def _default_pickers(state: State, declared: Sequence[Declared]) -> None:
    """A picker for each profile that has none: one that is declared, else one that is made."""
    without = [profile for profile in state.profiles if not any(state.is_a(name, "picker") for name, _, _ in profile.plugins)]
    if not without:
        return
    name = next((plugin.name for plugin in declared if plugin.kind.is_a("picker")), "") or state.of.created("picker")
    state.make(name)
    for profile in without:
        profile.plugins.append((name, "", None))


def scheduler(state: State) -> None:
    """The profiles as they are now: names, references, one picker each, one handler for all."""
    seen: set[str] = set()
    prefix = f"{CHECKED}scheduling profile validation failed: "
    for index, profile in enumerate(state.profiles):
        rank, name = (Stage.CHECK, index, 0), profile.name
        if not name:
            words = f"{prefix}schedulingProfiles[{index}] is missing a name"
            state.note(rank, profile.place, "a profile needs a name", words, hint="write name: …")
        elif name in seen:
            words = f"{prefix}schedulingProfiles[{index}] has duplicate name '{name}'"
            state.note(rank, f"{profile.place}.name", f"two profiles are named {name!r}", words)
        seen.add(name)
        _profile(state, index, profile)
    _handlers(state, seen)


def _handlers(state: State, profiles: set[str]) -> None:
    """There is one handler of profiles, and it can handle as many as there are."""
    handlers = [plugin for plugin in state.plugins.values() if plugin.kind.is_a("profile-handler")]
    prefix, rank = f"{LOAD}scheduler config build failed: ", (Stage.SCHEDULER, 1000)
    if len(handlers) > 1:
        one, other = handlers[0], handlers[1]
        fault = f"{one.name!r} and {other.name!r} are both profile handlers"
        words = f"{prefix}multiple profile handlers found ('{one.name}', '{other.name}'); only one is allowed"
        state.note(rank, other.place, fault, words, hint="keep one of them")
    elif not handlers:
        fault, hint = "several profiles need a profile handler", "declare one, such as disagg-profile-handler"
        state.note(rank, "schedulingProfiles", fault, f"{prefix}no profile handler configured", hint=hint)
    elif handlers[0].kind.name == state.of.created("handler") and len(profiles) > 1:
        fault = f"{handlers[0].name!r} cannot handle several profiles"
        words = f"{prefix}SingleProfileHandler cannot support multiple scheduling profiles"
        state.note(rank, handlers[0].place, fault, words, hint="take another handler")
    for handler in handlers:
        _handled(state, handler, profiles)


def _profile(state: State, index: int, profile: Profile) -> None:
    prefix = f"{CHECKED}scheduling profile validation failed: schedulingProfiles[{profile.name}]"
    picker: Declared | None = None
    for number, (name, place, weight) in enumerate(profile.plugins):
        rank = (Stage.CHECK, index, 1, number)
        if not name:
            state.note(rank, place, "needs a pluginRef", f"{prefix}.plugins[{number}] is missing a 'pluginRef'")
            continue
        plugin = state.plugins.get(name)
        state.used.add(name)
        if plugin is None:
            if not state.lacks(name):
                continue
            named = next((each for each in state.plugins.values() if each.kind.name == name), None)
            hint = f"write {named.name}: references are names, not types" if named else state.declare_hint(name)
            state.note(rank, f"{place}.pluginRef", f"no plugin is named {name!r}", f"{prefix} references undefined plugin '{name}'", hint=hint)
            continue
        if plugin.kind.is_a("picker"):
            if picker is not None:
                words = (
                    f"{LOAD}scheduler config build failed: failed to add plugin '{name}' to profile '{profile.name}': failed to set "
                    f"'{plugin.words}' as picker, already have a registered picker plugin '{picker.words}'"
                )
                fault = f"a second picker beside {picker.name!r}; a profile has one"
                state.note((Stage.SCHEDULER, index, number), place or plugin.place, fault, words, hint="keep one of them")
            picker = picker or plugin
        if weight is not None and weight <= 0 and plugin.kind.is_a("scorer"):
            what = "switches the scorer off" if weight == 0 else "makes the scorer prefer what it scores lowest"
            hint = "leave the scorer out, or give it a weight above 0"
            state.note((Stage.SCHEDULER, index, number), f"{place}.weight", f"weight {weight} {what}", hint=hint, effect="meaning")
    scored = any(state.is_a(name, "scorer", "filter") for name, _, _ in profile.plugins)
    if not scored and (profile.place or not any(state.config.get(key) for key in ("plugins", "featureGates", "dataLayer", "flowControl"))):
        fault = f"profile {profile.name!r} has no scorer and no filter, so requests go to any endpoint"
        state.note((Stage.SCHEDULER, index), profile.place, fault, hint="list its plugins under plugins, as pluginRef", effect="meaning")


def _handled(state: State, handler: Declared, profiles: set[str]) -> None:
    """Profiles that a handler of several stages asks for and nobody has; the loader does not look."""
    if not handler.kind.references:
        return
    for stage in ("decode", "prefill", "encode"):
        written = next(
            (found for path in (f"profiles.{stage}", f"{stage}Profile") if isinstance(found := lookup(handler.parameters, path), str) and found), ""
        )
        decides = [f"deciders.{stage}", f"{stage}DeciderPluginName", *(["deciderPluginName"] if stage == "prefill" else [])]
        runs = stage == "decode" or written or any(lookup(handler.parameters, path) for path in decides)
        runs = runs or (stage == "prefill" and lookup(handler.parameters, "stageOrder") == "prefill-first")
        name = written or stage
        if runs and name not in profiles:
            fault = f"{handler.name!r} runs the profile {name!r}, which is not defined; that stage never runs"
            state.note((Stage.SCHEDULER, 1001), handler.place, fault, hint=did_you_mean(name, profiles), effect="meaning")


def unused(state: State) -> None:
    """Plugins that are declared and take no part: nothing refers to them, and they do not act by themselves."""
    if not entries(state.config.get("schedulingProfiles")):
        return
    for plugin in state.plugins.values():
        if plugin.place and plugin.name not in state.used and (set(plugin.kind.interfaces) <= {"scorer", "filter", "picker", "consumer", "producer"}):
            state.note(
                (Stage.RUNTIME, 9),
                plugin.place,
                f"no profile has {plugin.name!r}, so it takes no part",
                hint="list it in a profile, or leave it out",
                effect="ignored",
            )
