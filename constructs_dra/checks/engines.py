"""Containers of manifests against the catalogue of engines: flags and variables that the version in the image does not take."""

from collections.abc import Iterator
from typing import Any

from constructs_dra.engines.containers import engine_problems
from constructs_dra.errors import Problem
from constructs_dra.kubernetes.objects.workloads import pod_templates
from constructs_dra.kubernetes.shapes import at, sequence
from constructs_dra.paths import child

__all__ = ["check_engines"]


def check_engines(manifest: dict[str, Any]) -> Iterator[Problem]:
    """What is wrong with the engines that the pods of an object start."""
    for template, path in pod_templates(manifest):
        spec = child(path, "spec") if path else "spec"
        for group in ("initContainers", "containers"):
            for index, container in enumerate(sequence(at(template, "spec", group))):
                if isinstance(container, dict) and (container.get("command") or container.get("args") or container.get("env")):
                    place = f"{spec}.{group}[{index}]"
                    for found in engine_problems(container):
                        yield found.problem(_placed(place, container, found.path))


def _placed(place: str, container: dict[str, Any], path: str) -> str:
    """A place in the container as the manifest has it: variables stand in a list."""
    if not path.startswith("env["):
        return f"{place}.{path}"
    name = path[5:-2]
    for index, each in enumerate(sequence(container.get("env"))):
        if isinstance(each, dict) and each.get("name") == name:
            return f"{place}.env[{index}]"
    return f"{place}.env"
