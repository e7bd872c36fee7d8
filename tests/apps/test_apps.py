"""The example apps: each alone, all together through the runner, and the first two against what the Helm chart makes."""

import os
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_dra import ModelServiceDeployment
from constructs_dra.manifest import identity, to_yaml
from tests.restricted import pod_templates, restricted_faults

_ROOT = Path(__file__).resolve().parents[2]
APPS = sorted(path.stem for path in (_ROOT / "apps").glob("[!_]*.py"))
SEED = {"seed-intel-gpu": "single_intel_gpu", "seed-gaudi2-x2": "gaudi2_x2"}


def run(program: Path, outdir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "JSII_NODE"}
    told = {"CDK8S_OUTDIR": str(outdir), "PYTHONPATH": str(_ROOT), "PATH": str(outdir.parent)} | environment
    return subprocess.run([sys.executable, program], env=kept | told, cwd=outdir.parent, capture_output=True, text=True, check=False)


def objects(folder: Path, pattern: str = "*.yaml") -> list[dict[str, Any]]:
    documents = [document for path in sorted(folder.rglob(pattern)) for document in yaml.load_all(path.read_text(), yaml.CSafeLoader)]
    return [document for document in documents if document]


def flat(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every leaf by its place; items of lists by name, by the flag they are the value of, or by number."""
    if isinstance(value, dict) and value:
        named = [(f"{path}.{key}", item) for key, item in value.items()]
    elif isinstance(value, list) and value and all(isinstance(item, dict) and "name" in item for item in value):
        named = [(f"{path}[{item['name']}]", {key: part for key, part in item.items() if key != "name"} or True) for item in value]
    elif isinstance(value, list) and value and path.endswith(".args"):
        named = []
        for index, item in enumerate(value):
            if index and value[index - 1].startswith("--") and "=" not in value[index - 1] and not item.startswith("-"):
                named[-1] = (f"{path}[{value[index - 1]}]", item)
            else:
                named.append((f"{path}[{item}]", True))
    elif isinstance(value, list) and value:
        named = [(f"{path}[{index}]", item) for index, item in enumerate(value)]
    else:
        yield path, value
        return
    for place, item in named:
        yield from flat(item, place)


def leaves(manifests: list[dict[str, Any]]) -> dict[str, Any]:
    return dict(leaf for manifest in manifests for leaf in flat({key: manifest[key] for key in manifest if key != "kind"}, manifest["kind"]))


def renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    if isinstance(value, str):
        role = "-decode" if value.endswith("-decode") else ""
        return names.get(value.removesuffix(role), value.removesuffix(role)) + role
    return value


@pytest.mark.node
@pytest.mark.parametrize("app", APPS)
def test_each_app_runs_alone_without_a_node_on_path(app: str, tmp_path: Path) -> None:
    ended = run(_ROOT / "apps" / f"{app}.py", tmp_path / "dist")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert objects(tmp_path / "dist")


@pytest.mark.node
def test_the_runner_writes_what_the_apps_write_alone(tmp_path: Path) -> None:
    ended = run(_ROOT / "apps", tmp_path / "all")
    assert (ended.returncode, ended.stderr) == (0, "")
    for app in APPS:
        run(_ROOT / "apps" / f"{app}.py", tmp_path / "alone")
    together = {path.relative_to(tmp_path / "all"): path.read_text() for path in (tmp_path / "all").rglob("[!.]*") if path.is_file()}
    alone = {path.relative_to(tmp_path / "alone"): path.read_text() for path in (tmp_path / "alone").rglob("[!.]*") if path.is_file()}
    assert together == alone


@pytest.mark.node
def test_every_pod_of_the_apps_is_admitted_at_pod_security_level_restricted(tmp_path: Path) -> None:
    run(_ROOT / "apps", tmp_path)
    pods = [pod for made in objects(tmp_path) for pod in pod_templates(made)]
    assert len(pods) >= 48
    assert [fault for pod in pods for fault in restricted_faults(pod)] == []


@pytest.mark.node
@pytest.mark.parametrize("app", [app for app in APPS if app != "fleet"])
def test_both_doors_make_equal_objects(app: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services: list[ModelServiceDeployment] = []
    make = ModelServiceDeployment.__init__

    def remember(self: ModelServiceDeployment, *arguments: Any, **fields: Any) -> None:
        make(self, *arguments, **fields)
        services.append(self)

    monkeypatch.setattr(ModelServiceDeployment, "__init__", remember)
    monkeypatch.setenv("CDK8S_OUTDIR", str(tmp_path))
    runpy.run_path(str(_ROOT / "apps" / f"{app}.py"), run_name="__main__")
    pure = {identity(manifest): manifest for service in services for manifest in service.spec.manifests()}
    made = {identity(made): made for made in objects(tmp_path)}
    assert made == pure
    assert {key: to_yaml(one) for key, one in made.items()} == {key: to_yaml(one) for key, one in pure.items()}


@pytest.mark.node
@pytest.mark.parametrize("case", sorted(SEED))
def test_the_seeds_examples_differ_from_the_chart_only_where_it_is_meant(case: str, tmp_path: Path, shared: Path) -> None:
    told = yaml.safe_load((Path(__file__).parent / "differences.yaml").read_text())
    run(_ROOT / "apps" / f"{SEED[case]}.py", tmp_path / "dist")
    here = leaves(objects(tmp_path / "dist"))
    chart = leaves(renamed(objects(shared / "parity" / case, "expected.yaml"), told["names"][case]))
    service = here["ServiceAccount.metadata.name"]
    listed: dict[str, tuple[Any, Any]] = {}
    for entry in [*told["both"], *told[case]]:
        assert entry["reason"]
        listed |= {path: (values.get("chart"), values.get("here")) for path, values in entry["paths"].items()}
    listed = {path: (theirs, service if ours == "SERVICE" else ours) for path, (theirs, ours) in listed.items()}
    found = {
        path: (chart.get(path), here.get(path)) for path in chart | here if chart.get(path) != here.get(path) or (path in chart) != (path in here)
    }
    assert found == listed
