"""Every block of every page runs alone, and what a page shows is what comes out."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.documentation.blocks import Block, blocks_of, faults
from tools.documentation.guides import filled
from tools.links import HOSTS

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
    assert [target for target in targets if not target.removeprefix("../").startswith(made) and not (page.parent / target).exists()] == []


_ADDRESS = re.compile(r"https?://[^\s)>\"'`|\]]+")
_SHOWN_ONLY = re.compile(r"(^|\.)(example\.(com|org)|svc|local|localhost)$|^[a-z-]+$|[{$…]")
"""Hosts that nobody is meant to visit: of examples, and inside of a cluster."""


@pytest.mark.parametrize("page", [_ROOT / "README.md", _ROOT / "CONTRIBUTING.md", *_PAGES], ids=lambda page: page.stem)
def test_addresses_elsewhere_can_be_visited(page: Path) -> None:
    """What is there is asked by `make links`, as a build has no network; here: one well-formed address on a known host, over TLS."""
    for address in _ADDRESS.findall(page.read_text(encoding="utf-8")):
        parts = urlsplit(address.rstrip(".,;:"))
        host = parts.hostname or ""
        if _SHOWN_ONLY.search(host):
            continue
        assert parts.scheme == "https", address
        assert host in HOSTS, f"{address}: if it is right, name the host in tools/links.py"


_GUIDES = [page for page in _PAGES if page.parent.name == "guides" and page.stem != "index"]


@pytest.mark.parametrize("page", _GUIDES, ids=lambda page: page.stem)
def test_a_guide_is_about_an_app_and_says_what_to_look_at(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert (_ROOT / "apps" / f"{page.stem.replace('-', '_')}.py").exists()
    assert re.findall(r"^(?:## .*|<!-- .* -->)$", text, re.MULTILINE) == [
        "<!-- picture -->",
        "## What the cluster needs",
        "<!-- needs -->",
        "## The program",
        "<!-- program -->",
        "## What to look at",
        "## Make it yours",
    ]
    assert f"]({page.name})" in (page.parent / "index.md").read_text(encoding="utf-8")
    assert re.search(r"^- \*\*", text, re.MULTILINE), "what to look at is a list"


@pytest.mark.node
def test_a_guide_shows_the_program_its_needs_and_its_picture() -> None:
    page = _ROOT / "docs" / "guides" / "pd-gpu-and-nic.md"
    shown = filled("guides/pd-gpu-and-nic.md", page.read_text(encoding="utf-8"))
    assert 'title="apps/pd_gpu_and_nic.py"' in shown
    assert (
        "| the device class `rdma-nic`, which a DRA driver brings | ResourceClaimTemplate `pd-gpu-and-nic-gpt-oss-decode-gpu-nic` and 1 more |"
        in shown
    )
    assert '<svg style="' in shown
    with pytest.raises(ValueError, match=r"has no line <!-- needs -->"):
        filled("guides/pd-gpu-and-nic.md", "<!-- picture -->")


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
