"""What the factory of a plugin says to its parameters: rules from the catalogue, applied to one mapping."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from attrs import frozen

from constructs_dra.cel.parser import parse
from constructs_dra.cel.time_functions import parse_duration
from constructs_dra.cel.tokens import CelSyntaxError
from constructs_dra.errors import did_you_mean, shown
from constructs_dra.lexical.names import label_key_problem, label_value_problem
from constructs_dra.paths import child
from constructs_dra.picker.catalogue import Picker, PluginType
from constructs_dra.picker.findings import Effect
from constructs_dra.picker.shapes import Mismatch, decode, duration_fault, quoted

__all__ = ["ParameterFault", "judge_parameters", "lookup"]

_EFFECTS: Final[dict[str, Effect]] = {
    "refused": "refused",
    "replaced": "replaced",
    "replaced-logged": "replaced",
    "ignored-logged": "ignored",
    "deprecated": "deprecated",
    "meaning": "meaning",
}
_METRIC: Final = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*(?:\{[^{}]*\})?\Z")
_SELECTOR_TERM: Final = re.compile(r"\s*!?\s*([^\s=!<>(),]+)\s*(?:(?:=|==|!=|>|<)\s*([^\s=!<>(),]*)|\s(?:in|notin)\s*\([^()]*\))?\s*\Z")
_ABSENT: Final = object()

Test: TypeAlias = Sequence[Any]


@frozen(kw_only=True)
class ParameterFault:
    """One thing the factory does not take as it is written.

    Attributes:
        path: The place below the parameters; empty for all of them.
        fault: What is wrong, in this library's words.
        words: What the factory says; `…` stands for what is not on record.
        effect: What becomes of it.
        hint: What to do about it.
        early: Whether it is met as soon as the parameters are read, which the loader does for some types before it makes any plugin.
    """

    path: str
    fault: str
    words: str
    effect: Effect = "refused"
    hint: str = ""
    early: bool = False


def judge_parameters(kind: PluginType, name: str, parameters: Any, of: Picker) -> Iterator[ParameterFault]:
    """Everything a factory does not take, in its order.

    Args:
        kind: The type of the plugin.
        name: The plugin's own name.
        parameters: What is written; None where nothing is.
        of: The version of the picker.
    """
    if not kind.reads:
        if parameters:
            fault = f"plugins of type {kind.name!r} do not look at parameters"
            yield ParameterFault(path="", fault=fault, words="", effect="ignored", hint="leave them out")
        return
    given = parameters if parameters is not None else {}
    stopped = False
    both = _both(kind, given, of)
    if both is not None:
        yield both
        return
    for mismatch in decode(given, kind.fields, "", at=of.column, exact=False):
        if mismatch.unknown and not of.does("strict_parameters"):
            fault = f"{mismatch.fault} and is passed over in silence"
            yield ParameterFault(path=mismatch.path, fault=fault, words="", effect="ignored", hint=mismatch.hint)
            continue
        stopped = True
        yield _undecoded(kind, name, mismatch)
    if stopped or not isinstance(given, Mapping):
        return
    judged = _Judged(kind=kind, name=name, value=_folded(given, kind.fields), of=of)
    for rule in kind.rules:
        yield from judged.broken(rule)


def _both(kind: PluginType, given: Any, of: Picker) -> ParameterFault | None:
    """What a plugin with two sets of parameters says where neither fits."""
    if not kind.alternatives or not isinstance(given, Mapping):
        return None
    sets = {name: [key for key in kind.alternatives[name] if key in kind.fields] for name in ("nested", "flat")}
    if not of.does("strict_parameters"):
        used = [[key for key in keys if given.get(key)] for keys in sets.values()]
        words = kind.alternatives["says_lenient"].replace("{flat names}", ", ".join(sorted(sets["flat"], key=kind.alternatives["flat"].index)))
        return _mixed(used, words) if all(used) else None
    wrong = {name: list(decode(given, {key: kind.fields[key] for key in keys}, "", at=of.column, exact=False)) for name, keys in sets.items()}
    if not all(wrong.values()):
        return None
    said = {name: f"json: {found[0].words}" if found[0].unknown else found[0].words for name, found in wrong.items()}
    words = kind.alternatives["says"].replace("{nested}", said["nested"]).replace("{flat}", said["flat"])
    known = [key for keys in sets.values() for key in keys]
    for found in wrong["nested"]:
        if not found.unknown or found.path not in known:
            hint = did_you_mean(found.path, known) if found.unknown else found.hint
            return ParameterFault(path=found.path, fault=found.fault, words=words, hint=hint, early=True)
    return _mixed([[key for key in keys if key in given] for keys in sets.values()], words)


def _mixed(used: Sequence[Sequence[str]], words: str) -> ParameterFault:
    fault = f"{' and '.join(used[1])} are the old spelling of {', '.join(used[0])}, and the two cannot be mixed"
    return ParameterFault(path=used[1][0] if used[1] else "", fault=fault, words=words, hint="write profiles and deciders only", early=True)


def _undecoded(kind: PluginType, name: str, mismatch: Mismatch) -> ParameterFault:
    before = "…" if kind.parse_words is None else kind.parse_words.replace("{name}", name)
    said = f"json: {mismatch.words}" if mismatch.unknown else mismatch.words
    return ParameterFault(path=mismatch.path, fault=mismatch.fault, words=f"{before}{said}", hint=mismatch.hint, early=True)


def _folded(given: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters under the names their plugin gives them: case does not count."""
    names = {name.casefold(): name for name in fields}
    return {names.get(str(key).casefold(), str(key)): value for key, value in given.items()}


