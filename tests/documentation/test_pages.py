"""Every block of every page runs alone, and what a page shows is what comes out."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documentation.blocks import Block, blocks_of, faults

_ROOT = Path(__file__).resolve().parents[2]
_PAGES = sorted((_ROOT / "docs").rglob("*.md"))


@pytest.mark.node
@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.stem)
def test_the_blocks_of_a_page_run_alone(page: Path, tmp_path: Path) -> None:
    if re.search(r"^```(python|console)", page.read_text(encoding="utf-8"), re.MULTILINE):
        environment = {name: value for name, value in os.environ.items() if name != "CDK8S_OUTDIR"} | {"PYTHONPATH": str(_ROOT)}
        program = [sys.executable, str(_ROOT / "tests" / "documentation" / "blocks.py"), str(page), str(tmp_path)]
        ended = subprocess.run(program, env=environment, capture_output=True, text=True, check=False, timeout=250)
        assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("page", [_ROOT / "README.md", *_PAGES], ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    made = ("rules/", "gallery/", "drivers/", "reference/")  # generated; the site's build looks after them
    assert [target for target in targets if not target.startswith(made) and not (page.parent / target).exists()] == []


def test_blocks_know_what_they_are_and_what_they_show() -> None:
    text = '# Page\n\n```python\nprint(1)\n```\n\n```text\n1\n```\n\nwords\n\n```yaml title="a.yaml"\na: 1\n```\n'
    assert list(blocks_of(text)) == [
        Block("python", "", "print(1)\n", 4, follows=False),
        Block("text", "", "1\n", 8, follows=True),
        Block("yaml", "a.yaml", "a: 1\n", 14, follows=False),
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("```python\nx = 1\n```\n\n```python\nprint(x)\n```\n", "name 'x' is not defined"),
        ("```python\nprint(1)\n```\n\n```text\n2\n```\n", "shown is not what comes out:\n1"),
        ("```python\ndef test_it():\n    assert False\n```\n", "AssertionError"),
        ("```console\n$ echo a\nb\n```\n", "$ echo a\nprints:\na"),
        ('```python title="a.py"\nraise SystemExit(1)\n```\n', "fails"),
    ],
)
def test_what_is_wrong_with_a_block_is_found(text: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(text)
    ended = subprocess.run(
        [sys.executable, _ROOT / "tests" / "documentation" / "blocks.py", tmp_path / "page.md", tmp_path],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(_ROOT)},
    )
    assert ended.returncode == 1
    assert fault in ended.stdout


def test_what_is_right_is_not_reported(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text('```text title="a.txt"\none\ntwo\nthree\n```\n\n```console\n$ cat a.txt\none\n…\nthree\n$ true\n```\n')
    assert list(faults(tmp_path / "page.md", tmp_path)) == []
