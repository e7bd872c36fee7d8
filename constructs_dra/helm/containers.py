"""Containers of values files as calls of this library's constructors."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from attrs import fields

from constructs_dra.errors import Problem
from constructs_dra.helm.calls import Argument, Call, Tree, call, listed, named, plain
from constructs_dra.paths import child
from constructs_dra.records.kubernetes import kubernetes_names
from constructs_dra.serving.container import Container

__all__ = ["container", "init_container", "mounts", "ports", "rename", "volumes"]

_OF_THEIR_OWN = {"name", "image", "command", "args", "env", "ports", "resources", "volumeMounts"}
"""Fields of a Kubernetes Container whose values take another form in a container record, or that the chart has rules of its own for."""


@cache
def renamed() -> Mapping[str, str]:
    """Fields of a Kubernetes Container that a container record has under another name, or its own, with the same values."""
    return {key: name for key, name in kubernetes_names(Container).items() if key not in _OF_THEIR_OWN}


_CONSTRUCTORS = {"vllmServe": "Container.vllm", "imageDefault": "Container.image_default", "custom": "Container.custom"}

_REFERENCES = {
    "fieldRef": ("field_ref", ("fieldPath",)),
    "resourceFieldRef": ("resource_field_ref", ("resource",)),
    "secretKeyRef": ("secret_key_ref", ("name", "key")),
    "configMapKeyRef": ("config_map_key_ref", ("name", "key")),
}
"""Sources of environment variables that have a function of their own, and the fields it takes."""


def rename(values: Mapping[str, Any], path: str, names: Mapping[str, str]) -> dict[str, Argument]:
    """Keys of the values as arguments under the record's names; empty ones are left out."""
    return {name: Argument(values[key], child(path, key)) for key, name in names.items() if key in values and values[key] not in (None, "", {}, [])}


def container(values: Mapping[str, Any], path: str, problems: list[Problem]) -> Call | None:
    """One of a role's containers."""
    problems_before = len(problems)
    command = values.get("modelCommand") or "custom"
    if not values.get("image"):
        problems.append(Problem(path, "has no image", "write image: …", rule="required"))
    if command == "custom" and not values.get("command"):
        problems.append(
            Problem(
                path,
                "has no command, which modelCommand custom (the default) needs",
                "write command, or modelCommand: vllmServe or imageDefault",
                rule="required",
            )
        )
    if len(problems) > problems_before:
        return None
    extra, keywords = _extra(values.get("extraConfig") or {}, child(path, "extraConfig"), values, problems)
    # the chart passes over a false here, unlike under extraConfig
    keywords |= {name: argument for name, argument in rename(values, path, renamed()).items() if argument.value is not False}
    if values.get("name") not in (None, "vllm") and "name" not in keywords:
        keywords["name"] = Argument(values["name"], child(path, "name"))
    if values.get("args"):
        keywords["args"] = Argument(values["args"], child(path, "args"))
    # lists of extraConfig stand where the chart writes none of its own
    if "ports" in keywords:
        keywords["ports"] = ports(plain(keywords["ports"].value), keywords["ports"].path)
    if "volume_mounts" in keywords:
        keywords["volume_mounts"] = mounts(plain(keywords["volume_mounts"].value), keywords["volume_mounts"].path)
    if command != "custom" and values.get("command"):
        problems.append(
            Problem(
                child(path, "command"),
                f"has no effect: modelCommand {command} brings its own",
                "write modelCommand: custom, or leave the command out",
                rule="ignored",
            )
        )
    if values.get("env"):
        keywords["env"] = env(values["env"], child(path, "env"))
    if values.get("ports"):
        keywords["ports"] = ports(values["ports"], child(path, "ports"))
    if wanted := {part: amounts for part, amounts in (values.get("resources") or {}).items() if amounts and part != "claims"}:
        keywords["resources"] = Argument(wanted, child(path, "resources"))
    if values.get("volumeMounts"):
        keywords["volume_mounts"] = mounts(values["volumeMounts"], child(path, "volumeMounts"))
    mounted = bool(values.get("mountModelVolume"))
    if mounted is not (command != "custom"):
        keywords["mount_model_volume"] = Argument(mounted, child(path, "mountModelVolume"))
    if extra:
        keywords["extra"] = Argument(extra, child(path, "extraConfig"))
    image = Argument(keywords.pop("image").value if "image" in keywords else values["image"], child(path, "image"))
    positional = (image, Argument(values["command"], child(path, "command"))) if command == "custom" else (image,)
    return Call(_CONSTRUCTORS[command], positional, _ordered(keywords), path)


