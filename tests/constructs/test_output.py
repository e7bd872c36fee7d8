from pathlib import Path

import pytest

from constructs_dra import SpecError
from constructs_dra.constructs.output import output_folder, staged, write_files

MANIFEST = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a"}}


def files_in(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_files_are_written_below_the_folder_and_others_stay(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "old.yaml").write_text("old")
    written = write_files({"a/one.yaml": MANIFEST, "a/two.yaml": [MANIFEST, MANIFEST], "note.txt": "hello"}, folder=tmp_path / "dist")
    assert [path.name for path in written] == ["one.yaml", "two.yaml", "note.txt"]
    assert set(files_in(tmp_path / "dist")) == {"old.yaml", "a/one.yaml", "a/two.yaml", "note.txt"}
    assert "\n---\n" in files_in(tmp_path / "dist")["a/two.yaml"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dist"]


def test_the_folder_is_the_one_cdk8s_synth_asks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDK8S_OUTDIR", str(tmp_path / "asked"))
    write_files({"a.yaml": MANIFEST})
    assert set(files_in(tmp_path / "asked")) == {"a.yaml"}
    monkeypatch.delenv("CDK8S_OUTDIR")
    assert output_folder() == Path("dist")


def test_a_failure_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    write_files({"a.yaml": "first"}, folder=tmp_path / "dist")
    with pytest.raises(TypeError, match="metadata"):
        write_files({"a.yaml": "second", "b.yaml": {"metadata": {"name": object()}}}, folder=tmp_path / "dist")
    assert files_in(tmp_path) == {"dist/a.yaml": "first"}


def test_a_failure_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), staged(tmp_path / "deep" / "dist"):
        _ = 1 / 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["../out.yaml", "/etc/out.yaml", "a/../../out.yaml", "", "."])
def test_a_path_that_leads_out_of_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(SpecError, match="leads out of the output folder"):
        write_files({path: MANIFEST}, folder=tmp_path / "dist")
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_write_is_a_problem_because_an_empty_folder_deploys_nothing(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="nothing to write"):
        write_files({}, folder=tmp_path)


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "dist").write_text("I am a file")
    with pytest.raises(SpecError, match="dist: cannot write the output"):
        write_files({"a.yaml": MANIFEST}, folder=tmp_path / "dist")
    assert files_in(tmp_path) == {"dist": "I am a file"}
