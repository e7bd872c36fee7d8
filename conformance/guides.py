"""The apps of `tests/guides` against the files of the guides they stand for (`guides/modelserver`), object by object.

Of `newest`, which holds patches and single objects, what a file says must be in the objects of its app. What differs must be on the list of intended
differences, `tests/guides/differences.yaml`; a listed difference that occurs nowhere falls short too.
"""

from collections.abc import Iterator
from pathlib import Path

import yaml

from conformance.score import Score
from tests.guides.framework.compare import Intended, compared, differences, intended
from tests.guides.framework.registry import apps, objects

__all__ = ["scores"]


def scores(shared: Path) -> Iterator[Score]:
    """One score: an app is a case."""
    folder = shared / "guides" / "modelserver"
    if not folder.is_dir():
        return
    listed, used = intended(), set[Intended]()
    short: list[tuple[str, str]] = []
    total = 0
    for file, app in apps().items():
        part = "/" in file
        path = (folder.parent if part else folder) / f"{file}.yaml"
        if not path.is_file():
            continue
        total += 1
        try:
            guide = [one for one in yaml.load_all(path.read_text(encoding="utf-8"), yaml.CSafeLoader) if one]
            wrong, occurred = compared(file, differences(guide, objects(app), part=part), listed)
        except Exception as error:  # noqa: BLE001 - one crash is one case, not the end of the score
            wrong, occurred = [f"{type(error).__name__}: {error}"], set()
        used |= occurred
        if wrong:
            short.append((file, "\n    ".join(wrong)))
    passed = total - len(short)
    unused = [each for each in listed if each not in used and not each.file]
    short += [(f"differences.yaml {each.pattern}", "listed, and occurs nowhere") for each in unused]
    yield Score(name="guides", passed=passed, total=total + len(unused), short=short)