def lookup(value: Any, path: str) -> Any:
    """The value at a dotted place; None where there is none."""
    for step in path.split(".") if path else ():
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _places(value: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Every value a rule's place stands for, with its own place and what it stands in; `[]` goes through a list, what is absent is `_ABSENT`."""
    yield from _walk(value, path.split(".") if path else [], "", None)


def _walk(value: Any, steps: list[str], place: str, parent: Any) -> Iterator[tuple[str, Any, Any]]:
    if not steps:
        yield place, value, parent
        return
    name = steps[0].removesuffix("[]")
    inner = value.get(name, _ABSENT) if isinstance(value, Mapping) else _ABSENT
    inner = _ABSENT if inner is None else inner
    where = child(place, name)
    if steps[0].endswith("[]"):
        for index, item in enumerate(inner if isinstance(inner, list | tuple) else ()):
            yield from _walk(item, steps[1:], f"{where}[{index}]", value)
    else:
        yield from _walk(inner, steps[1:], where, value)


@frozen(kw_only=True)
class _Judged:
    """One plugin whose parameters are judged."""

    kind: PluginType
    name: str
    value: dict[str, Any]
    of: Picker

    def broken(self, rule: Mapping[str, Any]) -> Iterator[ParameterFault]:
        """What breaks a rule."""
        for place, value, parent in _places(self.value, rule["at"]):
            if not all(self._holds(condition, rule["at"], parent) for condition in rule.get("when", ())):
                continue
            for fault, shown_value, hint in self._failures(rule, value):
                yield ParameterFault(
                    path=place,
                    fault="is deprecated" if rule.get("effect") == "deprecated" else fault,
                    words=self._words(rule["says"], shown_value, parent),
                    effect=_EFFECTS[rule.get("effect", "refused")],
                    hint=hint,
                    early=rule.get("stage") == "order",
                )

    def _holds(self, condition: Sequence[Any], at: str, parent: Any) -> bool:
        path, test, default = condition
        if "[]" in path and path.rpartition(".")[0] == at.rpartition(".")[0]:
            value = parent.get(path.rpartition(".")[2]) if isinstance(parent, Mapping) else None
        else:
            value = lookup(self.value, path)
        if test[0] == "present":
            return value is not None
        return not list(_TESTS[test[0]](default if value is None else value, test[1:], self))

    def _failures(self, rule: Mapping[str, Any], value: Any) -> Iterator[tuple[str, Any, str]]:
        test = rule["test"]
        if value is _ABSENT:
            if test[0] == "engine" or (test[0] in {"nonempty", "present", "length"} and "default" not in rule) or rule.get("required"):
                wanted = f"; one of {', '.join(map(repr, test[1]))}" if test[0] == "in" else ""
                if test[0] != "engine":
                    yield f"is missing{wanted}", "", ""
            return
        if test[0] == "present":
            return
        yield from _TESTS[test[0]](value, test[1:], self)

    def _words(self, says: str, value: Any, parent: Any) -> str:
        def one(match: re.Match[str]) -> str:
            key = match[1]
            if key == "name":
                return self.name
            if key == "type":
                return self.kind.name
            if key == "why":
                return duration_fault(value) if isinstance(value, str) else "…"
            if key.startswith("sibling."):
                return quoted(parent.get(key.partition(".")[2], "")) if isinstance(parent, Mapping) else "…"
            return {"value": _plain(value), "value.q": quoted(value), "value.f": f"{value:f}" if isinstance(value, int | float) else "…"}.get(
                key, "…"
            )

        return re.sub(r"\{([a-z.]+)\}", one, says)


def _plain(value: Any) -> str:
    """A value as Go's `%v` writes it."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _range(value: Any, args: Test, _: _Judged) -> Iterator[tuple[str, Any, str]]:
    low, low_open, high, high_open, *more = args
    if not isinstance(value, int | float):
        return
    if more and value == more[1]:
        # the pair after "or" is allowed besides; with a third item it is the only value the rule is about
        if len(more) == 3:
            yield f"{value} means the default", value, ""
        return
    if len(more) == 3:
        return
    if (low is not None and (value < low or (low_open and value == low))) or (high is not None and (value > high or (high_open and value == high))):
        words = [f"{'greater than' if low_open else 'at least'} {low}"] if low is not None else []
        words += [f"{'less than' if high_open else 'at most'} {high}"] if high is not None else []
        besides = f", or {more[1]}" if more else ""
        yield f"must be {' and '.join(words)}{besides}, not {_plain(value)}", value, ""


def _in(value: Any, args: Test, _: _Judged) -> Iterator[tuple[str, Any, str]]:
    if value not in args[0]:
        yield f"{shown(value)} is not known here", value, did_you_mean(value, [each for each in args[0] if isinstance(each, str) and each])


def _not(value: Any, args: Test, _: _Judged) -> Iterator[tuple[str, Any, str]]:
    if value == args[0]:
        yield f"must not be {shown(value)}", value, ""


def _nonempty(value: Any, _args: Test, _: _Judged) -> Iterator[tuple[str, Any, str]]:
    if value in ("", [], (), {}):
        yield "must not be empty", value, ""


def _absent(value: Any, _args: Test, judged: _Judged) -> Iterator[tuple[str, Any, str]]:
    if value not in (0, ""):
        yield f"is not for plugins of type {judged.kind.name!r} in the endpoint picker {judged.of.version}", value, "leave it out"


def _length(value: Any, args: Test, _: _Judged) -> Iterator[tuple[str, Any, str]]:
    if isinstance(value, list | tuple) and not args[0] <= len(value) <= args[1]:
        yield f"must have {args[0]} entry, not {len(value)}", value, ""


def _keys(value: Any, names: Sequence[str]) -> list[str]:
    return [name for name in names if isinstance(value, Mapping) and value.get(name) not in (None, "")]


def _one_of_keys(value: Any, args: Test, _: _Judged) -> Iterator[tuple[str, Any, str]]:
    if len(_keys(value, args[0])) != 1:
        yield f"must have exactly one of {' and '.join(args[0])}", value, ""


def _at_most_one_key(value: Any, args: Test, _: _Judged) -> Iterator[tuple[str, Any, str]]:
    if len(found := _keys(value, args[0])) > 1:
        yield f"must not have {' and '.join(found)} together", value, "keep one of them"


def _some_key(value: Any, args: Test, _: _Judged) -> Iterator[tuple[str, Any, str]]:
    if not _keys(value, args[0]):
        yield f"must have one of {' and '.join(args[0])}", value, ""


def _ordered(value: Any, args: Test, _: _Judged) -> Iterator[tuple[str, Any, str]]:
    # a number that is left out is 0 to the decoder
    found = value if isinstance(value, Mapping) else {}
    low, high = found.get(args[0]) or 0, found.get(args[1]) or 0
    if isinstance(low, int | float) and isinstance(high, int | float) and low >= high:
        yield f"{args[0]} {_plain(low)} must be less than {args[1]} {_plain(high)}", value, ""


def _at_least_or_zero(value: Any, args: Test, judged: _Judged) -> Iterator[tuple[str, Any, str]]:
    written = judged.value.get(args[0])
    least: float = written if isinstance(written, int | float) else args[1]
    if isinstance(value, int | float) and value != 0 and value < least:
        yield f"must be 0 or at least {args[0]}, which is {_plain(least)}", value, ""


def _unique(value: Any, args: Test, _: _Judged) -> Iterator[tuple[str, Any, str]]:
    seen: list[Any] = []
    for item in value if isinstance(value, list | tuple) else ():
        one = item.get(args[0]) if args[0] and isinstance(item, Mapping) else item
        if one is not None and one != "" and one in seen:
            yield f"{shown(one)} appears twice", one, "keep one of them"
        seen.append(one)


def _duration(value: Any, args: Test, _: _Judged) -> Iterator[tuple[str, Any, str]]:
    if not isinstance(value, str) or (not value and args):
        return
    if duration_fault(value):
        yield f"{shown(value)} is not a duration", value, "write a number with its unit, such as '500ms' or '30s'"
    elif args and (parse_duration(value) < 0 or (len(args) > 1 and parse_duration(value) == 0)):
        yield f"must {'be more than 0' if len(args) > 1 else 'not be negative'}, not {shown(value)}", value, ""


def _metric(value: Any, _args: Test, _: _Judged) -> Iterator[tuple[str, Any, str]]:
    if value and not _METRIC.match(value):
        yield f"{shown(value)} is not a metric", value, "write its name, or name{label=value,...}"


def _engine(value: Any, _args: Test, judged: _Judged) -> Iterator[tuple[str, Any, str]]:
    configs = judged.value.get("engineConfigs") or ()
    known = [*judged.of.does("engines"), *(each.get("name") for each in configs if isinstance(each, Mapping))]
    if value and value not in known:
        yield f"{shown(value)} is not an engine of engineConfigs or known here", value, did_you_mean(value, [str(each) for each in known])


def _cel(value: Any, _args: Test, _: _Judged) -> Iterator[tuple[str, Any, str]]:
    if not value:
        return
    try:
        parse(value)
    except CelSyntaxError as error:
        yield f"is not a CEL expression: {error}", value, ""


def _label_requirement(value: Any, _args: Test, _: _Judged) -> Iterator[tuple[str, Any, str]]:
    if not isinstance(value, Mapping):
        return
    operator, values = value.get("operator"), value.get("values") or []
    key = value.get("key")
    if problem := label_key_problem(key if isinstance(key, str) else ""):
        yield f"key {shown(key)} {problem}", value, ""
    if operator in ("In", "NotIn") and not values:
        yield f"{operator} needs values", value, ""
    if operator in ("Exists", "DoesNotExist") and values:
        yield f"{operator} takes no values", value, ""
    for each in values:
        if isinstance(each, str) and (problem := label_value_problem(each)):
            yield f"{shown(each)} {problem}", value, ""


def _labels(value: Any, _args: Test, _: _Judged) -> Iterator[tuple[str, Any, str]]:
    for key, item in value.items() if isinstance(value, Mapping) else ():
        if problem := label_key_problem(str(key)):
            yield f"key {shown(key)} {problem}", value, ""
        if isinstance(item, str) and (problem := label_value_problem(item)):
            yield f"{shown(item)} {problem}", value, ""


def _selector_text(value: Any, _args: Test, _: _Judged) -> Iterator[tuple[str, Any, str]]:
    if not isinstance(value, str) or not value:
        return
    for term in re.split(r",(?![^()]*\))", value):
        match = _SELECTOR_TERM.match(term)
        if match is None or label_key_problem(match[1]) or (match[2] and label_value_problem(match[2])):
            yield f"{shown(value)} is not a label selector", value, "write it as key=value,other in (a, b)"
            return


_TESTS: Final[dict[str, Callable[[Any, Test, _Judged], Iterator[tuple[str, Any, str]]]]] = {
    "absent": _absent,
    "at-least-or-zero": _at_least_or_zero,
    "at-most-one-key": _at_most_one_key,
    "cel": _cel,
    "duration": _duration,
    "engine": _engine,
    "in": _in,
    "label-requirement": _label_requirement,
    "labels": _labels,
    "length": _length,
    "metric": _metric,
    "nonempty": _nonempty,
    "not": _not,
    "one-of-keys": _one_of_keys,
    "ordered": _ordered,
    "range": _range,
    "selector-text": _selector_text,
    "some-key": _some_key,
    "unique": _unique,
}
"""What a rule may ask of a value: each says what is wrong with it, the value to show, and a hint."""
