"""YAML as Go writes it: the bytes of texts that a running release holds."""

from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_dra.serving.goyaml import go_lines, go_scalar


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("DEBUG", "DEBUG"),
        ("0", '"0"'),
        ("5600", '"5600"'),
        ("1.5", '"1.5"'),
        ("true", '"true"'),
        ("no", '"no"'),
        ("", '""'),
        ("16Gi", "16Gi"),
        ("cuda_ipc,cuda_copy,tcp", "cuda_ipc,cuda_copy,tcp"),
        ("/model-cache", "/model-cache"),
        ("--enforce-eager", "--enforce-eager"),
        ('{"kv_role":"kv_both"}', """'{"kv_role":"kv_both"}'"""),
        ("it's: so", "'it''s: so'"),
        ("a #b", "'a #b'"),
        ("2024-01-01", '"2024-01-01"'),
        (8200, "8200"),
        (True, "true"),
        (None, "null"),
        ("one\ntwo\n", "|\n  one\n  two"),
        ("one\ntwo", "|-\n  one\n  two"),
    ],
)
def test_quotes_by_the_rules_of_go(value: object, written: str) -> None:
    assert go_scalar(value) == written


def test_keys_are_sorted_and_lists_are_not_indented() -> None:
    probe = {"httpGet": {"port": 8200, "path": "/health"}, "exec": {"command": ["sh", "-c"]}, "empty": {}, "none": []}
    assert go_lines(probe) == [
        "empty: {}",
        "exec:",
        "  command:",
        "  - sh",
        "  - -c",
        "httpGet:",
        "  path: /health",
        "  port: 8200",
        "none: []",
    ]


def test_mappings_in_lists() -> None:
    assert go_lines([{"name": "A", "value": "0"}, ["x"], 5]) == ["- name: A", '  value: "0"', "- - x", "- 5"]


plain = st.none() | st.booleans() | st.integers() | st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.just("\n"), max_size=20)
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abz09-", min_size=1, max_size=4), inner, max_size=3)
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine draws slowly
@given(st.dictionaries(st.text("abz", min_size=1, max_size=4), values, max_size=3).map(lambda value: {"x": value}))
def test_what_is_written_reads_back(value: dict[str, Any]) -> None:
    assert yaml.safe_load("\n".join(go_lines(value)) + "\n") == value
