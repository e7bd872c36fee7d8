"""Whatever a values file says, the importer answers with objects or with problems that have a place: never with a traceback."""

from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from constructs_dra.helm.keys import Key, keys_of
from constructs_dra.helm.rendering import import_values, render
from constructs_dra.helm.source import app_source, migration_report, verify
from constructs_dra.helm.values import Values

_WORDS = [
    "",
    "vllm",
    "a",
    "nvidia",
    "intel",
    "cpu",
    "8000",
    "16Gi",
    "true",
    "/x",
    "hf://a/b",
    "pvc://c/d",
    "pvc+hf://c/d/e",
    "{{ .Values.x }}",
    "\u2028 ü",
]
_FRAGMENTS: dict[str, Any] = {
    "EnvVar": {"name": "A", "value": "1"},
    "ContainerPort": {"containerPort": 8000, "protocol": "TCP"},
    "VolumeMount": {"name": "v", "mountPath": "/v"},
    "Volume": {"name": "v", "emptyDir": {}},
    "Probe": {"httpGet": {"path": "/", "port": 8000}},
    "Container": {"name": "c", "image": "i:1"},
    "PodResourceClaim": {"name": "c", "resourceClaimTemplateName": "t"},
    "Toleration": {"operator": "Exists"},
    "LocalObjectReference": {"name": "s"},
}


def _values(key: Key, random: Random, depth: int = 0) -> Any:
    """A value that mostly fits a key, and sometimes does not."""
    if depth > 6 or random.random() < 0.03:
        return _anything(random, 0)
    if key.kind == "mapping":
        chosen = [name for name in key.entries if random.random() < (0.5 if depth else 0.4)]
        return {name: _values(key.entries[name], random, depth + 1) for name in chosen}
    if key.kind == "list":
        return [_values(key.item or Key(), random, depth + 1) for _ in range(random.randint(0, 2))]
    if key.kind == "table":
        return {name: _values(key.item or Key(), random, depth + 1) for name in random.sample(["nvidia", "intel", "cpu", "x/y"], 2)}
    if key.kind == "fragment":
        return dict(_FRAGMENTS.get(key.fragment, {}))
    if key.choices:
        return random.choice(key.choices)
    plain: dict[str, Any] = {
        "text": random.choice(_WORDS),
        "integer": random.choice([0, 1, 2, 4, 8000, -1]),
        "boolean": random.random() < 0.5,
        "labels": {random.choice(["a", "b/c", "-bad"]): random.choice(_WORDS)},
    }
    return plain[key.kind] if key.kind in plain else _anything(random, 0)


def _anything(random: Random, depth: int) -> Any:
    kind = random.random()
    if depth < 3 and kind < 0.2:
        return [_anything(random, depth + 1) for _ in range(random.randint(0, 2))]
    if depth < 3 and kind < 0.4:
        return {random.choice(_WORDS): _anything(random, depth + 1) for _ in range(random.randint(0, 2))}
    return random.choice([None, True, False, 0, 1, 70000, -2, 0.5, *_WORDS])


@pytest.mark.parametrize("chart", ["0.4", "0.3"])
@settings(max_examples=250, deadline=None)
@given(seed=st.integers(0, 10**9), lenient=st.booleans())
@example(seed=119, lenient=False)  # a variable of an accelerator without a value
def test_any_values_give_objects_or_problems(chart: Any, seed: int, lenient: bool) -> None:
    values = _values(keys_of(chart), Random(seed))
    if not isinstance(values, dict):
        values = {"decode": values}
    imported = import_values(Values(data=values, sources=(), problems=()), release="r", chart=chart, lenient=lenient)
    if imported.refused:
        assert imported.manifests == []
        assert all(problem.message for problem in imported.problems)
    else:
        assert imported.manifests


@settings(max_examples=250, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_what_is_not_refused_can_be_written_as_python(seed: int) -> None:
    random = Random(seed)
    entries = keys_of("0.4").entries["decode"].entries
    name = random.choice(
        ["volumes", "monitoring", "parallelism", "extraConfig", "acceleratorTypes", "tolerations", "resourceClaims", "initContainers"]
    )
    role = {"containers": [{"image": "i:1", "modelCommand": "vllmServe"}], name: _values(entries[name], random, 1)}
    values = Values(data={"decode": role, "prefill": {"create": False}}, sources=("values.yaml",), problems=())
    imported = import_values(values, release="r", lenient=True)
    if not imported.refused:
        app = app_source(imported)
        assert verify(app, imported) == []
        assert migration_report(imported, app)


@settings(max_examples=150, deadline=None)
@given(text=st.text(alphabet="{}[]:-#&*!|>'\"%@`\t\n ab\u0000é?,<~", max_size=60))
def test_any_text_is_read_or_refused(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "values.yaml"
    file.write_text(text, encoding="utf-8")
    imported = render([file], release="r")
    assert imported.refused or imported.manifests
