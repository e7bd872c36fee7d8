"""Both sides of the hand-over of KV caches, held against each other: whatever only one of them says differently is found."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Literal

from attrs import field, frozen

from constructs_dra.errors import shown
from constructs_dra.lazy import lazy_pattern
from constructs_dra.records.valued import Valued

__all__ = ["KV_ROLES", "Difference", "Proxy", "Server", "connectors", "differences", "transfer"]

KV_ROLES: Final[Mapping[str, tuple[str, ...]]] = {"decode": ("kv_both", "kv_consumer"), "prefill": ("kv_both", "kv_producer")}
"""vLLM's KV transfer roles: prefill makes the cache, decode takes it."""

_ALIKE: Final = ("--block-size", "--kv-cache-dtype", "--served-model-name", "--quantization", "--dtype")
"""Flags of vLLM whose values have to be the same on both sides, or the cache of one is not the cache of the other."""

_CONNECTORS: Final = {"NixlConnector": "nixlv2", "SharedStorageConnector": "shared-storage", "MooncakeConnector": "mooncake"}
"""Connectors of vLLM, and what the routing proxy calls the same protocol (`--kv-connector`)."""

_IDLE: Final = 90
"""Seconds the routing proxy keeps a connection without requests (Go's `http.Transport`)."""

_VERSION: Final = lazy_pattern(r"v?\d+(?:\.\d+)+")
"""What a tag says of the version; the rest is for which devices it is built."""

_KEEP_ALIVE: Final = "VLLM_HTTP_TIMEOUT_KEEP_ALIVE"


@frozen(kw_only=True, eq=False, repr=False)
class Server(Valued):
    """What a model server of one side says.

    Attributes:
        flags: The values of its flags; see `flags_of`.
        env: Its variables; None: known only when it runs.
        image: Its image.
    """

    flags: Mapping[str, Sequence[str]]
    env: Mapping[str, str | None]
    image: str


@frozen(kw_only=True, eq=False, repr=False)
class Proxy(Valued):
    """What the routing proxy before decode says.

    Attributes:
        connector: How it lets caches travel.
        calls: Stages it calls by TLS.
    """

    connector: str
    calls: frozenset[str] = field(default=frozenset())


@frozen(kw_only=True, eq=False, repr=False)
class Difference:
    """One thing that the sides say differently.

    Attributes:
        side: Who says it: `prefill`, `decode` or `proxy`.
        flag: The flag it is said by; empty where it is none.
        variable: The variable it is said by; empty where it is none. Without both it is the image.
        message: What is wrong.
        value: What would be right, or for TLS the stage; empty where the hint says it.
        too_much: Whether the value is there and should not be.
        hint: What to do, where that is not to write the value.
    """

    side: Literal["prefill", "decode", "proxy"]
    flag: str = ""
    variable: str = ""
    message: str
    value: str = ""
    too_much: bool = False
    hint: str = ""


def differences(prefill: Server, decode: Server, proxy: Proxy | None) -> Iterator[Difference]:
    """Everything that prefill, decode and the proxy say differently."""
    for flag in _ALIKE:
        theirs, ours = prefill.flags.get(flag, ())[-1:], decode.flags.get(flag, ())[-1:]
        if theirs != ours:
            words = " and ".join(f"{side} {shown(values[0]) if values else 'none'}" for side, values in (("prefill", theirs), ("decode", ours)))
            yield Difference(side="decode", flag=flag, message=f"{flag} differs: {words}", hint="give both sides the same")
    yield from _handing(prefill, decode, proxy)
    yield from _images(prefill, decode)
    if proxy is not None:
        yield from _connections(prefill, decode, proxy)


def transfer(flags: Mapping[str, Sequence[str]]) -> Mapping[str, Any]:
    """What `--kv-transfer-config` says; empty where it is not given or is no JSON."""
    values = flags.get("--kv-transfer-config")
    return _config(values[-1]) if values else {}


@lru_cache(maxsize=256)
def _config(written: str) -> Mapping[str, Any]:
    try:
        config = json.loads(written)
    except ValueError:
        return {}  # said where the flag is
    return config if isinstance(config, dict) else {}


def _handing(prefill: Server, decode: Server, proxy: Proxy | None) -> Iterator[Difference]:
    theirs, ours = list(connectors(transfer(prefill.flags))), list(connectors(transfer(decode.flags)))
    if theirs and ours and not set(theirs) & set(ours):
        message = f"prefill hands over with {shown(theirs[0])}, decode takes with {shown(ours[0])}"
        hint = "give both sides the same connector, or use PrefillDecode()"
        yield Difference(side="decode", flag="--kv-transfer-config", message=message, hint=hint)
    known = [name for name in ours if name in _CONNECTORS]
    if proxy is not None and known and proxy.connector not in {_CONNECTORS[name] for name in known}:
        message = f"{shown(proxy.connector)} is not how {known[0]} hands over"
        yield Difference(side="proxy", flag="--kv-connector", message=message, value=_CONNECTORS[known[0]])


def connectors(config: Any) -> Iterator[str]:
    """The connectors of a configuration: its own, or those that a MultiConnector has in its place."""
    if not isinstance(config, dict):
        return
    inner = config.get("kv_connector_extra_config")
    several = inner.get("connectors") if isinstance(inner, dict) else None
    if isinstance(several, list):
        for each in several:
            yield from connectors(each)
    elif config.get("kv_connector"):
        yield str(config["kv_connector"])


def _images(prefill: Server, decode: Server) -> Iterator[Difference]:
    """Two versions of one image do not promise to read each other's caches."""
    one, other = (server.image.partition("@")[0].rpartition(":") for server in (prefill, decode))
    versions = [_VERSION.match(tag) for tag in (one[2], other[2])]
    same = one[2] == other[2] or (None not in versions and len({match[0].removeprefix("v") for match in versions if match}) == 1)
    if one[0] == other[0] and not same:
        message = f"decode runs {shown(other[2])} of {one[0]}, prefill {shown(one[2])}"
        yield Difference(side="decode", message=message, hint="give both sides the same version")


def _connections(prefill: Server, decode: Server, proxy: Proxy) -> Iterator[Difference]:
    sides: tuple[tuple[Literal["prefill", "decode"], str, Server], ...] = (("prefill", "prefiller", prefill), ("decode", "decoder", decode))
    for side, _, server in sides:
        value = server.env.get(_KEEP_ALIVE) or ""
        if value.isdigit() and int(value) < _IDLE:
            message = f"the server closes connections after {value} seconds, the routing proxy keeps them for {_IDLE}: requests are reset"
            yield Difference(side=side, variable=_KEEP_ALIVE, message=message, value="120")
    for side, word, server in sides:
        serves = "--ssl-certfile" in server.flags
        if serves != (word in proxy.calls):
            message = f"{'serves' if serves else 'does not serve'} TLS, but the routing proxy calls it {'without' if serves else 'with'}"
            yield Difference(side=side, flag="--ssl-certfile", message=message, value=word, too_much=not serves)
