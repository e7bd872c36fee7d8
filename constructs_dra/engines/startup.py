"""The rules vLLM enforces when it starts, by version, as far as they can be known before it does.

Each is a function from what is known of the start to vLLM's own words with the values put in. Which versions have a rule, and its words, is data;
the functions hold the conditions. `NOT_KNOWN` lists the others with the reason.
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from constructs_dra.engines import rules_model, rules_names, rules_parallel
from constructs_dra.engines.rulebook import CHECKS, facts_of_rules
from constructs_dra.engines.start import Broken, Start

__all__ = ["NOT_KNOWN", "breaks", "broken_rules", "rule_name", "startup_rules"]

_MODULES: Final = (rules_model, rules_names, rules_parallel)
"""Where the checks are; importing them registers them."""

NOT_KNOWN: Final = MappingProxyType(
    {
        "eplb-even": "the number of redundant experts may be chosen at start; the rule is checked where it is given",
        "mamba-seqs": "the number of Mamba blocks follows from the memory that is measured at start",
        "mem-free": "other processes on the device are not known",
        "mem-auto": "needs the memory that is measured at start",
        "kv-hma": "which connectors support the hybrid cache is known for three versions only",
        "kv-hma-explicit": "as kv-hma",
        "kv-nixl": "whether the package is in the image is not known",
        "dbo": "which kernels are in the image is not known",
        "pp-model": "which architectures support pipeline parallelism is not in the facts",
        "q-mismatch": "which quantisations stand for each other is not in the facts; the plain cases are checked",
        "arc": "the device's exact name is not known from a claim",
        "sleep": "which platforms can sleep, by version, is not in the facts",
        "dp-dense-off": "offline use; a server is not concerned",
        "backend": "the parser refuses what is wrong first",
        "tool-key": "the same mistake as tool-name",
        "model-flag": "read by the parser",
        "model-first": "read by the parser",
        "kv-role": "read by the parser",
        "kv-role-name": "read by the parser",
        "env-unknown": "reported for every version as engine-variable-unknown",
        "mem-zero": "checked with the memory of the devices, as engine-memory",
        "mem-one": "checked with the memory of the devices, as engine-memory",
        "vocab": "no rule: vLLM pads the vocabulary",
        "defaults": "no rule: what vLLM takes where nothing is said",
        "mem-graphs": "no rule: how memory is counted",
    }
)
"""Rules of the facts that no check of its own stands for, and why."""


def startup_rules() -> tuple[str, ...]:
    """The names of the rules that are checked."""
    return tuple(CHECKS)


def broken_rules(start: Start) -> Iterator[Broken]:
    """Every rule that the start breaks in its version."""
    for name, check in CHECKS.items():
        span = facts_of_rules().get(name, {}).get("in")
        if span is None or span[0] <= start.dialect.column <= span[1]:
            yield from check(start)


def rule_name(name: str) -> str:
    """What the table of rules calls a rule of the start."""
    return "engine" + f"-{name}"


def breaks(start: Start, name: str) -> bool:
    """Whether a start breaks one rule in its version."""
    span = facts_of_rules().get(name, {}).get("in")
    return (span is None or span[0] <= start.dialect.column <= span[1]) and any(CHECKS[name](start))
