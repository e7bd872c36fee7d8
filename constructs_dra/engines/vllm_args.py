"""Arguments of vLLM by the names of its options, so that an editor completes them and a type checker knows them."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Unpack

from constructs_dra.engines.data import facts
from constructs_dra.errors import Problem, SpecError, did_you_mean, shown

if TYPE_CHECKING:
    from constructs_dra.engines.vllm_fields import VllmFields  # pyright: ignore[reportMissingModuleSource] - types alone, nothing to run

__all__ = ["NO_FIELDS", "VllmArgs"]

NO_FIELDS: Final = frozenset({"help", "config", "model"})
"""What is not a field: the model is the service's, and a configuration file would hide flags from the checks."""


@cache
def _flags() -> Mapping[str, tuple[str, Mapping[str, Any], bool]]:
    """Engine's name of a value to its flag, the newest spec of it, and whether `--no-…` exists."""
    made: dict[str, tuple[int, str, Mapping[str, Any], bool]] = {}
    for name, raw in facts("vllm")["flags"].items():
        spec, last = raw["spec"][-1][2], raw["spec"][-1][1]
        negative = any(each[2] and any(spelling.startswith("--no-") for spelling in (*each[2], *each[3])) for each in raw["names"])
        if raw["dest"] not in made or made[raw["dest"]][0] < last:
            made[raw["dest"]] = (last, name, spec, negative)
    return {dest: (name, spec, negative) for dest, (_, name, spec, negative) in made.items() if dest not in NO_FIELDS}


class VllmArgs:
    """Arguments of `vllm serve`: `VllmArgs(max_model_len=32_768, kv_cache_dtype="fp8")`.

    Names and types are those of every version; which of them the image's version takes is checked where they are used. A value of None is left out.

    Attributes:
        fields: The values that were given.
    """

    __slots__ = ("fields",)

    def __init__(self, **fields: "Unpack[VllmFields]") -> None:
        """Take the values.

        Raises:
            SpecError: A name is none of vLLM's, or a value cannot be written as its argument.
        """
        given: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
        problems = [problem for name, value in given.items() for problem in _problems(name, value)]
        if problems:
            raise SpecError(problems)
        self.fields: Mapping[str, Any] = given

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments as they are written on a command line."""
        return tuple(word for name, value in self.fields.items() for word in _words(name, value))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VllmArgs) and self.fields == other.fields

    def __hash__(self) -> int:
        return hash(self.arguments)

    def __repr__(self) -> str:
        return f"VllmArgs({', '.join(f'{name}={value!r}' for name, value in self.fields.items())})"


def _problems(name: str, value: Any) -> list[Problem]:
    known = _flags().get(name)
    if known is None:
        return [Problem(name, "is not an option of vLLM", did_you_mean(name, _flags()), source="VllmArgs")]
    flag, spec, negative = known
    if spec["kind"] in {"pair", "switch"}:
        if not isinstance(value, bool):
            return [Problem(name, f"must be a boolean, not {shown(value)}", "write True or False", source="VllmArgs")]
        if not value and not negative:
            return [Problem(name, f"cannot be False: {flag} has no opposite", "leave it out", source="VllmArgs")]
        return []
    if isinstance(value, Mapping):
        try:
            json.dumps(dict(value))
        except (TypeError, ValueError) as error:
            return [Problem(name, f"cannot be written as JSON: {error}", source="VllmArgs")]
        return [] if "json" in spec.get("type", "") or "pairs" in spec.get("type", "") else [_wrong(name, value, spec)]
    several = spec.get("nargs") == "+" or spec["kind"] == "append" or spec.get("type") in {"list", "json"}
    if isinstance(value, Sequence) and not isinstance(value, str):
        good = several and all(isinstance(each, str | int | float | Mapping) and not isinstance(each, bool) for each in value)
        return [] if good and value else [_wrong(name, value, spec)]
    return [] if _fits(value, str(spec.get("type", "str"))) else [_wrong(name, value, spec)]


def _fits(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return False
    if kind == "int":
        return isinstance(value, int)
    if kind == "float":
        return isinstance(value, int | float)
    return isinstance(value, str | int | float)


def _wrong(name: str, value: Any, spec: Mapping[str, Any]) -> Problem:
    words = {"int": "a whole number", "float": "a number", "json": "a mapping"}.get(str(spec.get("type")), "a string")
    return Problem(name, f"must be {words}, not {shown(value)}", source="VllmArgs")


def _words(name: str, value: Any) -> Sequence[str]:
    flag, spec, _ = _flags()[name]
    if isinstance(value, bool):
        return (flag if value else f"--no-{flag[2:]}",)
    if isinstance(value, Mapping) or (spec.get("type") == "json" and not isinstance(value, str)):
        return (f"{flag}={json.dumps(value, separators=(',', ':'))}",)
    if isinstance(value, Sequence) and not isinstance(value, str):
        if spec["kind"] == "append":
            return tuple(f"{flag}={each}" for each in value)
        if spec.get("type") == "list":
            return (f"{flag}={','.join(map(str, value))}",)
        return (flag, *(json.dumps(each) if isinstance(each, Mapping) else str(each) for each in value))
    return (f"{flag}={value}",)
