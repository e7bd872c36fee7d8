"""Ask whether what the site links to elsewhere is there: `python tools/links.py build/site`. Needs a network; `make test` asks nobody."""

import re
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urldefrag, urlsplit
from urllib.request import Request, urlopen

__all__ = ["HOSTS", "answer", "ask", "external", "main"]

HOSTS = frozenset({
    "cdk8s.io", "developer.furiosa.ai", "github.com", "kubernetes.io", "llm-d.ai", "lws.sigs.k8s.io", "pre-commit.com", "squidfunk.github.io",
    "www.mkdocs.org",
})  # fmt: skip
"""Hosts that pages may link to. A new one is a decision: is it the source itself, and will it still be there in years?"""

_LINK = re.compile(r'<a\b[^>]*?\bhref="?(https?://[^"\s>]+)')
_GONE = frozenset({404, 410})
_ANOTHER_WAY = frozenset({400, 403, 405, 501})
"""Answers to HEAD after which GET is worth a try."""


def external(site: Path) -> dict[str, list[str]]:
    """Each address that the pages of a site link to, without its fragment, and the pages."""
    found: dict[str, list[str]] = {}
    for page in sorted(site.rglob("*.html")):
        for address in dict.fromkeys(_LINK.findall(page.read_text(encoding="utf-8"))):
            found.setdefault(urldefrag(address).url, []).append(page.relative_to(site).as_posix())
    return found


def answer(address: str, *, seconds: float = 20) -> int | str:
    """The status that a server answers with; in words where none does.

    Args:
        address: What to ask for.
        seconds: How long to wait.
    """
    for method in ("HEAD", "GET"):
        try:
            with urlopen(Request(address, method=method, headers={"User-Agent": "constructs-dra-links"}), timeout=seconds) as response:  # noqa: S310
                return int(response.status)
        except HTTPError as error:
            if method == "GET" or error.code not in _ANOTHER_WAY:
                return error.code
        except (URLError, HTTPException, TimeoutError, OSError) as error:
            return str(getattr(error, "reason", error))
    return "no answer"


def ask(addresses: Iterable[str], *, pause: float = 1) -> Mapping[str, int | str]:
    """What each address answers: one at a time, with a pause before a host is asked again."""
    asked: dict[str, float] = {}
    found: dict[str, int | str] = {}
    for address in addresses:
        host = urlsplit(address).netloc
        time.sleep(max(0.0, asked.get(host, 0.0) + pause - time.monotonic()) if host in asked else 0.0)
        found[address] = answer(address)
        asked[host] = time.monotonic()
    return found


def main(arguments: Sequence[str]) -> int:
    """Print what is gone, and what could not be asked; 1 if something is gone."""
    linked = external(Path(arguments[0]))
    answers = ask(linked)
    for address, said in answers.items():
        if said != 200:
            state = "gone" if said in _GONE else "not known"
            print(f"{state}: {address} ({said}), from {', '.join(linked[address][:3])}")
    gone = sum(said in _GONE for said in answers.values())
    print(f"{len(answers)} addresses: {sum(said == 200 for said in answers.values())} there, {gone} gone")
    return int(bool(gone))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
