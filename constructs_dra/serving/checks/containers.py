"""Names, environment, flags, images, probes and mounts of containers."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import evolve

from constructs_dra.credentials import credential_flags, is_credential
from constructs_dra.engines.flags import flag_values
from constructs_dra.errors import Problem, did_you_mean, shown
from constructs_dra.lexical.quantity import compare_quantities
from constructs_dra.serving.checks.view import CheckedPod
from constructs_dra.serving.container import Container
from constructs_dra.serving.findings import finding

__all__ = ["container_problems", "repeated"]


def container_problems(view: CheckedPod, *, sound: bool = False) -> Iterator[Problem]:
    """Everything that can be said of one container, or of the containers of a pod among themselves.

    Args:
        view: The pod.
        sound: Whether only what reads names of the service and of its model is looked for, as a pod that differs in nothing else is sound.
    """
    if sound:
        for path, made in view.all_containers():
            yield from _env(path, made)
            yield from _amounts(path, made)
        for path, _, made in view.containers():
            yield from _secret_flags(path, made)
        return
    yield from _names(view)
    volumes = {volume["name"] for volume in view.spec.get("volumes", ())}
    for path, made in view.all_containers():
        yield from _env(path, made)
        yield from _mounts(path, made, volumes)
        yield from _amounts(path, made)
        yield from _image(path, made, strict=view.context.conventions.written_here)
    for path, record, made in view.containers():
        yield from _secret_flags(path, made)
        yield from _blanks(path, record, made)
        yield from _data_parallel(view, path, record, made)
    yield from _probes(view)


def repeated(names: list[Any]) -> dict[Any, int]:
    """Names that occur more than once, and how often; the usual case is none."""
    return {} if len(set(names)) == len(names) else {name: count for name, count in Counter(names).items() if count > 1}


def _names(view: CheckedPod) -> Iterator[Problem]:
    several = repeated([made["name"] for _, made in view.all_containers()])
    for path, made in view.all_containers() if several else ():
        if path != "proxy" and several.pop(made["name"], 0):
            yield Problem(f"{path}.name", f"{shown(made['name'])} is the name of several containers of the pod", "give each its own name")
    for name, count in repeated([volume["name"] for volume in view.spec.get("volumes", ())]).items():
        yield Problem(f"{view.path}.volumes", f"{shown(name)} is the name of {count} volumes", "give each its own name")


def _env(path: str, made: dict[str, Any]) -> Iterator[Problem]:
    variables = made.get("env", ())
    for name, count in repeated([item.get("name") for item in variables]).items():
        yield finding(f"{path}.env[{shown(name)}]", "env-twice", f"{name} is set {count} times; the last one counts", "set it once")
    for item in variables:
        value, name = item.get("value"), str(item.get("name"))
        if isinstance(value, str) and is_credential(name, value):
            hint = 'keep it in a Secret: token_secret="…" for Hugging Face, else secret_key_ref("…", "…")'
            yield finding(f"{path}.env[{shown(name)}]", "plain-text-token", f"{name} holds a token in plain text", hint)


def _mounts(path: str, made: dict[str, Any], volumes: set[str]) -> Iterator[Problem]:
    paths: set[str] = set()
    for mount in made.get("volumeMounts", ()):
        name, place = mount.get("name"), mount.get("mountPath")
        if name not in volumes:
            hint = did_you_mean(name, sorted(volumes)) if volumes else f"add volumes={{{shown(name)}: {{…}}}} to the role"
            yield finding(f"{path}.volume_mounts[{shown(name)}]", "volume-missing", f"the pod has no volume {shown(name)}", hint)
        if place in paths:
            yield Problem(f"{path}.volume_mounts[{shown(name)}]", f"something else is mounted at {shown(place)} already", "mount it elsewhere")
        paths.add(place)


def _amounts(path: str, made: dict[str, Any]) -> Iterator[Problem]:
    resources = made.get("resources")
    if not resources:
        return
    limits = resources.get("limits") or {}
    for name, amount in (resources.get("requests") or {}).items():
        limit = limits.get(name)
        extended = "/" in name and not name.startswith(("kubernetes.io/", "requests."))
        if limit is None:
            if extended:
                yield Problem(f"{path}.resources.limits", f"{name} is requested without a limit", "devices need a limit equal to the request")
            continue
        if amount == limit:
            continue
        order = compare_quantities(amount, limit)
        if order > 0:
            yield Problem(f"{path}.resources.requests[{shown(name)}]", f"{amount} is above the limit {limit}", "lower the request or raise the limit")
        elif order < 0 and extended:
            yield Problem(f"{path}.resources.requests[{shown(name)}]", f"{amount} differs from the limit {limit}", "devices need equal numbers")


def _image(path: str, made: dict[str, Any], *, strict: bool) -> Iterator[Problem]:
    image = made["image"]
    name = image.rpartition("/")[2]
    if "@" not in name and (":" not in name or name.endswith(":latest")):
        found = finding(f"{path}.image", "image-tag", f"{shown(image)} names no version", "write a version's tag or a digest")
        yield found if strict else evolve(found, severity="warning")


def _secret_flags(path: str, made: dict[str, Any]) -> Iterator[Problem]:
    for key in ("command", "args"):
        for _, flag in credential_flags(made.get(key) or ()):
            hint = f'set an environment variable with secret_key_ref("…", "…") and write {flag}=$(NAME)'
            yield finding(f"{path}.{key}", "plain-text-token", f"{flag} holds a token in plain text", hint)


def _data_parallel(view: CheckedPod, path: str, record: Container, made: dict[str, Any]) -> Iterator[Problem]:
    """VLLM looks for the other copies on its own machine unless it is told where the first one is."""
    parallelism = view.context.role.parallelism
    spread = parallelism.spreads_copies and view.context.conventions.written_here
    if spread and record.serves_model and not flag_values(made.get("args", ()), "--data-parallel-address"):
        message = "model copies run in several pods, but nothing tells vLLM where the first one is and which ones are in this pod"
        local = parallelism.data_parallel_size_local
        hint = (
            "start it with Container.vllm, which says both; or give --data-parallel-address=$(LWS_LEADER_ADDRESS)"
            f" and, from a shell, --data-parallel-start-rank=$((LWS_WORKER_INDEX * {local}))"
        )
        yield finding(f"{path}.args", "data-parallel-address", message, hint)


def _blanks(path: str, record: Container, made: dict[str, Any]) -> Iterator[Problem]:
    command = made.get("command") or []
    if any(word in {"-c", "-lc", "-ec"} for word in command):
        return  # arguments of a shell
    for index, arg in enumerate(record.args):
        flag, blank, value = arg.partition(" ")
        if blank and re.fullmatch(r"--?[A-Za-z][\w.-]*", flag) and value.strip():
            hint = f"write {shown(flag)}, {shown(value.strip())}, or {shown(f'{flag}={value.strip()}')}"
            yield finding(f"{path}.args[{index}]", "flag-blank", f"{shown(arg)} is one argument, with a blank in the name of a flag", hint)


def _probes(view: CheckedPod) -> Iterator[Problem]:
    for path, record, made in view.containers():
        if record is view.pod.model_container and not any(made.get(probe) for probe in ("startupProbe", "livenessProbe", "readinessProbe")):
            port = view.context.port
            hint = f'add readiness_probe=HttpProbe("/health", port={port}) and a startup_probe'
            yield finding(path, "probes-absent", "has no probe: it is sent requests before the model is loaded", hint)
        if view.context.conventions.written_here:
            yield from _probed_ports(view, path, record, made)


_PROBES: Final = {"startupProbe": "startup_probe", "readinessProbe": "readiness_probe", "livenessProbe": "liveness_probe"}


def _probed_ports(view: CheckedPod, path: str, record: Container, made: dict[str, Any]) -> Iterator[Problem]:
    """A probe that its author wrote asks a port that the pod declares; one without any declared port may listen anywhere."""
    ports = [port.get("containerPort") for _, each in view.all_containers() for port in each.get("ports", ())]
    declared = {*ports, view.context.spec.service_port} if ports else set()  # the proxy is in the same pod
    for name, field in _PROBES.items():
        probe = made.get(name) if isinstance(getattr(record, field, None), Mapping) else None
        asked = (
            next((probe[how].get("port") for how in ("httpGet", "tcpSocket", "grpc") if isinstance(probe.get(how), Mapping)), None) if probe else None
        )
        if isinstance(asked, int) and declared and 0 < asked < 65536 and asked not in declared:
            shown_ports = ", ".join(str(port) for port in sorted(declared))
            yield finding(
                f"{path}.{field}",
                "probe-port",
                f"asks port {asked}, but the pod declares {shown_ports}",
                "correct the port, or add it to ports",
            )
