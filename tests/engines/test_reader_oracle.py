"""The reader agrees with Python's own argparse, given the same flags."""

import argparse
from functools import cache
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.engines.catalogue import Dialect, Flag, dialect
from constructs_dra.engines.preparation import Preparation, Stop, Word
from constructs_dra.engines.reader import read
from constructs_dra.engines.values import Bad, read_value


class RefusedError(Exception):
    pass


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise RefusedError(message)


def reader_of(flag: Flag, which: Dialect) -> Any:
    def convert(text: str) -> Any:
        value = read_value(flag, text, which)
        if isinstance(value, Bad):
            raise argparse.ArgumentTypeError(value.words)
        return value

    return convert


@cache
def parser(version: str) -> Parser:
    which = dialect(version)
    made = Parser(add_help=False, prog="vllm")
    made.add_argument("model_tag", nargs="?")
    for flag in {id(flag): flag for flag in which.options.values()}.values():
        names = [name for name in flag.names if which.get(name) is flag]
        if flag.kind == "pair":
            positive = [name for name in names if not name.startswith("--no-") and not (name[:5] == "--dis" and flag.name[:5] == "--ena")]
            positive = [name for name in positive if not (name[:5] == "--ena" and flag.name[:5] == "--dis")]
            made.add_argument(*positive, dest=flag.dest, action="store_true", default=None)
            if negative := [name for name in names if name not in positive]:
                made.add_argument(*negative, dest=flag.dest, action="store_false", default=None)
        elif flag.kind == "switch":
            made.add_argument(*names, dest=flag.dest, action="store_true", default=None)
        elif flag.kind != "help":
            action = "append" if flag.kind == "append" else "store"
            nargs: Any = {"+": "+", "?": "?"}.get(flag.nargs)
            made.add_argument(*names, dest=flag.dest, action=action, type=reader_of(flag, which), nargs=nargs, default=None)
    return made


def parsed(version: str, words: list[str]) -> dict[str, Any] | None:
    """What argparse makes of the words; None: it refuses them."""
    try:
        return vars(parser(version).parse_args(words))
    except RefusedError:
        return None


_WORDS = st.sampled_from(
    [
        "--port",
        "80",
        "abc",
        "--port=1",
        "-tp",
        "2",
        "-tp=2",
        "-tp2",
        "--tensor-parallel",
        "--max",
        "--max-model-len",
        "32k",
        "--served-model-name",
        "a",
        "b",
        "--enforce-eager",
        "--no-enforce-eager",
        "--enforce-eager=1",
        "--enable-prefix",
        "--api-key",
        "--hf-token",
        "-q",
        "fp8",
        "-qfp8",
        "--dtype",
        "half",
        "--middleware",
        "x.y",
        "--middleware=z",
        "-1",
        "-1.5",
        "-x",
        "-",
        "--bogus",
        "--bogus=1",
        "--seed",
        "--kv-transfer-config",
        "{}",
        '{"a":1}',
        "{",
        "--device",
        "-d",
        "-dp",
        "-n",
        "--lora-modules",
        "m=p",
        "--lora",
        "--no",
        "--limit-mm-per-prompt",
        "--uvicorn-log-level",
        "info",
        "--lo",
        "",
        "--a b",
        '{"a": 1}',
    ]
)


@pytest.mark.parametrize("version", ["0.8.4", "0.9.2", "0.11.0", "0.18.0", "0.26.0", "0.33.0"])
@settings(max_examples=150, deadline=None)
@given(words=st.lists(_WORDS, max_size=6))
def test_the_reader_and_argparse_agree(version: str, words: list[str]) -> None:
    which = dialect(version)
    try:
        prepared = Preparation(which, None).prepare([Word(text, index) for index, text in enumerate(words)])
    except Stop:
        assert read(words, which).faults
        return
    namespace = parsed(version, [word.text for word in prepared])
    reading = read(words, which)
    if namespace is None:
        assert reading.faults, f"argparse refuses {words}"
        return
    assert reading.faults == (), f"argparse takes {words}"
    expected = {name: value for name, value in namespace.items() if value is not None and name != "model_tag"}
    assert {name: value for name, value in reading.values.items() if value is not None} == expected
    assert reading.model == namespace["model_tag"]
