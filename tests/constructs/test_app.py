from pathlib import Path
from typing import Any

import cdk8s
import pytest
import yaml

from constructs_dra import App, Chart, SpecError
from constructs_dra.constructs.output import output_folder

pytestmark = pytest.mark.node


def fill(app: cdk8s.App, *charts: str) -> None:
    for name in charts:
        chart = cdk8s.Chart(app, name, namespace="n", labels={"on": "yes"})
        cdk8s.ApiObject(chart, "Some_Thing", api_version="v1", kind="ConfigMap", metadata={"annotations": {"a": "012", "b": "1e3"}}).add_json_patch(
            cdk8s.JsonPatch.add("/data", {"text": "one\ntwo\n", "number": "0x1f", "empty": ""})
        )


def written(folder: Path) -> dict[str, Any]:
    return {str(path.relative_to(folder)): list(yaml.safe_load_all(path.read_text())) for path in folder.rglob("*.*")}


@pytest.mark.parametrize("charts", [[], ["a"], ["a", "B_c"]])
@pytest.mark.parametrize("kind", [None, *cdk8s.YamlOutputType])
def test_the_files_are_those_of_cdk8s(tmp_path: Path, charts: list[str], kind: cdk8s.YamlOutputType | None) -> None:
    theirs = cdk8s.App(outdir=str(tmp_path / "theirs"), yaml_output_type=kind, output_file_extension=".yml")
    ours = App(outdir=tmp_path / "ours", yaml_output_type=kind, output_file_extension=".yml")
    for app in (theirs, ours):
        fill(app, *charts)
        app.synth()
    assert written(tmp_path / "ours") == written(tmp_path / "theirs")
    assert bool(written(tmp_path / "ours")) == bool(charts)


def test_a_second_synth_replaces_the_first(tmp_path: Path) -> None:
    app = App(outdir=tmp_path / "deep" / "dist")
    fill(app, "a")
    app.synth()
    fill(app, "b")
    app.synth()
    assert set(written(tmp_path / "deep" / "dist")) == {"a.k8s.yaml", "b.k8s.yaml"}
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]
    assert app.outdir == str(tmp_path / "deep" / "dist")


@pytest.mark.parametrize("charts", [["a"], ["a", "b"]])
def test_an_output_folder_that_cannot_be_written_is_named(tmp_path: Path, charts: list[str]) -> None:
    (tmp_path / "file").write_text("")
    app = App(outdir=tmp_path / "file" / "dist")
    fill(app, *charts)
    with pytest.raises(SpecError, match="cannot write the output"):
        app.synth()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_output_folder_is_the_one_the_environment_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDK8S_OUTDIR", str(tmp_path / "asked"))
    assert output_folder() == tmp_path / "asked"
    app = App()
    Chart(app, "c")
    app.synth()
    assert [path.name for path in (tmp_path / "asked").iterdir()] == ["c.k8s.yaml"]
