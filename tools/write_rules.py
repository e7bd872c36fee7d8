"""Write the tables of rules in docs/ from the one table, `constructs_dra.rules`. Run it after a rule was added or changed.

A table stands between `<!-- rules: SUBJECT … -->` and `<!-- end of rules -->`; `stricter` among the words leaves out what Kubernetes itself refuses.
With `--check` nothing is written, and the exit status says whether every page is current.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from constructs_dra.rules import SUBJECTS, Rule, rules

__all__ = ["main", "pages", "written"]

DOCS = Path(__file__).resolve().parents[1] / "docs"
_BLOCK = re.compile(r"(<!-- rules: ([a-z ]+) -->\n)(.*?)(<!-- end of rules -->)", re.DOTALL)


def pages() -> list[Path]:
    """The pages that hold a table."""
    return [page for page in sorted(DOCS.glob("*.md")) if _BLOCK.search(page.read_text(encoding="utf-8"))]


def written(text: str) -> str:
    """A page with its tables as they should be."""
    return _BLOCK.sub(lambda found: f"{found[1]}{_table(found[2].split())}{found[4]}", text)


def _table(words: list[str]) -> str:
    unknown = set(words) - {*SUBJECTS, "stricter"}
    if unknown:
        raise ValueError(f"no such subject of rules: {', '.join(sorted(unknown))}")
    only_stricter = "stricter" in words
    chosen = [each for each in rules().values() if each.subject in words and (each.stricter or not only_stricter)]
    lines = list(_short(chosen) if only_stricter else _long(chosen))
    return "\n" + "\n".join(lines) + "\n\n"


def _short(chosen: list[Rule]) -> Iterator[str]:
    yield "| rule | what it reports | why |"
    yield "|---|---|---|"
    for each in chosen:
        yield f"| `{each.name}` | {each.summary}{' (warning)' if each.severity == 'warning' else ''} | {each.why} |"


def _long(chosen: list[Rule]) -> Iterator[str]:
    yield "| rule | what it reports | severity | can be suppressed |"
    yield "|---|---|---|---|"
    for each in chosen:
        yield f"| `{each.name}` | {each.summary} | {each.severity} | {'yes' if each.suppressible else 'no'} |"


def main() -> None:
    """Write every page, or check that nothing is to be written."""
    stale = [page for page in pages() if written(page.read_text(encoding="utf-8")) != page.read_text(encoding="utf-8")]
    if "--check" in sys.argv[1:]:
        for page in stale:
            print(f"{page.name} is not current: run python tools/write_rules.py", file=sys.stderr)
        sys.exit(1 if stale else 0)
    for page in stale:
        page.write_text(written(page.read_text(encoding="utf-8")), encoding="utf-8")
        print(f"wrote {page.name}")


if __name__ == "__main__":
    main()