def _extra(extra: Mapping[str, Any], path: str, values: Mapping[str, Any], problems: list[Problem]) -> tuple[dict[str, Any], dict[str, Argument]]:
    """What `extraConfig` adds: other fields, and those with a name of their own. The chart writes it before its own fields; the last one counts."""
    own: dict[str, Argument] = {}
    rest: dict[str, Any] = {}
    command = values.get("modelCommand") or "custom"
    written = {"env", "resources", *(key for key in ("args", "ports", "volumeMounts") if values.get(key))}
    written |= {"command"} if command != "imageDefault" else set()
    written |= {"args"} if command != "custom" else set()
    written |= {"volumeMounts"} if values.get("mountModelVolume") else set()
    for key, value in extra.items():
        place = child(path, key)
        if key == "command" and key not in written:
            problems.append(
                Problem(
                    place, "starts something else than the image's own entry point", "write it as command, with modelCommand: custom", rule="command"
                )
            )
        elif key in written or (key in renamed() and values.get(key)):
            problems.append(
                Problem(place, f"has no effect: the chart writes {key} itself after it", f"write it as {key} of the container", rule="ignored")
            )
        elif key in renamed():
            own[renamed()[key]] = Argument(value, place)
        elif key in {"name", "image", "args", "ports"}:
            own[key] = Argument(value, place)
        elif key == "volumeMounts":
            own["volume_mounts"] = Argument(value, place)
        else:
            rest[key] = value
    return rest, own


def _ordered(keywords: Mapping[str, Argument]) -> dict[str, Argument]:
    return {item.name: keywords[item.name] for item in fields(Container) if item.name in keywords}


def init_container(values: Mapping[str, Any], path: str) -> Call:
    """An init container, which values files write as Kubernetes does."""
    keywords = rename(values, path, renamed())
    keywords |= rename(values, path, {"name": "name", "args": "args", "resources": "resources"})
    if values.get("env"):
        keywords["env"] = env(values["env"], child(path, "env"))
    if values.get("ports"):
        keywords["ports"] = ports(values["ports"], child(path, "ports"))
    if values.get("volumeMounts"):
        keywords["volume_mounts"] = mounts(values["volumeMounts"], child(path, "volumeMounts"))
    known = {*renamed(), *_OF_THEIR_OWN}
    if rest := {key: value for key, value in values.items() if key not in known and value is not None}:
        keywords["extra"] = Argument(rest, path)
    image = Argument(values.get("image", ""), child(path, "image"))
    positional = (image, Argument(values["command"], child(path, "command"))) if values.get("command") else (image,)
    return Call("Container.custom", positional, _ordered(keywords), path)


def env(variables: Sequence[Mapping[str, Any]], path: str) -> Argument:
    """Environment variables: a mapping where it can say everything, else Kubernetes' list."""
    variables = [{key: value for key, value in (variable or {}).items() if value is not None} for variable in variables]
    names = [variable.get("name") for variable in variables]
    usual = all(isinstance(variable.get("value"), str) != isinstance(variable.get("valueFrom"), Mapping) for variable in variables)
    if not usual or len(set(names)) < len(names) or not all(isinstance(name, str) for name in names):
        return listed([_variable(variable, child(path, index)) for index, variable in enumerate(variables)], path)
    items: dict[str, Argument | Tree] = {}
    for index, variable in enumerate(variables):
        place = child(path, index)
        value = _reference(variable["valueFrom"], place) if "valueFrom" in variable else variable["value"]
        items[str(variable["name"])] = Argument(value, place, child(place, "valueFrom") if "valueFrom" in variable else "")
    return named(items, path)


def _variable(variable: Mapping[str, Any], path: str) -> Argument | Tree:
    """One entry of Kubernetes' list, its source named where there is a function for it."""
    source = variable.get("valueFrom")
    if not isinstance(source, Mapping):
        return Argument(dict(variable), path)
    place = child(path, "valueFrom")
    return named({**variable, "valueFrom": Argument(_reference(source, place), place)}, path)


def _reference(source: Mapping[str, Any], path: str) -> Tree:
    if len(source) == 1:
        kind, fields = next(iter(source.items()))
        function, wanted = _REFERENCES.get(kind, ("", ()))
        if function and isinstance(fields, Mapping) and set(fields) == set(wanted):
            return call(function, *(Argument(fields[name], child(path, "valueFrom")) for name in wanted), at=path)
    return dict(source)


_PORT_NAMES = {"name": "name", "protocol": "protocol", "hostPort": "host_port", "hostIP": "host_ip"}


def ports(values: Sequence[Mapping[str, Any]], path: str) -> Argument:
    """Ports: a number where that says it all."""
    items: list[Argument | Tree] = []
    for index, given in enumerate(values):
        item: Mapping[str, Any] = given or {}
        place = child(path, index)
        number = Argument(item.get("containerPort"), child(place, "containerPort"))
        keywords = rename(item, place, _PORT_NAMES)
        items.append(Argument(Call("Port", (number,), keywords, place) if keywords else number.value, place))
    return listed(items, path)


def mounts(values: Sequence[Mapping[str, Any]], path: str) -> Argument:
    """Volume mounts by volume, where every mount is plain and no volume is mounted twice; else Kubernetes' list."""
    values = [item or {} for item in values]
    names = [item.get("name") for item in values]
    if len(set(names)) < len(names) or any(set(item) != {"name", "mountPath"} for item in values):
        return Argument(list(values), path)
    return named({str(item["name"]): Argument(item["mountPath"], child(path, index)) for index, item in enumerate(values)}, path)


def volumes(values: Sequence[Mapping[str, Any]], path: str) -> Argument:
    """Volumes by name; Kubernetes' list where two have one name."""
    names = [item.get("name") for item in values]
    if len(set(names)) < len(names) or None in names:
        return Argument(list(values), path)
    sources = {
        str(item["name"]): Argument({key: value for key, value in item.items() if key != "name"}, child(path, index))
        for index, item in enumerate(values)
    }
    return named(sources, path)
