"""The flags of a command line and their values, as most parsers read them."""

from collections.abc import Sequence

__all__ = ["flag_values", "flags_of"]


def flag_values(args: Sequence[str], flag: str) -> list[str]:
    """The values a flag has, written as two arguments or with `=`; those of a shell script are not found."""
    length, values = len(flag), []
    for index, arg in enumerate(args):
        if not arg.startswith(flag):
            continue
        if arg[length : length + 1] == "=":
            values.append(arg[length + 1 :])
        elif len(arg) == length and index + 1 < len(args):
            values.append(args[index + 1])
    return values


def flags_of(args: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The values of all flags, see `flag_values`; none for one that ends the line."""
    values: dict[str, tuple[str, ...]] = {}
    for index, arg in enumerate(args):
        if arg[:1] == "-":
            flag, equals, value = arg.partition("=")
            given = (value,) if equals else tuple(args[index + 1 : index + 2])
            values[flag] = values[flag] + given if flag in values else given
    return values
