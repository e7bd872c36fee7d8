"""Variables that start with `VLLM_`: which the version knows, and how it reads them."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from constructs_dra.engines.data import facts
from constructs_dra.engines.images import Image
from constructs_dra.engines.versions import number, span_words
from constructs_dra.errors import Severity, did_you_mean, shown

__all__ = ["variable_findings"]

_INJECTED = ("VLLM_SERVICE_", "VLLM_PORT")
"""What Kubernetes sets for a Service named `vllm`."""

_PLUGINS = {"hpu", "tpu", "npu", "rbln", "neuron"}
"""Platforms that come as plugins with variables of their own, which are not in the catalogue."""


@cache
def _variables() -> Mapping[str, Any]:
    found: Mapping[str, Any] = facts("environment")["env"]
    return found


def variable_findings(environment: Mapping[str, str | None], about: Image) -> Iterator[tuple[str, str, str, str, Severity]]:
    """What is wrong with the variables: rule, variable, message, hint and severity."""
    column = number(about.version) if about.version else None
    for name, value in environment.items():
        if not name.startswith("VLLM_") or name.startswith(_INJECTED):
            continue
        known = _variables().get(name)
        if known is None:
            if about.platform not in _PLUGINS:
                hint = did_you_mean(name, _variables(), fallback=lambda _: "it has no effect unless a plugin reads it")
                yield "engine-variable-unknown", name, f"no version of vLLM knows the variable {name}", hint, "warning"
        elif column is not None and not any(first <= column <= last for first, last in known["in"]):
            message = f"vLLM {about.version} does not know the variable {name}"
            yield "engine-variable-unknown", name, message, f"versions that do: {span_words(known['in'])}", "warning"
        elif value is not None and column is not None:
            yield from _value(name, value, known, column, about.version or "")


def _value(name: str, value: str, known: Mapping[str, Any], column: int, version: str) -> Iterator[tuple[str, str, str, str, Severity]]:
    """A value the version cannot read, or reads as something else."""
    spec = next((spec for first, last, spec in known["spec"] if first <= column <= last), None)
    if spec is None:
        return
    fault, hint = _misread(value, spec)
    if fault:
        yield "engine-variable-value", name, f"vLLM {version} {fault}: {name}={shown(value)}", hint, "warning"


def _misread(value: str, spec: Mapping[str, Any]) -> tuple[str, str]:
    kind = spec.get("kind")
    if kind in {"bool-int", "int"}:
        try:
            int(value)
        except ValueError:
            return "cannot read a whole number from it", "write 0 or 1" if kind == "bool-int" else "write a whole number"
    elif kind == "float":
        try:
            float(value)
        except ValueError:
            return "cannot read a number from it", "write a number"
    elif kind == "bool-str":
        if value.lower() not in {"1", "true", "0", "false", ""}:
            return "takes anything but 1 and true for off", "write 1 or 0"
    elif kind == "bool-only-1" and value.lower() in {"true", "yes", "on", "t", "y"}:
        return "takes anything but 1 for off", "write 1"
    elif kind == "choice" and spec.get("choices") and value:
        choices = ast.literal_eval(spec["choices"])
        # some lists are taken in any case
        if value.casefold() not in {str(each).casefold() for each in choices}:
            return "does not take it", did_you_mean(value, choices, fallback=lambda names: f"one of {', '.join(names)}")
    return "", ""
