"""Who produces the data that plugins read."""

from collections.abc import Iterator

from constructs_dra.errors import did_you_mean
from constructs_dra.picker.loader.state import Declared, Stage, State
from constructs_dra.picker.parameters import judge_parameters, lookup

__all__ = ["produce"]


def produce(state: State) -> None:
    """Make the default producers of data that nobody produces, round by round; what has none is missing."""
    if not state.does("producers"):
        return
    consumers = list(state.plugins.values())
    rank = 0
    while consumers:
        # what one round makes is there for the next one only: two keys of one producer are looked for separately
        there = {(key, each.name if each.kind.produces_as == "=" else "") for each in state.plugins.values() for key in each.kind.produces}
        created: list[Declared] = []
        for plugin in consumers:
            for key, name, by in _wanted(plugin):
                state.used.add(name)
                rank += 1
                if (key, name) not in there and not _default(state, key, name, created):
                    _unproduced(state, key, name, by, plugin, rank)
        consumers = created
    _unread(state)


def _default(state: State, key: str, name: str, created: list[Declared]) -> bool:
    """Make the default producer of a key, where that is the one that is wanted."""
    if state.of.default_producer(key) != name:
        return False
    if any(each.name == name for each in created):
        return True
    kind = state.of.type(name)
    if name in state.plugins or kind is None or _needs(state, Declared(name=name, kind=kind)):
        return False
    made = state.make(name)
    if made is not None:
        created.append(made)
    return made is not None


def _unproduced(state: State, key: str, name: str, by: str, consumer: Declared, rank: int) -> None:  # noqa: PLR0917 - one step of produce
    words = state.does("producer_words").replace("{key}", f"{key}/{name}").replace("{consumer}", consumer.name)
    place = f"{consumer.place}.parameters.{by}" if by and lookup(consumer.parameters, by) else consumer.place
    fault = f"{consumer.name!r} reads {key} from {name or 'a producer'!r}, which no plugin of that name produces"
    makers = [each.name for each in state.of.types() if key in each.produces]
    own = [each.name for each in state.plugins.values() if key in each.kind.produces]
    hint = did_you_mean(name, own) if own else f"declare a plugin of type {makers[0]}" if makers else ""
    state.note((Stage.PRODUCERS, rank), place, fault, f"failed to create missing data producers - {words}", hint=hint)


def _needs(state: State, plugin: Declared) -> bool:
    """Whether a plugin cannot be made without parameters."""
    return any(fault.effect == "refused" for fault in judge_parameters(plugin.kind, plugin.name, None, state.of))


def _unread(state: State) -> None:
    """Producers under a name of their own that nobody reads from, beside one that the loader made in their place."""
    for other in state.plugins.values():
        if other.place and other.kind.produces and other.name not in state.used and other.kind.name in state.made:
            fault = f"{other.name!r} feeds nobody: what it produces is read from {other.kind.name!r}, which is made beside it"
            hint = "leave the name out, or name it where it is read"
            state.note((Stage.PRODUCERS, 0), other.place, fault, hint=hint, effect="meaning")


def _wanted(plugin: Declared) -> Iterator[tuple[str, str, str]]:
    """The keys of data a plugin cannot do without: key, name of the producer, parameter that may name another."""
    for key, producer, by in plugin.kind.consumes:
        named = lookup(plugin.parameters, by) if by else None
        yield key, plugin.name if producer == "=" else named if isinstance(named, str) and named else producer, by
