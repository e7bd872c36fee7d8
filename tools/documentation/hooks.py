"""What mkdocs calls while it builds the site (`mkdocs.yml`): the generated pages, their places in the navigation, llms.txt."""

from functools import cache
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from tools.documentation.driver_pages import driver_pages
from tools.documentation.engine_pages import engine_pages
from tools.documentation.gallery import gallery_pages
from tools.documentation.guides import filled
from tools.documentation.llms import llms_full, llms_index, title
from tools.documentation.reference import reference_pages
from tools.documentation.rule_pages import linked, rule_pages

_ROOT = Path(__file__).resolve().parents[2]
_WORKER = _ROOT / "node_modules" / "iframe-worker" / "shim" / "index.js"


@cache
def generated() -> dict[str, str]:
    """Every page that no file in docs/ holds, by its path."""
    return {**gallery_pages(), **driver_pages(), **reference_pages(), **engine_pages(), **rule_pages()}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the generated pages of a section behind its first page in the navigation, and pages that are nowhere in it behind the guides."""
    written = {path.relative_to(config.docs_dir).as_posix() for path in Path(config.docs_dir).rglob("*.md")}
    forgotten = sorted(path for path in written if f"'{path}'" not in repr(config.nav))
    for entry in config.nav or []:
        for name, items in entry.items():
            if name == "In depth":
                items += [{title((Path(config.docs_dir) / path).read_text(encoding="utf-8")): path} for path in forgotten]
            elif isinstance(items, list) and isinstance(items[-1], str) and items[-1].endswith("/*"):
                folder = items[-1].removesuffix("*")
                made = [path for path in generated() if path.startswith(folder) and path not in items]
                entry[name] = [*items[:-1], *({title(generated()[path]): path} for path in made)]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages, and the program by which search works without a server."""
    for path, text in generated().items():
        files.append(File.generated(config, path, content=text))
    files.append(File.generated(config, "assets/iframe-worker.js", content=_WORKER.read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Put what apps make into the guides, and lead from the names of rules to their pages."""
    path = page.file.src_uri
    return linked(
        filled(path, markdown),
        up="../" * path.count("/"),
        itself=path.removeprefix("rules/").removesuffix(".md") if path.startswith("rules/") else "",
    )


def on_post_build(config: MkDocsConfig) -> None:
    """Write the strings for machines."""
    docs = Path(config.docs_dir)
    names = (path.relative_to(docs).as_posix() for path in sorted(docs.rglob("*.md")))
    pages = {name: filled(name, (docs / name).read_text(encoding="utf-8")) for name in names} | generated()
    site = Path(config.site_dir)
    (site / "llms.txt").write_text(llms_index(pages), encoding="utf-8")
    (site / "llms-full.txt").write_text(llms_full(pages), encoding="utf-8")
