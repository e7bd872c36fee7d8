"""A command line is read as the engine's parser reads it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.engines.catalogue import dialect
from constructs_dra.engines.reader import Reading, read
from constructs_dra.engines.versions import versions


def parse(line: str, version: str = "0.26.0", entry: Any = "serve", files: dict[str, Any] | None = None) -> Reading:
    words = line.split(" ") if line else []
    return read([*(["m"] if entry == "serve" else ["--model", "m"]), *words], dialect(version, entry), files=(files or {}).get)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("--tensor-parallel-size 4", {"tensor_parallel_size": 4}),
        ("--tensor_parallel_size=4", {"tensor_parallel_size": 4}),
        ("--tensor-parallel 4", {"tensor_parallel_size": 4}),
        ("-tp 4", {"tensor_parallel_size": 4}),
        ("-tp 2 --tensor-parallel-size 4", {"tensor_parallel_size": 4}),
        ("--max-model-len 32k", {"max_model_len": 32000}),
        ("--max-model-len 32K", {"max_model_len": 32768}),
        ("--max-model-len auto", {"max_model_len": -1}),
        ("--no-enable-prefix-caching", {"enable_prefix_caching": False}),
        ("--enable-prefix-caching", {"enable_prefix_caching": True}),
        ("--served-model-name a b --port 1", {"served_model_name": ["a", "b"], "port": 1}),
        ("-O3", {"optimization_level": "3"}),
        ('--kv-transfer-config {"kv_connector":"NixlConnector","kv_role":"kv_both"}', None),
        ("--compilation-config.mode 3 --compilation-config.pass_config.x true", None),
    ],
)
def test_values_are_those_the_parser_gives(line: str, expected: dict[str, Any] | None) -> None:
    reading = parse(line)
    if expected is None:
        assert reading.given
    else:
        assert reading.faults == ()
        assert reading.values == expected


@pytest.mark.parametrize(
    ("line", "version", "kind"),
    [
        ("--bogus-flag", "0.26.0", "unknown"),
        ("--max", "0.26.0", "ambiguous"),
        ("--port abc", "0.26.0", "type"),
        ("--port", "0.26.0", "missing"),
        ("--port 80 81", "0.26.0", "extra"),
        ("--dtype bf16", "0.26.0", "choice"),
        ("--enable-prefix-caching=true", "0.26.0", "explicit"),
        ("--kv-transfer-config {bad", "0.26.0", "json"),
        ('--kv-transfer-config {"kv_connector":"NixlConnector","kv_role":"kv_both","bogus":1}', "0.26.0", "key"),
        ('--kv-transfer-config {"kv_connector":"NixlConnector","kv_role":"both"}', "0.26.0", "value"),
        ("--config file.txt", "0.26.0", "config"),
        ("--config", "0.26.0", "config"),
        ("--kv-transfer-config [1]", "0.26.0", "json"),
        ("--max-model-len 1.5K", "0.26.0", "type"),
        ("--lora-modules bad", "0.26.0", "json"),
        ("--disable-log-requests", "0.17.0", "unknown"),
    ],
)
def test_each_kind_of_mistake_is_named(line: str, version: str, kind: str) -> None:
    assert [fault.kind for fault in parse(line, version).faults] == [kind]


def test_every_mistake_is_found_and_knows_its_argument() -> None:
    reading = parse("--bogus --port abc --tensor-parallel-size 2 stray")
    assert [(fault.kind, fault.index) for fault in reading.faults] == [("type", 3), ("unknown", 1), ("extra", 6)]
    assert reading.values == {"tensor_parallel_size": 2}


def test_unknown_keys_of_json_were_ignored_for_some_versions() -> None:
    line = '--kv-transfer-config {"kv_connector":"NixlConnector","kv_role":"kv_both","bogus":1}'
    taking = [version for version in versions() if not parse(line, version).faults]
    assert taking[0] == "0.8.4"
    assert "0.9.0" not in taking
    assert "0.15.1" in taking
    assert "0.16.0" not in taking


def test_a_configuration_file_stands_before_the_flags() -> None:
    files = {"c.yaml": {"port": 1, "tensor-parallel-size": 4, "enforce-eager": True, "served-model-name": ["a", "b"]}}
    reading = parse("--config c.yaml --port 2", files=files)
    assert reading.values == {"port": 2, "tensor_parallel_size": 4, "enforce_eager": True, "served_model_name": ["a", "b"]}
    assert parse("--config other.yaml", files=files).unread == ("other.yaml",)


def test_the_model_of_serve_is_its_first_argument() -> None:
    assert read(["a/b", "--port", "1"], dialect("0.26.0")).model == "a/b"
    assert read(["--port", "1", "--model", "a/b"], dialect("0.26.0")).model == "a/b"
    assert [fault.kind for fault in read(["--model", "a/b"], dialect("0.11.0")).faults] == ["model"]
    assert read(["--model", "a/b"], dialect("0.11.0", "api_server")).values["model"] == "a/b"


@settings(deadline=None)
@given(st.lists(st.text(alphabet=st.sampled_from("-_=.,{}[]\"'aoO03 mtp"), max_size=12), max_size=6), st.sampled_from(versions()))
def test_no_line_ends_in_a_traceback(words: list[str], version: str) -> None:
    for entry in ("serve", "api_server"):
        reading = read(words, dialect(version, entry))
        assert all(-1 <= fault.index < len(words) for fault in reading.faults)
        assert all(fault.words for fault in reading.faults)
