"""llms.txt and llms-full.txt: the site for machines that read text."""

import re
from collections.abc import Mapping

__all__ = ["llms_full", "llms_index"]

_ABOUT = (
    "# constructs_dra\n\n"
    "> Typed Python for LLM serving on Kubernetes with devices from Dynamic Resource Allocation, composed into cdk8s charts; with checks, plans and\n"
    "> differences for manifests from anywhere.\n"
)


def llms_index(pages: Mapping[str, str]) -> str:
    """The list of pages with a sentence on each.

    Args:
        pages: Markdown by path, in the order of the site.
    """
    sections: dict[str, list[str]] = {}
    for path, text in pages.items():
        section = path.partition("/")[0].capitalize() if "/" in path else "Guides"
        sections.setdefault(section, []).append(f"- [{title(text) or path}]({path.removesuffix('.md')}.html): {summary(text)}")
    return "\n".join([_ABOUT, *(f"## {name}\n\n" + "\n".join(lines) + "\n" for name, lines in sections.items())])


def llms_full(pages: Mapping[str, str]) -> str:
    """Every page, one after the other."""
    return "\n\n".join([_ABOUT, *(f"<!-- {path} -->\n\n{text.strip()}" for path, text in pages.items())]) + "\n"


def title(text: str) -> str:
    """The first heading of a page."""
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    return found[1] if found else ""


def summary(text: str) -> str:
    """The first sentence of a page below its heading."""
    for block in re.split(r"\n\s*\n", text):
        plain = " ".join(block.split())
        if plain and not plain.startswith(("#", "```", "<!--", "|", "    ")) and not block.startswith("    "):
            return re.split(r"(?<=[.:])\s", plain)[0]
    return ""
