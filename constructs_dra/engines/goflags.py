"""Command lines of programs written in Go, as the packages `flag` and `pflag` read them."""

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from constructs_dra.lazy import lazy_pattern
from constructs_dra.records.valued import Valued

__all__ = ["GoFlag", "GoGiven", "read_go_flags"]

_BOOLEANS = frozenset({"1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"})
_DURATION = lazy_pattern(r"[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)\Z")
_INTEGER = lazy_pattern(r"[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]*|[1-9][0-9_]*)\Z")


@frozen(kw_only=True, eq=False, repr=False)
class GoFlag(Valued):
    """One flag of a program in one version.

    Attributes:
        name: Its name, without dashes.
        type: `bool`, `int`, `uint16`, `duration`, `string`, `stringSlice`, `intSlice` or another that takes any text.
        optional: Whether its value may be left out though it is not a boolean.
    """

    name: str
    type: str
    optional: bool = False


@frozen(kw_only=True, eq=False, repr=False)
class GoGiven(Valued):
    """One flag as it was given, or what is wrong with an argument.

    Attributes:
        name: The flag's name; of a stray argument empty.
        value: Its value; of a boolean without one `true`.
        index: The argument it stands in.
        fault: What is wrong: `unknown`, `value`, `missing` or `stray`; empty: nothing.
        words: The fault in words.
    """

    name: str
    value: str
    index: int
    fault: str = ""
    words: str = ""


def read_go_flags(arguments: Sequence[str], flags: Mapping[str, GoFlag], *, opaque: str) -> Iterator[GoGiven]:
    """Read arguments; every mistake is given, though the program stops at the first.

    Args:
        arguments: The arguments.
        flags: The flags by name.
        opaque: What stands for text that is known only when the container runs.
    """
    index = 0
    while index < len(arguments):
        text = arguments[index]
        here, index = index, index + 1
        if text == "--":
            return
        if not text.startswith("-") or text == "-" or opaque in text.partition("=")[0]:
            if opaque not in text:
                yield GoGiven(name="", value=text, index=here, fault="stray", words=f"the argument {text!r} belongs to no flag")
            continue
        name, equals, value = text.lstrip("-").partition("=")
        flag = flags.get(name)
        if flag is None:
            if not equals and index < len(arguments) and not arguments[index].startswith("-"):
                index += 1  # its value, most likely
            yield GoGiven(name=name, value=value, index=here, fault="unknown", words=f"unknown flag: --{name}")
        elif equals:
            yield _valued(flag, value, here, opaque)
        elif flag.type == "bool":
            following = arguments[index] if index < len(arguments) else ""
            if following in _BOOLEANS:
                index += 1
                words = f"--{name} {following} leaves {name} true: a boolean's value is written --{name}={following}"
                yield GoGiven(name=name, value="true", index=here, fault="value", words=words)
            else:
                yield GoGiven(name=name, value="true", index=here)
        elif index < len(arguments):
            yield _valued(flag, arguments[index], here, opaque)
            index += 1
        else:
            yield GoGiven(name=name, value="", index=here, fault="missing", words=f"flag needs an argument: --{name}")


def _valued(flag: GoFlag, value: str, index: int, opaque: str) -> GoGiven:
    fault = "" if opaque in value else _misfit(flag.type, value)
    words = f"invalid argument {value!r} for --{flag.name}: {fault}" if fault else ""
    return GoGiven(name=flag.name, value=value, index=index, fault="value" if fault else "", words=words)


def _misfit(kind: str, value: str) -> str:
    if kind == "bool":
        return "" if value in _BOOLEANS else "must be true or false"
    if kind == "int":
        return "" if _INTEGER.match(value) else "must be a whole number"
    if kind == "uint16":
        return "" if value.isdigit() and int(value) < 65536 else "must be a whole number up to 65535"
    if kind == "duration":
        return "" if _DURATION.match(value) else "must be a duration with a unit, like 30s"
    if kind == "intSlice":
        return "" if all(_INTEGER.match(each.strip()) for each in value.split(",")) else "must be whole numbers separated by commas"
    return ""
