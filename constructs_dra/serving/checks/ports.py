"""Ports: of containers among themselves, of the routing proxy, of what is scraped."""

from collections.abc import Iterator
from typing import Any, Final

from attrs import evolve

from constructs_dra.engines.flags import flag_values
from constructs_dra.engines.others import default_port
from constructs_dra.errors import Problem, did_you_mean, shown
from constructs_dra.lazy import lazy_pattern
from constructs_dra.serving.checks.view import CheckedPod
from constructs_dra.serving.findings import finding
from constructs_dra.serving.manifests.container import PROBES

__all__ = ["port_problems"]

_IN_SCRIPT: Final = lazy_pattern(r"(?:^|\s)--port(?:=|\s+)(\d+)")


def port_problems(view: CheckedPod) -> Iterator[Problem]:
    """Everything about the ports of one pod."""
    clash = _proxy_clash(view)
    yield from clash
    yield from _twice(view, ignore=view.context.spec.service_port if clash else None)
    yield from _listening(view)
    yield from _probes(view)


def _proxy_clash(view: CheckedPod) -> list[Problem]:
    service = view.context.spec
    proxy = service.routing_proxy
    if not view.proxied or proxy is None:
        return []
    if proxy.target_port == service.service_port:
        message = f"takes requests on {service.service_port} and calls the model server on {proxy.target_port}: the same port"
        return [finding("proxy.target_port", "proxy-port", message, "leave target_port at 8200, or choose another")]
    found = []
    for path, record, _ in view.containers():
        for index, port in enumerate(record.port_records):
            if port.number == service.service_port:
                message = f"the routing proxy listens on {port.number}; the model server is behind it, on {proxy.target_port}"
                found.append(finding(f"{path}.ports[{index}]", "proxy-port", message, f"write {proxy.target_port}, or leave it out"))
    return found


def _twice(view: CheckedPod, *, ignore: int | None) -> Iterator[Problem]:
    numbers: dict[tuple[int, str], str] = {}
    names: dict[str, str] = {}
    for path, made in view.running():
        own: set[str] = set()
        for port in made.get("ports", ()):
            number, protocol, name = port["containerPort"], port.get("protocol", "TCP"), port.get("name")
            key = (number, protocol)
            if key in numbers and number != ignore:
                message = f"{number} is listed twice in the pod, first by {_words(numbers[key])}"
                yield finding(f"{path}.ports", "port-twice", message, "two programs cannot listen on one port of a pod")
            numbers.setdefault(key, path)
            if name is None:
                continue
            if name in own:
                yield Problem(f"{path}.ports", f"two ports are called {shown(name)}", "give each its own name")
            elif name in names:
                message = f"two ports of the pod are called {shown(name)}, the first one in {_words(names[name])}"
                yield finding(f"{path}.ports", "port-twice", message, "probes and monitors would not know which is meant")
            own.add(name)
            names.setdefault(name, path)


def _words(path: str) -> str:
    return "the routing proxy" if path == "proxy" else path


def _listening(view: CheckedPod) -> Iterator[Problem]:
    """The port in the model server's arguments, against the ports it shows and the port it is called on."""
    for path, record, made in view.containers():
        if record is not view.pod.model_container:
            continue
        listening = _port_argument(made)
        if listening is None:
            yield from _by_default(view, path, made)
            continue
        shown = [port["containerPort"] for port in made.get("ports", ())]
        if shown and listening not in shown:
            message = f"the model server listens on {listening}, but the container shows {', '.join(map(str, shown))}"
            yield finding(f"{path}.ports", "listening-port", message, f"add {listening} to ports")
        if listening != view.context.port:
            whom = "the routing proxy calls it on" if view.proxied else "clients call it on"
            message = f"the model server listens on {listening}, but {whom} {view.context.port}"
            yield finding(f"{path}.args", "listening-port", message, f"write --port {view.context.port}, or change the port that is called")


def _by_default(view: CheckedPod, path: str, made: dict[str, Any]) -> Iterator[Problem]:
    """An engine that is told no port, and whose own is not the one it is called on."""
    port = default_port(made)
    if port is not None and port != view.context.port:
        message = f"nothing tells the model server its port, so it listens on {port}, and it is called on {view.context.port}"
        yield evolve(finding(f"{path}.args", "listening-port", message, f"write --port {view.context.port}"), severity="warning")


def _port_argument(made: dict[str, Any]) -> int | None:
    words = [*made.get("command", ()), *made.get("args", ())]
    values = flag_values(words, "--port") or [found for word in words for found in _IN_SCRIPT.findall(str(word))]
    return int(values[-1]) if values and str(values[-1]).isdigit() else None


def _probes(view: CheckedPod) -> Iterator[Problem]:
    for path, record, made in view.containers():
        names = [port["name"] for port in made.get("ports", ()) if "name" in port]
        for key, attribute in PROBES.items():
            asked = next((probe["port"] for probe in made.get(key, {}).values() if isinstance(probe, dict) and "port" in probe), None)
            if isinstance(asked, str) and not asked.isdigit() and asked not in names:
                place = f"{path}.{attribute}" if getattr(record, attribute) is not None else f"{path}.extra.{key}"
                hint = did_you_mean(asked, names) if names else f"name a port: Port({view.context.port}, name={shown(asked)})"
                yield finding(place, "probe-port", f"the container has no port called {shown(asked)}", hint)
