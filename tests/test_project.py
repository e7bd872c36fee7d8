"""The files around the code: they name what is there."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from constructs_dra._version import __version__
from tools.check_release import faults

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
_NAMED = re.compile(r"`((?:constructs_dra|tests|tools|docs)/[\w./-]*[\w/])`")
_LINK = re.compile(r"\]\(((?!https?:)[^)#]+)?(?:#([\w-]+))?\)")


_GENERATED = ("drivers/", "gallery/", "reference/", "rules/")
"""Folders of pages that `make docs` writes."""


def anchors(page: Path) -> set[str]:
    """What a link into a page can name."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_and_link_what_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = {name for name in _NAMED.findall(text) if not re.search(r"VENDOR|SUBJECT", name)}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    for target, anchor in _LINK.findall(text):
        if target.startswith(_GENERATED):
            continue  # written when the site is built, which follows every link
        linked = (page.parent / target).resolve() if target else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), f"{target}#{anchor}"


def test_every_room_is_on_the_page_about_architecture() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.partition("## Rooms")[2].partition("##")[0]
    there = {path.stem for path in (ROOT / "constructs_dra").iterdir() if (path / "__init__.py").is_file() or path.suffix == ".py"}
    assert [room for room in sorted(there - {"__init__", "_version"}) if f"`{room}`" not in table and f"`{room}/`" not in table] == []


@pytest.mark.parametrize("file", sorted((ROOT / ".github").rglob("*.yml")), ids=lambda file: file.name)
def test_workflows_and_forms_are_yaml(file: Path) -> None:
    assert isinstance(yaml.safe_load(file.read_text(encoding="utf-8")), dict)


@pytest.mark.parametrize(
    ("tag", "version", "changelog", "count"),
    [
        ("v1.2.3", '__version__ = "1.2.3"', "# Changelog\n\n## 1.2.3 (2026-11-24)\n", 0),
        ("v1.2.3", '__version__ = "1.2.4"', "## 1.2.3 (unreleased)\n", 2),
        ("1.2.3", "", "", 1),
    ],
)
def test_a_release_needs_tag_version_and_changelog_to_agree(tag: str, version: str, changelog: str, count: int) -> None:
    assert len(list(faults(tag, version, changelog))) == count


def test_the_changelog_begins_with_the_version_that_is_worked_on() -> None:
    assert f"\n## {__version__} (" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    ended = subprocess.run([sys.executable, "tools/check_release.py", "v9.9.9"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, "does not say 9.9.9" in ended.stderr) == (1, True)


_NOT_PUBLISHED = {".ci", ".gitignore", "pyproject.toml"}
"""What the source package does without, or has without being told."""


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a checkout knows what belongs to it")
def test_the_source_package_has_what_its_own_tests_need() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    included = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert sorted({name.partition("/")[0] for name in listed} - _NOT_PUBLISHED - set(included)) == []
