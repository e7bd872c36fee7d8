"""Values of the router's charts against what the charts render from them, and whether the endpoint picker starts with their configuration.

Objects are equal as in `parity`; YAML inside a ConfigMap is compared by what it says, not by how it is written.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from conformance.parity import differences
from conformance.score import Score
from constructs_dra.helm.router.rendering import RouterImport, import_router_values
from constructs_dra.helm.values import load_values
from constructs_dra.manifest import Manifest
from constructs_dra.picker.judging import judge_text
from constructs_dra.picker.versions import router_version

__all__ = ["scores"]

_FLAG = "--allow-experimental-plugins"


def scores(shared: Path) -> Iterable[Score]:
    """One score for the objects, one for the configurations."""
    folder = shared / "facts" / "router" / "cases"
    if not folder.is_dir():
        return
    homes = [home for home in sorted(folder.iterdir()) if (home / "expected.yaml").is_file()]
    yield _score("router-cases (objects)", homes, _objects)
    if (folder / "LOADS.yaml").is_file():
        loads = _read(folder / "LOADS.yaml")
        known = [home for home in homes if home.name.partition("__")[2] in loads]
        yield _score("router-cases (the picker starts or not, each version)", known, lambda home: _starts(home, loads[home.name.partition("__")[2]]))


def _read(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)


def _score(name: str, homes: Iterable[Path], check: Any) -> Score:
    short: list[tuple[str, str]] = []
    total = 0
    for home in homes:
        total += 1
        try:
            found = list(check(home))
        except Exception as error:  # noqa: BLE001 - one crash is one case, not the end of the score
            found = [f"{type(error).__name__}: {error}"]
        if found:
            short.append((home.name, "\n    ".join(found[:10])))
    return Score(name=name, passed=total - len(short), total=total, short=short)


def _imported(home: Path) -> RouterImport:
    mode = _read(home / "mode.yaml")
    values = load_values([home / name for name in mode["values_order"]])
    chart: Any = f"router-{mode['mode']}"
    return import_router_values(values, chart=chart, release=mode["release_name"], namespace=mode["namespace"], lenient=True)


def _objects(home: Path) -> Iterator[str]:
    imported = _imported(home)
    if imported.refused:
        yield from (str(problem) for problem in imported.problems if problem.severity == "error")
        return
    expected = [one for one in yaml.load_all((home / "expected.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader) if one]
    namespace = _read(home / "mode.yaml")["namespace"]
    yield from differences(map(_read_inside, imported.manifests), map(_read_inside, expected), namespace)


def _read_inside(manifest: Manifest) -> Manifest:
    """A ConfigMap whose strings are what they say where they are YAML mappings."""
    if manifest["kind"] != "ConfigMap":
        return manifest
    return {**manifest, "data": {key: _meaning(text) for key, text in manifest["data"].items()}}


def _meaning(text: str) -> Any:
    try:
        value = yaml.load(text, yaml.CSafeLoader)
    except yaml.YAMLError:
        return text
    return value if isinstance(value, dict) else text


def _starts(home: Path, recorded: Any) -> Iterator[str]:
    router = _imported(home).router
    if router is None:
        yield "the values are refused"
        return
    picker = router.routing.picker
    if picker.config_name != recorded["config_file"]:
        yield f"the picker reads {picker.config_name}, not {recorded['config_file']}"
    for version, said in recorded["loads"].items():
        flags = [_FLAG] if recorded["allow-experimental-plugins"] else []
        judged = judge_text(picker.config_text, version=router_version(version), flags=flags)
        if judged.loads is not (said is True):
            yield f"{version}: {judged.words or 'we let it start'}; the picker: {said}"
        created = recorded.get("auto_created_or_injected_main")
        if version == "main" and judged.loads and created is not None and sorted(created) != list(judged.created):
            yield f"{version}: created besides {sorted(set(created) ^ set(judged.created))}"
