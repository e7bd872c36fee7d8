"""The text of a dashboard is what the standard library would write."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from constructs_dra.monitoring.dashboard import _indented

_LEAVES: Any = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)


@given(st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3), max_leaves=12))
def test_it_is_what_json_dumps_writes_with_an_indent_of_one(value: Any) -> None:
    assert _indented(value) == json.dumps(value, indent=1)
