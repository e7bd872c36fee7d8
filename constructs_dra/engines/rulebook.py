"""The book of rules that vLLM enforces at its start: how a rule is written down, and its words."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

from constructs_dra.engines.data import facts
from constructs_dra.engines.start import Broken, Start
from constructs_dra.engines.versions import columns, span_words
from constructs_dra.errors import did_you_mean

__all__ = ["CHECKS", "PLUGINS", "broken", "column", "elsewhere", "facts_of_rules", "names", "rule", "rule_words"]

Check = Callable[[Start], Iterator[Broken]]
CHECKS: dict[str, Check] = {}
"""The check of each rule."""

PLUGINS = {"hpu", "tpu", "npu", "rbln", "neuron", "xpu"}
"""Platforms whose packages bring names of their own."""

_OWN_WORDS: Final = {
    "tp-kv-heads": "{} is not divisible by {}",
    "tp-ffn": "{} is not divisible by {}",
    "fp8-block": "The output_size of gate's and up's weight = {} is not divisible by weight quantization block_n = {}.",
    "eplb-even": "EPLB currently only supports even distribution of experts across ranks: {} experts over {} ranks.",
    "pp-layers": "VLLM_PP_LAYER_PARTITION must have {} entries that sum to {} layers, not {!r}.",
    "max-len": "User-specified max_model_len ({}) is greater than the derived max_model_len ({}).",
    "mem-range": "GPU memory utilization must be above 0 and at most 1. Got {}.",
    "reasoning-needs": "Error: --enable-reasoning requires --reasoning-parser",
    "reasoning-name": "Reasoning parser '{}' not found.",
    "spec-keys": "Unexpected keyword argument {!r} in the speculative_config",
    "architecture": "Model architectures ['{}'] are not supported for now.",
}
"""Words of rules whose message the facts give in prose, or not at all."""


@cache
def facts_of_rules() -> dict[str, dict[str, Any]]:
    """The rules of the facts by name."""
    return {each["id"]: each for each in facts("rules")}


@cache
def rule_words(name: str) -> str:
    """A rule's message with `{}` for each value, up to where it gets long."""
    words = _OWN_WORDS.get(name) or str(facts_of_rules()[name]["message"])
    if len(words) > 240:
        words = words[: words.find(". ", 60) + 1] or words[:240]
    return words


def rule(name: str) -> Callable[[Check], Check]:
    """Registers a check under the name of its rule."""

    def registered(check: Check) -> Check:
        CHECKS[name] = check
        return check

    return registered


def broken(name: str, *values: object, flags: tuple[str, ...] = (), hint: str = "", variable: str = "") -> Broken:
    """A broken rule with vLLM's words filled in."""
    words = rule_words(name)
    count = len(re.findall(r"\{[^}]*\}", words))
    return Broken(rule=name, words=words.format(*values[:count], *["…"] * (count - len(values))), flags=flags, hint=hint, variable=variable)


@cache
def column(version: str) -> int:
    """The column of a version."""
    return columns()[version]


def names(kind: str, start: Start) -> list[str]:
    """The names of one kind that the version has."""
    here = start.dialect.column
    return [name for name, spans in facts("names")[kind].items() if any(first <= here <= last for first, last in spans)]


def elsewhere(kind: str, name: str, start: Start) -> str:
    """The hint for a name this version does not have: those that do, or the nearest one."""
    spans = facts("names")[kind].get(name)
    return f"versions that have it: {span_words(spans)}" if spans else did_you_mean(name, names(kind, start))
