"""Every flag of the catalogue, with a value it takes and one it refuses, in versions over the whole range."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.engines.catalogue import Dialect, Entry, Flag, dialect
from constructs_dra.engines.containers import engine_problems, judged
from constructs_dra.engines.finding import Devices
from constructs_dra.engines.launch import launches
from constructs_dra.engines.reader import read
from constructs_dra.engines.readings import plain
from constructs_dra.engines.versions import versions

ENTRIES: tuple[Entry, Entry] = ("serve", "api_server")
GOOD = {
    "int": "1",
    "float": "0.5",
    "int_suffix": "2k",
    "int_suffix_or_auto": "auto",
    "json": "{}",
    "json_or_str": "plain",
    "list": "a,b",
    "bool_of_text": "x",
    "pairs": "image=1",
    "pairs_or_json": "image=1",
    "name=path or json": "a=b",
}
BAD = {"int": "1k", "float": "half", "int_suffix": "1.5K", "int_suffix_or_auto": "full", "json": "{", "pairs": "image", "name=path or json": "a"}


def flags(which: Dialect) -> list[Flag]:
    return list({id(flag): flag for flag in which.options.values()}.values())


def good(flag: Flag) -> str:
    if flag.const == "True":
        return "true"
    # a closed list may hold None, which no text stands for
    return str(next(each for each in flag.choices if each not in {None, "None"})) if flag.choices else GOOD.get(flag.type, "text")


def line(which: Dialect, *words: str) -> list[str]:
    return ["m", *words] if which.entry == "serve" else ["--model", "m", *words]


def kinds(which: Dialect, *words: str) -> set[str]:
    return {fault.kind for fault in read(line(which, *words), which).faults}


@pytest.mark.parametrize("version", versions()[::6])
@pytest.mark.parametrize("entry", ENTRIES)
def test_every_flag_takes_what_it_should_and_nothing_else(version: str, entry: Entry) -> None:
    which = dialect(version, entry)
    for flag in flags(which):
        for name in flag.names:
            if which.get(name) is not flag or flag.kind == "help" or name == "--model" or flag.dest == "config":
                continue
            if not flag.takes_value:
                assert kinds(which, name) == set(), name
                if name.startswith("--"):
                    assert kinds(which, f"{name}=true") == {"explicit"}, name
                continue
            if flag.config and good(flag) == "{}":
                continue  # some classes need keys; the next test looks into them
            assert kinds(which, name, good(flag)) == set(), (name, good(flag))
            if name.startswith("--"):
                assert kinds(which, f"{name}={good(flag)}") == set(), name
                assert kinds(which, name.replace("-", "_").replace("__", "--", 1), good(flag)) == set(), name
            bad = "no-such-choice" if flag.choices else BAD.get(flag.type)
            if bad is not None and not (flag.none_ok and bad == ""):
                assert kinds(which, name, bad), (name, bad)
            if flag.nargs not in {"?", "*"}:
                assert "missing" in kinds(which, name), name


@pytest.mark.parametrize("version", versions()[::9])
def test_keys_of_every_class_are_closed_where_the_version_closes_them(version: str) -> None:
    which = dialect(version)
    for flag in flags(which):
        if not flag.config or flag.unchecked or flag.type != "json" or not which.fields(flag.config):
            continue
        strict = (which.trait(f"unknown-keys {flag.config}") or which.trait("unknown-keys")) == "refused"
        assert ("key" in kinds(which, flag.name, '{"no_such_key": 1}')) == strict, flag.name
        assert kinds(which, flag.name, "[1]") & {"json", "value"}, flag.name


_CONTAINER: dict[str, Any] = {"image": "vllm/vllm-openai:v0.26.0", "command": ["vllm", "serve"]}
_WORD = st.sampled_from(
    ["m", "Qwen/Qwen3-32B", "--model", "--model=a/b", "--served-model-name", "a", "b", "--config", "/c.yaml", "/c.json",
     "--data-parallel-backend=ray", "--data-parallel-size=16", "--attention-backend", "FLASHINFER", "--otlp-traces-endpoint=http://a:1",
     "--master-addr", "--tool-call-parser",
     "hermes", "--enable-auto-tool-choice", "-dpa", "1.2.3.4", "--bogus", "", "serve", "-x", "--served-model-name=c", "--optimization-level", "3"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_WORD, max_size=7))
def test_names_and_addresses_decide_about_nothing(words: list[str]) -> None:
    # the same line is judged once for a fleet; what is left out for that must not matter
    (written,) = launches({**_CONTAINER, "args": words})
    (stripped,) = launches({**_CONTAINER, "args": list(plain(tuple(words)))})
    which = dialect("0.26.0")
    before, after = (read([each.text for each in launch.arguments], which) for launch in (written, stripped))
    assert [(fault.kind, fault.index) for fault in before.faults] == [(fault.kind, fault.index) for fault in after.faults]
    judged({**_CONTAINER, "args": words})


def test_a_backend_that_spreads_over_nodes_needs_no_devices_here() -> None:
    one = Devices(count=1, platform="cuda")
    for words in (["--data-parallel-backend=ray"], ["--data-parallel-backend", "ray"], ["-dpb", "ray"]):
        container = {**_CONTAINER, "args": ["m", "--data-parallel-size=16", *words]}
        assert not [each for each in engine_problems(container, devices=one) if each.finding.rule == "engine-world-gpus"]
