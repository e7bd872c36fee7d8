import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cdk8s
import pytest
import yaml

from constructs_dra import App, Chart, SpecError
from constructs_dra.constructs.output import output_folder
from constructs_dra.manifest import to_yaml

pytestmark = pytest.mark.node


def fill(app: cdk8s.App, *charts: str) -> None:
    for name in charts:
        chart = cdk8s.Chart(app, name, namespace="n", labels={"on": "yes"})
        cdk8s.ApiObject(chart, "Some_Thing", api_version="v1", kind="ConfigMap", metadata={"annotations": {"a": "012", "b": "1e3"}}).add_json_patch(
            cdk8s.JsonPatch.add("/data", {"text": "one\ntwo\n", "number": "0x1f", "empty": ""})
        )


def written(folder: Path) -> dict[str, Any]:
    return {str(path.relative_to(folder)): list(yaml.safe_load_all(path.read_text())) for path in folder.rglob("[!.]*.*")}


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


@pytest.mark.parametrize("kind", [None, cdk8s.YamlOutputType.FILE_PER_APP])
def test_another_chart_does_not_change_how_the_first_is_written(tmp_path: Path, kind: cdk8s.YamlOutputType | None) -> None:
    texts = []
    for charts in (["a"], ["a", "b"]):
        app = App(outdir=tmp_path / str(len(charts)), yaml_output_type=kind)
        fill(app, *charts[:1])
        for name in charts[1:]:
            Chart(app, name)
        app.synth()
        texts.append(next((tmp_path / str(len(charts))).glob("a*" if kind is None else "*.yaml")).read_text())
    assert texts[0] == texts[1] == to_yaml(yaml.safe_load_all(texts[0]))


def test_a_chart_that_is_gone_takes_its_file_along(tmp_path: Path) -> None:
    folder = tmp_path / "dist"
    program = "from constructs_dra import App, Chart\napp = App()\nfor name in {!r}:\n    Chart(app, name)\napp.synth()\n"
    script = tmp_path / "main.py"
    for charts, mine, files in (
        (["a", "b", "c"], {}, {"a", "b", "c"}),
        (["a"], {"other.k8s.yaml": "a file of somebody else", "c.k8s.yaml": "edited"}, {"a", "c", "other"}),
        (["d"], {}, {"c", "d", "other"}),
    ):
        for name, text in mine.items():
            (folder / name).write_text(text)
        script.write_text(program.format(charts))
        subprocess.run([sys.executable, script], check=True, env={**os.environ, "CDK8S_OUTDIR": str(folder)})
        assert {path.name.removesuffix(".k8s.yaml") for path in folder.glob("[!.]*")} == files


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
    assert [path.name for path in (tmp_path / "asked").glob("[!.]*")] == ["c.k8s.yaml"]
