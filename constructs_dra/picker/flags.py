"""The flags of the endpoint picker: read as its own parser reads them, and what it refuses of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.errors import Problem, did_you_mean, shown
from constructs_dra.picker.catalogue import Picker, picker
from constructs_dra.picker.shapes import duration_fault
from constructs_dra.picker.versions import DEFAULT_ROUTER

__all__ = ["Flags", "read_flags"]

_TRUE: Final = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE: Final = frozenset({"0", "f", "F", "false", "FALSE", "False"})
_MOST_PORTS: Final = 8


@frozen(kw_only=True)
class Flags:
    """The flags a picker is started with.

    Attributes:
        version: The version of the picker.
        values: Each flag that is set, by its name without dashes, as it is written; `true` for one that stands alone. The last one counts.
        places: Index of the argument each was read from.
        problems: What the picker does not take, with `[index]` of the argument as their place.
    """

    version: str
    values: Mapping[str, str] = field(factory=dict)
    places: Mapping[str, int] = field(factory=dict)
    problems: Sequence[Problem] = field(factory=tuple)

    def on(self, name: str, *, default: bool = False) -> bool:
        """Whether a flag that is true or false is on."""
        return self.values[name] in _TRUE if name in self.values else default


def read_flags(arguments: Sequence[str], *, version: str = DEFAULT_ROUTER, environment: Sequence[str] | None = None) -> Flags:
    """Read the arguments of a picker.

    Args:
        arguments: The arguments; `$(VARIABLE)` in them stands for anything.
        version: The router. Default: the newest release known.
        environment: Names of the variables it has. Default: not known.

    Raises:
        ValueError: The version is not known.
    """
    of = picker(version)
    values: dict[str, str] = {}
    places: dict[str, int] = {}
    problems: list[Problem] = []
    for index, name, value in _split(arguments, of, problems):
        entry = of.flags.get(name)
        if entry is None:
            fault = f"--{name} is not a flag of the endpoint picker {of.version}; it ends with: unknown flag: --{name}"
            problems.append(Problem(f"[{index}]", fault, _hint(name, of), rule="picker-flag"))
        else:
            values[name], places[name] = value, index
            if fault := _fault(entry, value):
                problems.append(Problem(f"[{index}]", f"--{name} {fault}", rule="picker-flag"))
            if of.column >= entry.get("rejected", of.column + 1):
                hint = "configure metrics by engineConfigs of core-metrics-extractor"
                problems.append(Problem(f"[{index}]", f"--{name} is deprecated and cannot be used", hint, rule="picker-flag"))
    problems += _together(values, places, environment)
    return Flags(version=of.version, values=values, places=places, problems=problems)


def _split(arguments: Sequence[str], of: Picker, problems: list[Problem]) -> Iterator[tuple[int, str, str]]:
    """Index, name and value of each flag. A flag that is true or false takes a value only behind `=`."""
    index = 0
    while index < len(arguments):
        argument = arguments[index]
        if argument == "--":
            return
        if not argument.startswith("-") or argument == "-":
            fault = f"{shown(argument)} is not a flag, and the endpoint picker passes over it"
            hint = "write a flag that is true or false as --name=false" if argument in _TRUE | _FALSE else ""
            problems.append(Problem(f"[{index}]", fault, hint, rule="picker-ignored"))
            index += 1
            continue
        name, equals, value = argument.lstrip("-").partition("=")
        if not argument.startswith("--") and len(name) > 1 and not equals and name[0] in of.shorthands:
            name, value, equals = name[0], name[1:], "="
        if not argument.startswith("--"):
            name = of.shorthands.get(name, name)
        start = index
        if not equals:
            if of.flags.get(name, {}).get("kind") == "bool":
                value = "true"
            elif name in of.flags:
                index += 1
                if index == len(arguments):
                    problems.append(Problem(f"[{start}]", f"--{name} needs a value", rule="picker-flag"))
                    return
                value = arguments[index]
        yield start, name, value
        index += 1


def _hint(name: str, of: Picker) -> str:
    span = of.flag_span(name)
    return f"the versions {span[0]} to {span[1]} have it" if span is not None else did_you_mean(name, of.flags, fallback=lambda _: "")


def _fault(entry: Mapping[str, Any], value: str) -> str:
    """What is wrong with the value of one flag."""
    kind = entry["kind"]
    if "$(" in value:
        return ""
    if kind == "bool":
        return "" if value in _TRUE | _FALSE else f"must be true or false, not {shown(value)}"
    if kind in {"int", "uint16"}:
        highest = 65535 if kind == "uint16" else 2**63 - 1
        right = value.lstrip("-").isdigit() and (0 if kind == "uint16" else -(2**63)) <= int(value) <= highest
        return "" if right else f"must be a whole number{' from 0 to 65535' if kind == 'uint16' else ''}, not {shown(value)}"
    if kind == "duration":
        return f"must be a duration such as 50ms, not {shown(value)}" if duration_fault(value) else ""
    if kind == "intSlice":
        return "" if all(one.strip().isdigit() for one in value.split(",")) else f"must be numbers with commas between them, not {shown(value)}"
    if entry.get("choices") and value and value not in entry["choices"]:
        return f"must be one of {', '.join(entry['choices'])}, not {shown(value)}"
    return ""


def _together(values: Mapping[str, str], places: Mapping[str, int], environment: Sequence[str] | None) -> Iterator[Problem]:
    """Rules over several flags."""

    def at(*names: str) -> str:
        return next((f"[{places[name]}]" for name in names if name in places), "")

    pool, selector = values.get("pool-name"), values.get("endpoint-selector")
    if bool(pool) == bool(selector):
        fault = "needs --pool-name or --endpoint-selector" if not pool else "has both --pool-name and --endpoint-selector"
        said = "either pool-name or endpoint-selector must be set"
        yield Problem(at("endpoint-selector"), f"{fault}; the endpoint picker ends with: {said}", "set one of the two", rule="picker-flag")
    if selector:
        ports = [one for one in values.get("endpoint-target-ports", "").split(",") if one]
        if not 1 <= len(ports) <= _MOST_PORTS:
            fault = f"--endpoint-selector needs 1 to {_MOST_PORTS} ports in --endpoint-target-ports, not {len(ports)}"
            yield Problem(at("endpoint-target-ports", "endpoint-selector"), fault, rule="picker-flag")
        if any(one.strip().isdigit() and int(one) > 65535 for one in ports):
            yield Problem(at("endpoint-target-ports"), "--endpoint-target-ports holds a number that is not a port", rule="picker-flag")
        if environment is not None and "POD_NAME" not in environment:
            hint = "write env: [{name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"
            yield Problem(at("endpoint-selector"), "--endpoint-selector needs the environment variable POD_NAME", hint, rule="picker-flag")
    if values.get("config-file") and values.get("config-text"):
        yield Problem(at("config-text"), "--config-file and --config-text cannot be set together", "keep one of them", rule="picker-flag")
    if values.get("metrics-client-ca-file") and not values.get("metrics-cert-dir"):
        yield Problem(at("metrics-client-ca-file"), "--metrics-client-ca-file needs --metrics-cert-dir", rule="picker-flag")
    unauthenticated = values.get("metrics-endpoint-auth") in _FALSE and not values.get("metrics-client-ca-file")
    if values.get("metrics-cert-dir") and unauthenticated:
        fault = "--metrics-cert-dir needs --metrics-client-ca-file where --metrics-endpoint-auth is false"
        yield Problem(at("metrics-cert-dir"), fault, rule="picker-flag")
