"""Both sides of the hand-over of KV caches, held against each other: whatever only one of them says differently is found."""

import json
from collections.abc import Iterator
from typing import Any, Final

from constructs_dra.errors import Problem, shown
from constructs_dra.serving.checks.containers import flag_values, flags_of
from constructs_dra.serving.context import RoleContext, ServiceContext
from constructs_dra.serving.findings import finding

__all__ = ["handover_problems"]

_ALIKE: Final = ("--block-size", "--kv-cache-dtype", "--served-model-name", "--quantization", "--dtype")
"""Flags of vLLM whose values have to be the same on both sides, or the cache of one is not the cache of the other."""

_CONNECTORS: Final = {"NixlConnector": "nixlv2", "SharedStorageConnector": "shared-storage", "MooncakeConnector": "mooncake"}
"""Connectors of vLLM, and what the routing proxy calls the same protocol (`--kv-connector`)."""

_IDLE: Final = 90
"""Seconds the routing proxy keeps a connection without requests (Go's `http.Transport`)."""


def handover_problems(service: ServiceContext) -> Iterator[Problem]:
    """What is wrong between prefill, decode and the routing proxy."""
    roles = service.roles
    if "prefill" not in roles or "decode" not in roles or not service.conventions.written_here:
        return
    prefill, decode = _server(roles["prefill"]), _server(roles["decode"])
    if prefill is None or decode is None:
        return
    yield from _flags(prefill, decode)
    yield from _connector(service, prefill, decode)
    yield from _images(prefill, decode)
    if service.spec.routing_proxy is not None:
        yield from _connections(service, prefill, decode)


Server = tuple[str, dict[str, Any]]


def _server(role: RoleContext) -> Server | None:
    """Place and container of a role's vLLM."""
    for path, record, made in role.pods[0].containers():
        if record is role.pods[0].pod.model_container and record.serves_model:
            return path, made
    return None


def _flags(prefill: Server, decode: Server) -> Iterator[Problem]:
    all_theirs, all_ours = (flags_of(made.get("args", ())) for _, made in (prefill, decode))
    for flag in _ALIKE:
        theirs, ours = all_theirs.get(flag, ()), all_ours.get(flag, ())
        if theirs[-1:] != ours[-1:]:
            words = " and ".join(f"{side} {shown(values[-1]) if values else 'none'}" for side, values in (("prefill", theirs), ("decode", ours)))
            yield finding(f"{decode[0]}.args", "kv-mismatch", f"{flag} differs: {words}", "give both sides the same")


def _transfer(made: dict[str, Any]) -> dict[str, Any]:
    values = flag_values(made.get("args", ()), "--kv-transfer-config")
    try:
        config = json.loads(values[-1]) if values else {}
    except ValueError:
        return {}  # said where the flag is
    return config if isinstance(config, dict) else {}


def _connector(service: ServiceContext, prefill: Server, decode: Server) -> Iterator[Problem]:
    theirs, ours = list(_connectors(_transfer(prefill[1]))), list(_connectors(_transfer(decode[1])))
    if theirs and ours and not set(theirs) & set(ours):
        message = f"prefill hands over with {shown(theirs[0])}, decode takes with {shown(ours[0])}"
        yield finding(f"{decode[0]}.args", "kv-mismatch", message, "give both sides the same connector, or use PrefillDecode()")
    proxy = service.spec.routing_proxy
    known = [name for name in ours if name in _CONNECTORS]
    if proxy is not None and known and proxy.kv_connector not in {_CONNECTORS[name] for name in known}:
        message = f"{shown(proxy.kv_connector)} is not how {known[0]} hands over"
        yield finding("proxy.kv_connector", "kv-mismatch", message, f"write kv_connector={_CONNECTORS[known[0]]!r}")


def _connectors(config: Any) -> Iterator[str]:
    """The connectors of a configuration: its own, or those that a MultiConnector has in its place."""
    if not isinstance(config, dict):
        return
    inner = config.get("kv_connector_extra_config")
    several = inner.get("connectors") if isinstance(inner, dict) else None
    if isinstance(several, list):
        for each in several:
            yield from _connectors(each)
    elif config.get("kv_connector"):
        yield str(config["kv_connector"])


def _images(prefill: Server, decode: Server) -> Iterator[Problem]:
    """Two versions of one image do not promise to read each other's caches."""
    (place, theirs), (_, ours) = decode, prefill
    one, other = (made["image"].partition("@")[0].rpartition(":") for made in (theirs, ours))
    if one[0] == other[0] and one[2] != other[2]:
        message = f"decode runs {shown(one[2])} of {one[0]}, prefill {shown(other[2])}"
        yield finding(f"{place}.image", "kv-mismatch", message, "give both sides the same version")


def _connections(service: ServiceContext, prefill: Server, decode: Server) -> Iterator[Problem]:
    for path, made in (prefill, decode):
        for variable in made.get("env", ()):
            if variable["name"] != "VLLM_HTTP_TIMEOUT_KEEP_ALIVE":
                continue
            value = str(variable.get("value", ""))
            if value.isdigit() and int(value) < _IDLE:
                message = f"the server closes connections after {value} seconds, the routing proxy keeps them for {_IDLE}: requests are reset"
                yield finding(f"{path}.env['VLLM_HTTP_TIMEOUT_KEEP_ALIVE']", "kv-mismatch", message, "write 120")
    proxy = service.spec.routing_proxy
    calls = proxy.enable_tls or () if proxy is not None else ()
    for word, (path, made) in (("prefiller", prefill), ("decoder", decode)):
        serves = any(arg.startswith("--ssl-certfile") for arg in made.get("args", ()))
        if serves != (word in calls):
            message = f"{'serves' if serves else 'does not serve'} TLS, but the routing proxy calls it {'without' if serves else 'with'}"
            hint = f'write proxy=RoutingProxy(enable_tls=["{word}"])' if serves else f"take {shown(word)} out of the proxy's enable_tls"
            yield finding(f"{path}.args", "kv-mismatch", message, hint)
