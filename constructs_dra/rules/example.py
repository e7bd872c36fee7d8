"""Examples of rules: for each one a text that it reports and one that it does not, which differ in the lines that are marked.

An example is a file in `examples/` beside this module, named after its rule. Lines that end in `# wrong` are in the failing text alone, lines that
end in `# right` in the passing one alone. Manifests and values files (`.yaml`) start with the command that reads them, where it is not plain `check`;
programs (`.py.txt`) are run.
"""

import re
import shlex
from functools import cache
from importlib.resources import files

from attrs import frozen

__all__ = ["NOT_SHOWN", "Example", "example"]

NOT_SHOWN = {
    "migration": "it reports a mistake of this library, which then prints no app",
    "pool-port": "a service without a role, which it reports, has a second problem",
    "too-long": "an object larger than Kubernetes stores is not worth reading",
}
"""Rules without an example, each with the reason."""

_MARKED = re.compile(r"\s*# (wrong|right)$")
_COMMAND = re.compile(r"# \$ constructs-dra (.*)\n")


@frozen
class Example:
    """What shows a rule.

    Attributes:
        language: `yaml` or `python`.
        command: The words of `constructs-dra` that read a YAML file called `example.yaml`; empty for a program.
        lines: Each line without its mark, with what it is part of: `wrong`, `right`, or both where that is empty.
    """

    language: str
    command: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]

    def text(self, side: str) -> str:
        """One of the two texts.

        Args:
            side: `wrong` for the one that is reported, `right` for the other.
        """
        return "".join(f"{line}\n" for line, part in self.lines if part in {"", side})

    def marked(self, side: str) -> list[int]:
        """Numbers of the lines, from 1, that only this text has."""
        kept = [part for _, part in self.lines if part in {"", side}]
        return [number for number, part in enumerate(kept, 1) if part]


@cache
def example(name: str) -> Example | None:
    """The example of a rule; None where it has none.

    Args:
        name: The rule's name.
    """
    for language, ending in (("yaml", "yaml"), ("python", "py.txt")):
        file = files("constructs_dra.rules") / "examples" / f"{name}.{ending}"
        if file.is_file():
            return _read(language, file.read_text(encoding="utf-8"))
    return None


def _read(language: str, text: str) -> Example:
    first = _COMMAND.match(text)
    words = tuple(shlex.split(first[1])) if first else ("check", "example.yaml") if language == "yaml" else ()
    lines = []
    for line in text[first.end() if first else 0 :].splitlines():
        found = _MARKED.search(line)
        lines.append((line[: found.start()], found[1]) if found else (line, ""))
    return Example(language, words, tuple(lines))
