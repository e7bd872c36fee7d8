"""Rules of probes and lifecycle hooks."""

from collections.abc import Iterable
from typing import Any

from constructs_dra.errors import did_you_mean
from constructs_dra.kubernetes.objects.surroundings import Surroundings
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import items, mapping, sequence, text, whole
from constructs_dra.lazy import lazy_pattern
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = ["check_handlers"]

_PROBES = ("exec", "httpGet", "tcpSocket", "grpc")
_HOOKS = ("exec", "httpGet", "tcpSocket", "sleep")
_HEADER = lazy_pattern(r"[-A-Za-z0-9]+\Z")
_SIGNALS = frozenset({
    "SIGABRT", "SIGALRM", "SIGBUS", "SIGCHLD", "SIGCLD", "SIGCONT", "SIGFPE", "SIGHUP", "SIGILL", "SIGINT", "SIGIO", "SIGIOT", "SIGKILL", "SIGPIPE",
    "SIGPOLL", "SIGPROF", "SIGPWR", "SIGQUIT", "SIGSEGV", "SIGSTKFLT", "SIGSTOP", "SIGSYS", "SIGTERM", "SIGTRAP", "SIGTSTP", "SIGTTIN", "SIGTTOU",
    "SIGURG", "SIGUSR1", "SIGUSR2", "SIGVTALRM", "SIGWINCH", "SIGXCPU", "SIGXFSZ", "SIGRTMIN", "SIGRTMAX",
    *(f"SIGRTMIN+{number}" for number in range(1, 16)), *(f"SIGRTMAX-{number}" for number in range(1, 15)),
})  # fmt: skip
_WINDOWS_SIGNALS = frozenset({"SIGTERM", "SIGKILL"})


def check_handlers(container: dict[str, Any], path: str, rules: Rules, around: Surroundings, *, lasting: bool) -> None:
    """Probes and hooks of a container; `lasting`: it is not a plain init container, which may have none."""
    ports = {text(port.get("name")) for port, _ in items(container, "ports", path)}
    for key in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe = container.get(key)
        if isinstance(probe, dict):
            if not lasting:
                rules.value(child(path, key), "is not allowed on an init container that is not a sidecar")
            _check_probe(probe, key, child(path, key), rules, ports)
    lifecycle, place = mapping(container.get("lifecycle")), child(path, "lifecycle")
    for key in ("postStart", "preStop"):
        handler, where = lifecycle.get(key), child(place, key)
        if isinstance(handler, dict):
            if not lasting:
                rules.value(where, "is not allowed on an init container that is not a sidecar")
            _check_handler(handler, _HOOKS, where, rules, ports)
            seconds = whole(mapping(handler.get("sleep")).get("seconds"))
            if seconds is not None and not 0 <= seconds <= max(around.grace, 0):
                shown = f"{seconds} must lie between 0 and the pod's terminationGracePeriodSeconds of {around.grace}"
                rules.value(f"{where}.sleep.seconds", shown)
    signal = lifecycle.get("stopSignal")
    if isinstance(signal, str):
        if not around.system:
            rules.value(child(place, "stopSignal"), "needs the pod's os.name")
        known = _WINDOWS_SIGNALS if around.system == "windows" else _SIGNALS
        if signal not in known:
            rules.value(child(place, "stopSignal"), f"{signal!r} is not a signal", did_you_mean(signal, sorted(known)))


def _check_probe(probe: dict[str, Any], kind: str, path: str, rules: Rules, ports: set[str]) -> None:
    _check_handler(probe, _PROBES, path, rules, ports)
    for key in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"):
        rules.number(probe, key, path)
    rules.number(probe, "terminationGracePeriodSeconds", path, low=1)
    if kind == "readinessProbe":
        if probe.get("terminationGracePeriodSeconds") is not None:
            rules.problems.add(child(path, "terminationGracePeriodSeconds"), "is not allowed on a readiness probe", rule="value")
    elif probe.get("successThreshold") not in (None, 0, 1):
        rules.problems.add(child(path, "successThreshold"), "must be 1", rule="value")


def _check_handler(handler: dict[str, Any], kinds: Iterable[str], path: str, rules: Rules, ports: set[str]) -> None:
    """What a probe or lifecycle hook does; a port name that the container does not have can never be reached."""
    kind = rules.one_of(handler, kinds, path, "handler")
    action, place = mapping(handler.get(kind)), child(path, kind)
    if kind == "exec" and not sequence(action.get("command")):
        rules.problems.add(child(place, "command"), "is missing", rule="required")
    elif kind == "grpc":
        rules.number(action, "port", place, low=1, high=65535)
    elif kind in {"httpGet", "tcpSocket"}:
        rules.port(action, "port", place)
        rules.word(action, "scheme", ("HTTP", "HTTPS"), place)
        for header, where in items(action, "httpHeaders", place):
            if not _HEADER.match(text(header.get("name"))):
                rules.value(child(where, "name"), f"{text(header.get('name'))!r} is not the name of an HTTP header", "letters, digits and '-'")
        port = action.get("port")
        if isinstance(port, str) and not names.port_name_problem(port) and port not in ports:
            hint = did_you_mean(port, sorted(filter(None, ports)), fallback=lambda _: "name a port of this container, or write its number")
            rules.problems.add(child(place, "port"), f"this container has no port named {port!r}", hint, rule="strict-port-reference")
