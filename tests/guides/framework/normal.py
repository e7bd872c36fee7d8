"""An object in the form in which two of them are compared: what the API server would store, with lists by name and command lines by flag.

Nothing that Kubernetes, a shell or an engine tells apart is lost: variables are expanded in their order, as the kubelet does; flags that are given
more than once keep theirs; scripts are run to where they start something.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from constructs_dra import Manifest
from constructs_dra.kubernetes.defaults import stored
from tests.guides.framework.scripts import started, variables

__all__ = ["normal"]

_KEYS: Final = {
    "containers": "name",
    "initContainers": "name",
    "ports": "containerPort",
    "resourceClaims": "name",
    "imagePullSecrets": "name",
    "roles": "name",
    "requests": "name",
    "firstAvailable": "name",
    "claims": "name",
}
"""Lists whose order says nothing, and what their items are told apart by."""

_TEMPLATES: Final = ("template", "leaderTemplate", "workerTemplate")


def normal(manifest: Manifest) -> Any:
    """The form in which an object is compared."""
    return _by_name(_pods(stored(manifest), 0))


def _pods(value: Any, size: int) -> Any:
    """Every pod template in an object, stored and with its command lines worked out; `size` is that of its group, 0 outside of groups.

    In a group the leader and the last worker are looked at, whether they have one template or two.
    """
    if isinstance(value, list):
        return [_pods(item, size) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("leaderWorkerTemplate"), dict):
        size = value["leaderWorkerTemplate"].get("size", 1)
    made = {}
    for key, item in value.items():
        if key not in _TEMPLATES or not isinstance(item, dict) or "containers" not in (item.get("spec") or {}):
            made[key] = _pods(item, size)
        elif key == "leaderTemplate":
            made["leader"] = _pod(item, 0, size)
        else:
            if size > 1 and "leaderTemplate" not in value:
                made["leader"] = _pod(item, 0, size)
            made["pod"] = _pod(item, max(size - 1, 0), size)
    return made


def _pod(template: dict[str, Any], index: int, size: int) -> dict[str, Any]:
    made: dict[str, Any] = stored({"apiVersion": "v1", "kind": "PodTemplate", "template": template})["template"]
    sources = {volume["name"]: volume for volume in made["spec"].pop("volumes", ())}
    unmounted = set(sources)
    for kind in ("containers", "initContainers"):
        containers = made["spec"].get(kind, ())
        unmounted -= {mount["name"] for container in containers for mount in container.get("volumeMounts", ())}
        made["spec"][kind] = [_container(container, sources, _group_variables(index, size)) for container in containers]
    made["spec"]["unmounted"] = sorted(unmounted)
    return made


def _container(container: dict[str, Any], sources: Mapping[str, Any], group: dict[str, str]) -> dict[str, Any]:
    names = {port["name"]: port["containerPort"] for port in container.get("ports", ()) if port.get("name")}
    made = {key: item for key, item in container.items() if key not in {"command", "args", "volumeMounts"}}
    made["mounts"] = {f"[{mount['mountPath']}]": _mount(mount, sources[mount["name"]]) for mount in container.get("volumeMounts", ())}
    made |= {key: _probe(made[key], names) for key in ("startupProbe", "readinessProbe", "livenessProbe") if key in made}
    made["ports"] = {f"[{port['containerPort']}]": _port(port) for port in container.get("ports", ())}
    start = started(container, group)
    environment = start.environment if start is not None else variables(container, group)
    made["env"] = {f"[{name}]": value for name, value in sorted(environment.items()) if not name.startswith("LWS_")}
    if start is not None:
        made["start"] = {**dict(_line(start.words)), **{f"before {command}": True for command in start.before}}
        made["read"] = sorted(start.read)
    return made


def _port(port: Mapping[str, Any]) -> str:
    host = f" at the node's {port['hostIP']}:{port['hostPort']}" if port.get("hostPort") else ""
    return f"{port.get('name', '')} {port['protocol']}{host}".strip()


def _mount(mount: Mapping[str, Any], volume: Mapping[str, Any]) -> str:
    """What is mounted and how; what the volume is called inside the pod says nothing."""
    source = {key: item for key, item in volume.items() if key != "name"}
    how = {key: item for key, item in mount.items() if key not in {"name", "mountPath"} and item}
    return " ".join(json.dumps(item, sort_keys=True) for item in (source, how) if item)


def _probe(probe: Mapping[str, Any], names: Mapping[str, int]) -> str:
    """A probe in one line, its port by number."""
    asked = probe.get("httpGet")
    if asked is None:
        return json.dumps(probe, sort_keys=True)
    first = f"after {probe['initialDelaySeconds']}, " if probe["initialDelaySeconds"] else ""
    rhythm = f"{first}every {probe['periodSeconds']}, at most {probe['timeoutSeconds']}, {probe['failureThreshold']} failures"
    return f"{asked['scheme']} {asked['path']} at {names.get(asked['port'], asked['port'])}: {rhythm}"


def _group_variables(index: int, size: int) -> dict[str, str]:
    """What LeaderWorkerSet sets in the pods of a group."""
    return {"LWS_WORKER_INDEX": str(index), "LWS_GROUP_SIZE": str(size), "LWS_LEADER_ADDRESS": "leader"} if size else {}


def _line(words: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """A command line: its words, then its flags with their values."""
    plain: list[str] = []
    flags: dict[str, list[Any]] = {}
    flag = ""
    for word in words:
        if re.match(r"--?[A-Za-z]", word):
            flag, mark, value = word.partition("=")
            flag = flag.replace("_", "-")
            flags.setdefault(flag, []).append(_meaning(value) if mark else True)
            flag = "" if mark else flag
        elif flag:
            flags[flag][-1], flag = _meaning(word), ""
        else:
            plain.append(word)
    if plain == ["vllm", "serve"] and "--model" in flags:
        plain += flags.pop("--model")
    yield "program", " ".join(plain)
    for name, values in flags.items():
        yield name, values[0] if len(values) == 1 else values


def _meaning(value: str) -> Any:
    """JSON and numbers are what they say, not how they are written."""
    if re.fullmatch(r"-?\d+\.\d+", value):
        return str(float(value))
    if value.strip()[:1] not in {"{", "["}:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _by_name(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _by_name(item, name) for name, item in value.items()}
    if not isinstance(value, list):
        return value
    name = _KEYS.get(key)
    if name is not None and all(isinstance(item, dict) and name in item for item in value):
        return {f"[{item[name]}]": _by_name({other: inner for other, inner in item.items() if other != name}) for item in value}
    return [_by_name(item) for item in value]
