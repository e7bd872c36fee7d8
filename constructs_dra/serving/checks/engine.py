"""The command lines of a pod's containers against the version of the engine in their images."""

from collections.abc import Iterator
from typing import Any

from constructs_dra.engines.containers import EngineProblem, engine_problems
from constructs_dra.engines.images import Image, said
from constructs_dra.errors import Problem, join_path
from constructs_dra.serving.checks.view import CheckedPod
from constructs_dra.serving.container import Container
from constructs_dra.serving.findings import finding

__all__ = ["about_image", "engine_findings"]


def about_image(record: Container | None) -> Image | None:
    """What the author says about the image; None: nothing beyond its name."""
    return said(record.image, record.engine_version) if record is not None and record.engine_version else None


def engine_findings(view: CheckedPod) -> Iterator[Problem]:
    """What the engines of one pod refuse, and what they take and should not be written."""
    for path, record, made in view.containers():
        for found in engine_problems(made, about_image(record)):
            yield _placed(path, record, made, found)
    for path, made in view.all_containers():
        if "init_containers" in path:
            for found in engine_problems(made):
                yield found.problem(join_path(path, found.path))


def _placed(path: str, record: Container, made: dict[str, Any], found: EngineProblem) -> Problem:
    """A problem at the place its author wrote; the container's where the library wrote it."""
    place = found.path
    added = len(made.get("args", ())) - len(record.args)
    if place.startswith("args["):
        index = int(place[5:-1]) - added
        place = f"args[{index}]" if index >= 0 else ""
    elif place.startswith("command[") and not record.command:
        place = ""
    if found.finding.rule != "engine-flag-twice":
        return found.problem(join_path(path, place))
    # the library's own argument comes first, so what is written here is the second
    hint = "leave it out: this library gives it already" if added else "once is enough"
    return finding(join_path(path, place), "flag-twice", found.finding.message, hint)
