"""The site: built with every warning an error, readable from the file system without a network."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from constructs_dra.rules import rules
from tools.documentation.driver_pages import driver_pages
from tools.documentation.engine_pages import engine_pages
from tools.documentation.llms import llms_full, llms_index
from tools.documentation.reference import examples, reference_pages
from tools.documentation.rule_pages import linked, rule_pages

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, as `make docs` builds it."""
    if not (_ROOT / "node_modules" / "iframe-worker").exists():
        pytest.skip("the programs of Node are not installed: make setup")
    folder = tmp_path_factory.mktemp("built") / "site"
    program = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    ended = subprocess.run(
        program, cwd=_ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False, timeout=300
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return folder


@pytest.mark.slow
@pytest.mark.node
def test_every_rule_driver_and_name_has_its_place(site: Path) -> None:
    assert {path.stem for path in (site / "rules").glob("*.html")} == set(rules())
    assert len(list((site / "drivers").glob("*.html"))) == len(driver_pages())
    apps = [page for page in (site / "gallery").glob("*.html") if page.stem != "index"]
    assert len(apps) > 8
    assert all('class="wiring"' in page.read_text(encoding="utf-8") for page in apps)  # each with its picture
    assert 'id="constructs_dra.ModelService"' in (site / "reference" / "serving.html").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.node
def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    loaded = re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"?(https?:[^\" >]+)")
    assert {address for page in site.rglob("*.html") for address in loaded.findall(page.read_text(encoding="utf-8"))} == set()


@pytest.mark.slow
@pytest.mark.node
def test_machines_find_every_page(site: Path) -> None:
    listed = re.findall(r"\]\(([^)]+\.html)\)", (site / "llms.txt").read_text(encoding="utf-8"))
    assert len(listed) > 150
    assert [page for page in listed if not (site / page).exists()] == []
    assert "kv-transfer" in (site / "llms-full.txt").read_text(encoding="utf-8")
    assert len(json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]) > 500


@pytest.mark.slow
@pytest.mark.node
@pytest.mark.parametrize("width", [1280, 390], ids=["desktop", "phone"])
def test_a_browser_finds_a_rule_from_the_file_system(site: Path, width: int, tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium here")
    common = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--window-size={width},900", f"--user-data-dir={tmp_path / 'profile'}"]
    address = f"{(site / 'index.html').as_uri()}?q=kv-transfer"
    ended = subprocess.run([*common, "--virtual-time-budget=20000", "--dump-dom", address], capture_output=True, text=True, check=False, timeout=120)
    assert "rules/kv-transfer.html" in re.sub(r"<nav.*?</nav>", "", ended.stdout.partition("md-search__output")[2], flags=re.DOTALL)
    picture = tmp_path / "page.png"
    subprocess.run([*common, f"--screenshot={picture}", (site / "rules" / "kv-transfer.html").as_uri()], capture_output=True, check=True, timeout=120)
    assert picture.stat().st_size > 5000


def test_a_rule_page_says_all_that_the_table_says() -> None:
    pages = rule_pages()
    for name, rule in rules().items():
        page = pages[f"rules/{name}.md"]
        for words in (rule.summary, rule.why, rule.fix, f"--accept {name}=" if rule.suppressible else "Nobody can"):
            assert words in page


def test_the_reference_leads_from_every_name_to_a_program_that_uses_it() -> None:
    assert set(examples()) == set(import_module("constructs_dra").__all__) - {"__version__"}
    without = {name for name, pages in examples().items() if not pages}
    assert without == set(), "write a block with them in docs/short-examples.md"
    assert "Used in: [Short examples](../short-examples.md)" in reference_pages()["reference/serving.md"]


def test_the_reference_says_what_each_version_takes() -> None:
    pages = engine_pages()
    assert "| `--swap-space` | number | `4` | 0.17.1 and earlier |" in pages["reference/vllm.md"]
    assert "## PrefixCacheScorer" in pages["reference/picker-plugins.md"]
    assert "| `match_length_weight` | `matchLengthWeight`, a number (from v0.10)." in pages["reference/picker-plugins.md"]
    assert "| `--kv-connector` |" in pages["reference/router-flags.md"]
    assert "{" not in pages["reference/router-flags.md"]


def test_names_of_rules_become_links_but_not_in_code() -> None:
    text = "see `kv-transfer` and [`image-tag`](x) and `nothing`\n\n```\n`kv-transfer`\n```\n\n# `image-tag`\n"
    shown = linked(text, up="../")
    assert shown == text.replace("see `kv-transfer`", "see [`kv-transfer`](../rules/kv-transfer.md)")
    assert linked("`image-tag`", itself="image-tag") == "`image-tag`"


def test_a_word_that_is_also_a_rule_is_a_link_only_where_the_rule_is_meant() -> None:
    assert linked("the field `count` and the template `multinode`") == "the field `count` and the template `multinode`"
    assert linked("the rule `count`") == "the rule [`count`](rules/count.md)"
    assert linked("| `count` | a count of devices |") == "| [`count`](rules/count.md) | a count of devices |"


def test_a_rule_page_shows_what_is_reported_and_what_is_not() -> None:
    page = rule_pages()["rules/strict-count-zero.md"]
    assert page.count("```yaml") == 2
    assert "[strict-count-zero]" in page
    assert "There is none: " in rule_pages()["rules/migration.md"]


def test_a_page_is_listed_with_its_first_sentence() -> None:
    pages = {"check.md": "# Checking\n\n    command\n\nIt checks. And more.\n", "rules/a.md": "# a\n\nReports b.\n"}
    listed = llms_index(pages)
    assert "- [Checking](check.html): It checks.\n" in listed
    assert "## Rules\n\n- [a](rules/a.html): Reports b.\n" in listed
    assert "<!-- check.md -->" in llms_full(pages)
