import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_dra import SpecError
from constructs_dra.constructs import exchange
from constructs_dra.constructs.output import beside, output_folder, staged, write_files
from constructs_dra.constructs.record import RECORD

MANIFEST = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a"}}


def files_in(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("[!.]*") if path.is_file()}


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
    with pytest.raises(SpecError, match="metadata"):
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


def test_a_folder_on_another_file_system_and_a_link_to_one_are_written(tmp_path: Path) -> None:
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system here")
    real = memory / f"constructs-dra-test-{os.getpid()}"
    real.mkdir()
    try:
        (tmp_path / "dist").symlink_to(real)
        for text in ("one", "two"):
            write_files({"a.yaml": text, "deep/b.yaml": text}, folder=tmp_path / "dist")
            assert files_in(real) == {"a.yaml": text, "deep/b.yaml": text}
        assert (tmp_path / "dist").is_symlink()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["dist"]
    finally:
        for path in sorted(real.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        real.rmdir()


def test_a_writable_folder_below_an_unwritable_one_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "dist"
    folder.mkdir()
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path and allowed(path, mode))
    assert beside(folder).parent == folder
    write_files({"a.yaml": "one", "b.yaml": "one"}, folder=folder)
    write_files({"a.yaml": "two", "b.yaml": "two"}, folder=folder)
    assert files_in(tmp_path) == {"dist/a.yaml": "two", "dist/b.yaml": "two"}
    assert sorted(path.name for path in folder.iterdir()) == [RECORD, "a.yaml", "b.yaml"]


@pytest.mark.parametrize("whole", [True, False])
def test_files_of_others_and_links_stay_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, whole: bool) -> None:
    if not whole:
        monkeypatch.setattr(exchange, "_swap_call", lambda: None)
    folder = tmp_path / "dist"
    (folder / "sub").mkdir(parents=True)
    (folder / "empty").mkdir()
    (folder / "sub" / "mine").write_text("mine")
    (folder / "sub" / "mine").chmod(0o600)
    (folder / "link").symlink_to("sub/mine")
    folder.chmod(0o750)
    inode = (folder / "sub" / "mine").stat().st_ino
    for text in ("one", "two"):
        write_files({"a.yaml": text, "sub/b.yaml": text, "c/d.yaml": text}, folder=folder)
    assert (folder / "sub" / "mine").stat().st_ino == inode
    assert (folder / "sub" / "mine").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o750
    assert (folder / "link").readlink() == Path("sub/mine")
    assert (folder / "empty").is_dir()
    assert files_in(folder) == {"link": "mine", "sub/mine": "mine", "a.yaml": "two", "sub/b.yaml": "two", "c/d.yaml": "two"}
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]


def test_what_does_not_change_keeps_its_time(tmp_path: Path) -> None:
    write_files({"a.yaml": "one", "b.yaml": "one"}, folder=tmp_path / "dist")
    os.utime(tmp_path / "dist" / "a.yaml", (1, 1))
    write_files({"a.yaml": "one", "b.yaml": "two"}, folder=tmp_path / "dist")
    assert (tmp_path / "dist" / "a.yaml").stat().st_mtime == 1


_WRITER = """
import sys
from pathlib import Path
from constructs_dra import write_files
for number in range(100_000):
    write_files({f"{name}.yaml": f"{number}" for name in range(30)}, folder=sys.argv[1])
    Path(sys.argv[1]).with_name("going").touch()
"""


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_a_kill_at_any_moment_leaves_all_old_or_all_new(tmp_path: Path, ending: signal.Signals) -> None:
    folder = tmp_path / "dist"
    for moment in range(12):
        (tmp_path / "going").unlink(missing_ok=True)
        with subprocess.Popen([sys.executable, "-c", _WRITER, folder]) as process:
            while not (tmp_path / "going").exists():
                time.sleep(0.005)
            time.sleep(0.0037 * moment)
            process.send_signal(ending)
        assert len(set(files_in(folder).values())) == 1
        assert len(files_in(folder)) == 30
    write_files({"0.yaml": "end"}, folder=folder)
    assert {path.name for path in tmp_path.iterdir()} == {"dist", "going"}


def test_a_left_over_of_a_killed_process_is_removed_and_one_at_work_is_not(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / f".dist-{dead.pid}-123").mkdir()
    (tmp_path / f".dist-{os.getpid()}-124").mkdir()  # of a process with our number, as in the next container
    (tmp_path / ".dist-old").mkdir()
    with staged(tmp_path / "dist") as at_work:
        write_files({"a.yaml": "one"}, folder=tmp_path / "dist")
        assert {path.name for path in tmp_path.iterdir()} == {"dist", ".dist-old", at_work.name}


def test_a_folder_that_no_file_system_can_have_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="cannot write the output: File name too long"):
        write_files({"a.yaml": "first"}, folder=tmp_path / ("d" * 300))


def test_a_folder_in_the_way_of_a_file_is_one_error_and_changes_nothing(tmp_path: Path) -> None:
    write_files({"a.yaml": "first"}, folder=tmp_path)
    (tmp_path / "b.yaml").mkdir()
    with pytest.raises(SpecError, match="cannot write the output: Is a directory"):
        write_files({"a.yaml": "second", "b.yaml": "second"}, folder=tmp_path)
    assert (tmp_path / "a.yaml").read_text() == "first"


def test_a_file_that_is_written_anew_keeps_its_permissions(tmp_path: Path) -> None:
    write_files({"a.yaml": "first"}, folder=tmp_path)
    (tmp_path / "a.yaml").chmod(0o600)
    write_files({"a.yaml": "second"}, folder=tmp_path)
    assert ((tmp_path / "a.yaml").stat().st_mode & 0o777, (tmp_path / "a.yaml").read_text()) == (0o600, "second")


def test_a_full_disk_is_one_error_and_changes_nothing(tmp_path: Path) -> None:
    write_files({"a.yaml": "first"}, folder=tmp_path / "dist")
    program = "from constructs_dra import SpecError, write_files\ntry:\n    write_files({'a.yaml': 'x' * 100_000, 'b.yaml': 'y'}, folder='dist')\n"
    program += "except SpecError as error:\n    print(error)\n"
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
        check=True,
    )
    assert ended.stdout.startswith("dist: cannot write the output: File too large")
    assert files_in(tmp_path) == {"dist/a.yaml": "first"}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (5, "must be a mapping"),
        (["a.yaml"], "must be a mapping"),
        ({5: "a"}, "must be a string"),
        ({"a\0b": "a"}, "NUL character"),
        ({"\ud800": "a"}, "half of a surrogate pair"),
        ({"a" * 300: "a"}, "longer than 255 bytes"),
        ({RECORD: "a"}, "the record of written files"),
        ({"a.yaml": None}, "must be a string or manifests"),
        ({"a.yaml": "\ud800"}, "half of a surrogate pair"),
        ({"a.yaml": {"metadata": {"name": {1}}}, "b.yaml": {"x": b""}}, "files\\['b.yaml'\\].x: cannot write"),
    ],
)
def test_files_that_cannot_be_written_are_named(tmp_path: Path, files: Any, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        write_files(files, folder=tmp_path / "dist")
    assert list(tmp_path.iterdir()) == []


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
_JUNK = st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(), inner, max_size=3), max_leaves=6)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.dictionaries(st.text(max_size=8) | st.integers(), _JUNK, max_size=3) | _JUNK)
def test_any_files_are_written_or_refused(tmp_path: Path, files: Any) -> None:
    with suppress(SpecError):
        write_files(files, folder=tmp_path / "dist")
