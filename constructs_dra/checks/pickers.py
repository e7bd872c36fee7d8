"""Endpoint pickers among manifests: their flags, and their configurations as the loader of their version judges them."""

from collections.abc import Iterator, Mapping, Sequence
from posixpath import dirname, normpath
from typing import Any, Final

from attrs import evolve, field, frozen

from constructs_dra import picker
from constructs_dra.checks.cluster import Cluster
from constructs_dra.checks.collect import Item
from constructs_dra.errors import Problem, did_you_mean, join_path
from constructs_dra.kubernetes.shapes import items, mapping, sequence, text
from constructs_dra.paths import child
from constructs_dra.picker.versions import DEFAULT_ROUTER, router_of_image, versions

__all__ = ["PickerContainer", "config_of", "picker_containers", "pickers"]


_OWN: Final = frozenset({"--pool-name", "--endpoint-selector"})
_CONFIGURED: Final = frozenset({"--config-file", "--config-text"})
"""Flags that together only a picker has."""


@frozen(kw_only=True, eq=False, repr=False)
class PickerContainer:
    """A container that runs an endpoint picker.

    Attributes:
        item: The object it stands in.
        template: The pod template.
        container: The container.
        path: Its place in the object.
        version: The router's version by the tag of its image; None where the tag names none.
        flags: Its flags.
    """

    item: Item
    template: Mapping[str, Any]
    container: Mapping[str, Any]
    path: str
    version: str | None
    flags: "picker.Flags" = field(repr=False)


def picker_containers(cluster: Cluster) -> Sequence[PickerContainer]:
    """The endpoint pickers of a cluster: by their image, or by a flag no other program has."""
    return cluster.once(picker_containers, lambda: tuple(found for pod in cluster.pods for found in _picker_containers(*pod)))


def _picker_containers(item: Item, template: Mapping[str, Any], path: str) -> Iterator[PickerContainer]:
    spec_path = child(path, "spec")
    for container, place in items(mapping(template.get("spec")), "containers", spec_path):
        arguments = [each for each in (*sequence(container.get("command")), *sequence(container.get("args"))) if isinstance(each, str)]
        version = router_of_image(text(container.get("image")))
        given = {each.partition("=")[0] for each in arguments} if version is None else set()
        if version is not None or (given & _OWN and given & _CONFIGURED):
            environment = None if container.get("envFrom") else [text(each.get("name")) for each, _ in items(container, "env", place)]
            written = [text(each) for each in sequence(container.get("args"))]
            flags = picker.read_flags(written, version=version or DEFAULT_ROUTER, environment=environment)
            yield PickerContainer(item=item, template=template, container=container, path=place, version=version, flags=flags)


def pickers(cluster: Cluster) -> Iterator[Problem]:
    """What is wrong with the endpoint pickers of a set, and with configurations that no picker of the set reads."""
    read: set[tuple[int, str]] = set()
    mounted: set[int] = set()
    for found in picker_containers(cluster):
        for problem in found.flags.problems:
            yield found.item.placed(evolve(problem, path=join_path(child(found.path, "args"), problem.path)))
        yield from _configured(found, cluster, read, mounted)
    for item in cluster.of("ConfigMap"):
        if id(item) in mounted:
            continue
        for key, value in mapping(item.value.get("data")).items():
            if (id(item), key) not in read and isinstance(value, str) and _is_config(value):
                yield from _placed(item, key, picker.judge_text(value, version=_version_for(value), flags=["--allow-experimental-plugins"]))


def _is_config(value: str) -> bool:
    """Whether a string is a configuration of a picker, by its own header."""
    kind = picker.KIND
    return kind in value and any(line.strip().replace('"', "").replace("'", "") == f"kind: {kind}" for line in value.splitlines())


def _version_for(value: str) -> str:
    """The version to judge by where nothing says which picker reads a string: the newest release, or the first with its API version."""
    lines = {line.strip().replace('"', "").replace("'", "") for line in value.splitlines()}
    return versions()[-1] if "apiVersion: llm-d.ai/v1" in lines else DEFAULT_ROUTER


def _configured(found: PickerContainer, cluster: Cluster, read: set[tuple[int, str]], mounted: set[int]) -> Iterator[Problem]:
    """The configuration a picker is started with."""
    given = found.flags.values
    if written := given.get("config-text"):
        version = found.version or _version_for(written)
        judged = picker.judge_text(written, version=version, flags=_mattering(found))
        place = child(found.path, "args") + f"[{found.flags.places['config-text']}]"
        yield from (found.item.placed(evolve(each, path=place, message=f"{each.path}: {each.message}")) for each in judged.problems)
        return
    file = given.get("config-file")
    volume = _volume_of(found, file) if file else None
    if file is None or volume is None:
        return
    name, inner, volume_path = volume
    config = cluster.find("ConfigMap", name, found.item)
    if config is None:
        return
    mounted.add(id(config))
    data = mapping(config.value.get("data"))
    read.add((id(config), inner))
    if inner not in data:
        hint = did_you_mean(inner, data)
        shown = f"--config-file names {inner!r}, which ConfigMap {name!r} does not hold"
        place = child(found.path, "args") + f"[{found.flags.places['config-file']}]"
        yield found.item.placed(Problem(place or volume_path, shown, hint, rule="picker-file"))
    elif isinstance(data[inner], str):
        version = found.version or _version_for(data[inner])
        yield from _placed(config, inner, picker.judge_text(data[inner], version=version, flags=_mattering(found)))


def config_of(found: PickerContainer, cluster: Cluster) -> str | None:
    """The text of the configuration a picker is started with; None where it is not in the set."""
    if written := found.flags.values.get("config-text"):
        return written
    file = found.flags.values.get("config-file")
    volume = _volume_of(found, file) if file else None
    config = cluster.find("ConfigMap", volume[0], found.item) if volume is not None else None
    value = mapping(config.value.get("data")).get(volume[1]) if config is not None and volume is not None else None
    return value if isinstance(value, str) else None


def _mattering(found: PickerContainer) -> list[str]:
    """The flags that matter to the loader."""
    given = found.flags.values
    return [f"--{name}={given[name]}" for name in ("allow-experimental-plugins", "feature-gates") if name in given]


def _volume_of(found: PickerContainer, file: str) -> tuple[str, str, str] | None:
    """The ConfigMap that is mounted where a file is, the file's key in it, and the place of the volume; None where it is not a ConfigMap."""
    file = normpath(file)
    for mount, place in items(found.container, "volumeMounts", found.path):
        folder = normpath(text(mount.get("mountPath")) or "/")
        if mount.get("subPath") or dirname(file) != folder:
            continue
        for volume, _ in items(mapping(found.template.get("spec")), "volumes", ""):
            source = mapping(volume.get("configMap"))
            if volume.get("name") == mount.get("name") and source.get("name"):
                keys = {text(each.get("path")): text(each.get("key")) for each, _ in items(source, "items", "")}
                inner = file.rpartition("/")[2]
                return text(source["name"]), keys.get(inner, inner), place
    return None


def _placed(item: Item, key: str, judged: "picker.Judgement") -> Iterator[Problem]:
    """The problems of one text in a ConfigMap, with the line inside the text where it stands there as it is."""
    place = child("data", key)
    for problem in judged.problems:
        found = item.placed(evolve(problem, path=f"{place}: {problem.path}" if problem.path else place, line=0, column=0))
        if found.line and problem.line and item.document is not None:
            line, column = item.document.line_inside(join_path(item.prefix, place), problem.line, problem.column)
            found = evolve(found, line=line, column=column)
        yield found
