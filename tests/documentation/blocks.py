"""Run the blocks of one page, each alone: `python tests/documentation/blocks.py PAGE FOLDER` prints what is wrong, one fault after the other.

- `python` runs in a process of its own; its functions called `test_…` are called. A block of another language directly below shows what it prints,
  or where it prints nothing the one file it writes below dist/.
- With `title="NAME"` a block of any language is a file; `console` blocks below may use it. A Python file that such a block runs is not run twice.
- `console` holds commands behind `$ ` and what each prints on both streams; `…` stands for anything, alone on a line for any lines. `sh` is not run.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen

import constructs_dra  # noqa: F401  (loaded once; each block is a fork)

__all__ = ["Block", "blocks_of", "faults"]

_ROOT = Path(__file__).resolve().parents[2]
_OPENING = re.compile(r"^```([a-z]+)(?: title=\"([^\"]+)\")?$")


@frozen
class Block:
    """One fenced block: language, file name if it is a file, text, line of its first line, and whether it directly follows another block."""

    language: str
    title: str
    text: str
    line: int
    follows: bool


def blocks_of(text: str) -> Iterator[Block]:
    """The fenced blocks of a page in order."""
    lines = text.split("\n")
    number, after = 0, -2
    while number < len(lines):
        opening = _OPENING.match(lines[number])
        if opening is None:
            after = after if not lines[number].strip() else -2
            number += 1
            continue
        end = lines.index("```", number + 1)
        yield Block(opening[1], opening[2] or "", "\n".join([*lines[number + 1 : end], ""]), number + 2, after >= 0)
        number, after = end + 1, end


def faults(page: Path, folder: Path) -> Iterator[str]:
    """What is wrong with the blocks of a page, run in an empty folder."""
    blocks = list(blocks_of(page.read_text(encoding="utf-8")))
    commands = "\n".join(block.text for block in blocks if block.language == "console")
    for block, below in zip(blocks, [*blocks[1:], None], strict=False):
        place = f"{page.name}:{block.line}"
        if block.title:
            (folder / block.title).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.title).write_text(block.text, encoding="utf-8")
        if block.language == "console":
            yield from (f"{place}: {fault}" for fault in _console_faults(block.text, folder))
        elif block.language == "python" and not (block.title and re.search(rf"python .*{re.escape(block.title)}", commands)):
            with tempfile.TemporaryDirectory() as made:
                printed, status = _forked(block, place, folder, Path(made))
                if status:
                    yield f"{place}: fails\n{printed}"
                elif below is not None and below.follows and below.language not in {"python", "console", "sh"} and not below.title:
                    files = [path for path in sorted(Path(made).rglob("*")) if path.is_file()]
                    real = printed or (files[0].read_text(encoding="utf-8") if len(files) == 1 else f"{len(files)} files")
                    if not _matches(below.text, real):
                        yield f"{place}: shown is not what comes out:\n{real}"


_PATIENCE = 60
"""Seconds that a block may take."""


def _forked(block: Block, place: str, folder: Path, made: Path) -> tuple[str, int]:
    """Run a block in a process of its own: what it prints, and its exit status.

    A fork of a process with threads can stop before it begins, where another thread holds a lock at that moment; then another one is tried.
    """
    for _ in range(3):
        printed, status = _forked_once(block, place, folder, made)
        if status is not None:
            return printed, status
    return f"{printed}\nhas not ended within {_PATIENCE} s", 1


def _forked_once(block: Block, place: str, folder: Path, made: Path) -> tuple[str, int | None]:
    with tempfile.TemporaryFile() as output:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)
                os.chdir(folder)
                sys.path.insert(0, str(folder))
                os.environ["CDK8S_OUTDIR"] = str(made)
                names: dict[str, object] = {"__name__": "__main__"}
                exec(compile(block.text, place, "exec"), names)
                for name, value in list(names.items()):
                    if name.startswith("test_") and callable(value):
                        value()
                status = 0
            except SystemExit as end:
                status = int(bool(end.code))
            except BaseException:  # noqa: BLE001  (whatever it is, it goes into the report)
                traceback.print_exc()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
        exit_status = _ended(child)
        output.seek(0)
        return output.read().decode("utf-8"), exit_status


def _ended(child: int) -> int | None:
    """The status a child ends with; None where it has to be stopped."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _console_faults(text: str, folder: Path) -> Iterator[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if name not in {"CDK8S_OUTDIR", "GITHUB_ACTIONS"}}
    environment = kept | {"PATH": path, "PYTHONPATH": str(_ROOT), "NO_COLOR": "1", "COLUMNS": "120"}
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        ended = subprocess.run(
            command, shell=True, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=100
        )
        if "Traceback" in ended.stdout or not _matches(shown, ended.stdout):
            yield f"$ {command}\nprints:\n{ended.stdout}"


def _matches(shown: str, real: str) -> bool:
    """Whether text is what is shown, in which `…` stands for anything on its line, and alone on a line for any lines."""
    lines = (re.escape(line.rstrip()).replace("…", ".*") if line.strip() != "…" else r"[\s\S]*?" for line in shown.rstrip().split("\n"))
    return re.fullmatch("\n".join(lines), "\n".join(line.rstrip() for line in real.rstrip().split("\n"))) is not None


def main(arguments: Sequence[str]) -> int:
    """Print the faults of a page; 1 if there are any."""
    found = list(faults(Path(arguments[0]).resolve(), Path(arguments[1]).resolve()))
    print("\n\n".join(found))  # noqa: T201
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
