"""Whatever stands in values files of the router's charts, the importer answers with problems or objects, never with a traceback."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.helm.router.keys import KEYS
from constructs_dra.helm.router.rendering import import_router_values
from constructs_dra.helm.values import Values

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 70000)
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "a", "http", "1Gi", "default-plugins.yaml", "{{ x }}"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "number", "a", "requests", "enabled"]), inner, max_size=2),
    max_leaves=5,
)


def places(key: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [path] if path else []
    for name, inner in key.entries.items():
        found += places(inner, (*path, name))
    return found


PLACES = {chart: places(key) for chart, key in KEYS.items()}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_value_at_any_place_is_answered(data: st.DataObject) -> None:
    chart: Any = data.draw(st.sampled_from(sorted(KEYS)))
    values: dict[str, Any] = {"router": {"modelServers": {"matchLabels": {"a": "b"}}, "proxy": {"args": ["-c", "a"]}}}
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(PLACES[chart]))
        holder = values
        for step in way:
            if not isinstance(holder.get(step), dict):
                holder[step] = {}
            holder = holder[step]
        holder[last] = data.draw(JUNK)
    for lenient in (False, True):
        read = import_router_values(Values(data=values, sources=(), problems=()), chart=chart, release="a", namespace="b", lenient=lenient)
        assert read.refused or read.manifests
