import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from constructs_dra.cli.writing import write, write_all

_LARGE = "x" * 100_000


def in_a_child(call: str, folder: Path, *, room: int = -1) -> str:
    program = f"from pathlib import Path\nfrom constructs_dra.cli.writing import write, write_all\nfor problem in {call}: print(problem.message)"
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=None if room < 0 else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )
    return ended.stdout


def names_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("old")
    said = in_a_child(
        f"[*write(Path('page.html'), 'x' * {len(_LARGE)}), *write_all(Path('new'), {{'a/b': 'x' * {len(_LARGE)}, 'c': ''}})]", tmp_path, room=4096
    )
    assert said == "cannot be written: File too large\n" * 2
    assert (tmp_path / "page.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_a_folder_of_the_user_stays_the_same_and_is_given_no_record(tmp_path: Path) -> None:
    inode = tmp_path.stat().st_ino
    (tmp_path / "mine").write_text("mine")
    for text in ("one", "two"):
        assert write_all(tmp_path, {"a.py": text, "deep/b.py": text}) == []
        assert (tmp_path / "deep" / "b.py").read_text() == text
    assert tmp_path.stat().st_ino == inode
    assert names_in(tmp_path) == {"mine", "a.py", "deep/b.py"}


def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "page.html").write_text("old")
    (tmp_path / "page.html").symlink_to("real/page.html")
    assert write(tmp_path / "page.html", "new") == []
    assert (tmp_path / "page.html").is_symlink()
    assert (tmp_path / "real" / "page.html").read_text() == "new"


def test_a_pipe_is_written_and_stays_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE) as reader:
        assert write(tmp_path / "pipe", "through") == []
        assert reader.communicate()[0] == b"through"
    assert (tmp_path / "pipe").is_fifo()


_WRITER = """
import sys
from pathlib import Path
from constructs_dra.cli.writing import write
for number in range(100_000):
    write(Path(sys.argv[1]), f"{number}\\n" * 100_000)
    Path(sys.argv[1]).with_name("going").touch()
"""


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_a_kill_at_any_moment_leaves_the_file_whole(tmp_path: Path, ending: signal.Signals) -> None:
    for moment in range(8):
        (tmp_path / "going").unlink(missing_ok=True)
        with subprocess.Popen([sys.executable, "-c", _WRITER, tmp_path / "page"]) as process:
            while not (tmp_path / "going").exists():
                time.sleep(0.005)
            time.sleep(0.0037 * moment)
            process.send_signal(ending)
        lines = (tmp_path / "page").read_text().splitlines()
        assert (len(lines), len(set(lines))) == (100_000, 1)
    assert write(tmp_path / "page", "end") == []
    assert {path.name for path in tmp_path.iterdir()} == {"page", "going"}
