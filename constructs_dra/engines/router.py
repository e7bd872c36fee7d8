"""Flags of llm-d's routing proxy (the sidecar of model servers) and of its endpoint picker, by the version in their images."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Final, Literal

from constructs_dra.engines.data import facts
from constructs_dra.engines.finding import Finding
from constructs_dra.engines.goflags import GoFlag, GoGiven, read_go_flags
from constructs_dra.engines.shell import OPAQUE
from constructs_dra.errors import did_you_mean, shown
from constructs_dra.lazy import lazy_pattern

__all__ = ["allowed_values", "flag_name", "router_findings", "router_program", "router_versions"]

Program = Literal["sidecar", "epp"]

_REPOSITORIES: Final[Mapping[str, Program]] = {
    "llm-d-routing-sidecar": "sidecar",
    "llm-d-router-disagg-sidecar": "sidecar",
    "llm-d-router-endpoint-picker": "epp",
    "llm-d-inference-scheduler": "epp",
}
"""Names of images, whatever registry they come from."""

_TITLES: Final = {"sidecar": "the routing proxy", "epp": "the endpoint picker"}
_IMAGE = lazy_pattern(r"(?:.*/)?([a-z0-9._-]+?)(?::([^:/@]+))?(?:@.*)?\Z")
_RANGE = lazy_pattern(r"v(\d+\.\d+)(?:-v(\d+\.\d+)|(\+))?\Z")


@lru_cache(maxsize=512)
def router_program(reference: str) -> tuple[Program, str] | None:
    """Which of the two an image holds, and its tag; None: neither."""
    match = _IMAGE.match(reference)
    program = _REPOSITORIES.get(match[1]) if match else None
    return (program, match[2] or "") if program is not None and match is not None else None


@cache
def router_versions(program: Program) -> tuple[str, ...]:
    """The versions whose flags are known, oldest first; the last two are states of the main branch."""
    return tuple(facts("router")[program]["versions"])


def _candidates(program: Program, tag: str) -> tuple[int, ...]:
    """The columns a tag may mean: one, the states of the main branch, or all; none: a version nothing is known of."""
    known = router_versions(program)
    match = re.match(r"v(\d+)\.(\d+)(?:\.\d+)?(?:-rc\.?\d+)?\Z", tag)
    if match:
        version = f"v{match[1]}.{match[2]}"
        return (known.index(version),) if version in known else ()
    if tag == "main":
        return tuple(range(len(known) - 2, len(known)))
    return tuple(range(len(known)))


@cache
def _flags(program: Program) -> Mapping[str, Mapping[str, Any]]:
    return {flag["name"]: flag for flag in facts("router")[program]["flags"]}


def _spans(program: Program, flag: Mapping[str, Any]) -> range:
    """The columns that have a flag."""
    known = router_versions(program)
    last = known.index(flag["removed_in"]) if flag.get("removed_in") in known else len(known)
    return range(known.index(flag["since"]), last)


@lru_cache(maxsize=256)
def allowed_values(program: Program, names: tuple[str, ...], tag: str) -> tuple[str, ...]:
    """The values that a flag takes, whatever a version calls it: in the version of a tag; of an unknown version, those of any.

    Args:
        program: The sidecar or the picker.
        names: The flag's names, the newest first.
        tag: The tag of an image.
    """
    found: dict[str, None] = {}
    for column in _candidates(program, tag) or range(len(router_versions(program))):
        name = next((name for name in names if column in _spans(program, _flags(program)[name])), None)
        found.update(dict.fromkeys(_allowed(program, name, (column,)) or ()) if name is not None else {})
    return tuple(found)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:2]))


@cache
def flag_name(program: Program, names: Sequence[str], tag: str) -> str:
    """What a flag is called in the version of a tag: the newest name that all versions have which the tag may mean, else the last.

    Args:
        program: The sidecar or the picker.
        names: The flag's names, the newest first.
        tag: The tag of an image; one of an earlier or later version than is known counts as the oldest or newest.
    """
    known = router_versions(program)
    columns = _candidates(program, tag) or ((0,) if _numbers(tag) < _numbers(known[0]) else (len(known) - 1,))
    return next((name for name in names if all(column in _spans(program, _flags(program)[name]) for column in columns)), names[-1])


@cache
def _of_column(program: Program, column: int) -> Mapping[str, GoFlag]:
    return {
        name: GoFlag(name=name, type=str(flag["type"]).partition(" ")[0]) for name, flag in _flags(program).items() if column in _spans(program, flag)
    }


def router_findings(program: Program, tag: str, arguments: Sequence[str], environment: Mapping[str, str | None]) -> tuple[Finding, ...]:
    """What is wrong with the arguments of a sidecar or picker.

    Args:
        program: Which of the two.
        tag: The tag of its image.
        arguments: Its arguments.
        environment: Its variables; some stand for flags.
    """
    columns = _candidates(program, tag)
    if not columns:
        return ()
    newest = columns[-1]
    found: list[Finding] = []
    readings = {column: list(read_go_flags(arguments, _of_column(program, column), opaque=OPAQUE)) for column in columns}
    for given in readings[newest]:
        found += _flag_findings(program, given, columns)
    older = [given for column in columns[:-1] for given in readings[column] if given.fault == "unknown"]
    seen = {finding.index for finding in found}
    for given in older:
        if given.index not in seen:
            seen.add(given.index)
            found += _flag_findings(program, given, columns)
    values = {given.name: given.value for given in readings[newest] if not given.fault}
    places = {given.name: given.index for given in readings[newest]}
    for name, message, hint in _broken(program, values, environment, columns):
        found.append(Finding(rule="router-flag-rule", message=message, hint=hint, index=places.get(name, -1), flags=(f"--{name}",)))
    return tuple(sorted(found, key=lambda each: each.index))


def _words(program: Program, columns: Sequence[int]) -> str:
    known = router_versions(program)
    if not columns:
        return "none"
    first, last = known[columns[0]], known[columns[-1]]
    return first if first == last else f"{first} to {last}" if columns[-1] < len(known) - 1 else f"{first} and later"


def _flag_findings(program: Program, given: GoGiven, columns: tuple[int, ...]) -> Iterator[Finding]:
    """What is wrong with one flag."""
    title = _TITLES[program]
    who = f"{title} {router_versions(program)[columns[0]]}" if len(columns) == 1 else title
    flag = _flags(program).get(given.name)
    if given.fault == "stray":
        yield Finding(rule="router-flag-value", message=f"{who} takes no argument of its own: {shown(given.value)}", index=given.index)
        return
    if flag is None:
        hint = did_you_mean(given.name, _flags(program), fallback=lambda _: "")
        yield Finding(rule="router-flag-unknown", message=f"no version of {title} has a flag --{given.name}", hint=hint, index=given.index)
        return
    having = [column for column in columns if column in _spans(program, flag)]
    instead = f"; instead: --{flag['replaced_by']}" if flag.get("replaced_by") else ""
    versions = f"versions that have it: {_words(program, list(_spans(program, flag)))}{instead}"
    if not having:
        yield Finding(rule="router-flag-version", message=f"{who} has no flag --{given.name}", hint=versions, index=given.index)
        return
    if len(having) < len(columns):
        message = f"the version of {title} in the image is not known, and not every one has a flag --{given.name}"
        yield Finding(rule="router-flag-some-versions", message=message, hint=versions, severity="warning", index=given.index)
    if given.fault in {"value", "missing"}:
        yield Finding(rule="router-flag-value", message=f"{who} refuses it: {given.words}", index=given.index, flags=(f"--{given.name}",))
        return
    deprecated = flag.get("deprecated")
    known = router_versions(program)
    if deprecated in known and len(columns) == 1 and columns[0] >= known.index(deprecated):
        message = f"--{given.name} is deprecated in {who}"
        yield Finding(rule="router-flag-deprecated", message=message, hint=instead.removeprefix("; "), severity="warning", index=given.index)


def _allowed(program: Program, name: str, columns: tuple[int, ...]) -> list[str] | None:
    """The values a flag takes in every version that comes into question; None: any."""
    allowed = _flags(program)[name].get("allowed")
    if isinstance(allowed, list):
        return [str(each) for each in allowed]
    if not isinstance(allowed, dict):
        return None
    known = router_versions(program)
    found: list[str] = []
    for column in columns:
        for span, values in allowed.items():
            match = _RANGE.match(span)
            if match is None or not _within(column, match, known):
                continue
            if isinstance(values, str):
                return _allowed(program, values.removeprefix("as "), columns)
            found += [str(each) for each in values]
    return list(dict.fromkeys(found)) or None


def _within(column: int, match: re.Match[str], known: Sequence[str]) -> bool:
    first = known.index(f"v{match[1]}")
    last = known.index(f"v{match[2]}") if match[2] else len(known) if match[3] else first
    return first <= column <= last


def _broken(
    program: Program, values: Mapping[str, str], environment: Mapping[str, str | None], columns: tuple[int, ...]
) -> Iterator[tuple[str, str, str]]:
    """Rules between flags, and closed lists of values: flag, message and hint."""
    for name, value in values.items():
        allowed = _allowed(program, name, columns)
        several = str(_flags(program)[name]["type"]) == "stringSlice"
        for each in value.split(",") if several else [value]:
            if allowed is not None and each and each not in allowed and OPAQUE not in each:
                message = f"--{name} must be one of: {', '.join(allowed)}; not {shown(each)}"
                yield name, message, did_you_mean(each, allowed, fallback=lambda _: "")
    yield from (_sidecar_rules if program == "sidecar" else _picker_rules)(values, environment, columns)


def _number(values: Mapping[str, str], name: str) -> int | None:
    value = values.get(name, "")
    return int(value) if re.fullmatch(r"-?\d+", value) else None


def _sidecar_rules(values: Mapping[str, str], environment: Mapping[str, str | None], columns: tuple[int, ...]) -> Iterator[tuple[str, str, str]]:
    known = router_versions("sidecar")
    if "configuration" in values and "configuration-file" in values:
        yield "configuration-file", "flags --configuration and --configuration-file are mutually exclusive", "keep one of the two"
    pool = {"inference-pool", "inference-pool-name"} & values.keys() or {"INFERENCE_POOL", "INFERENCE_POOL_NAME"} & environment.keys()
    configured = {"configuration", "configuration-file"} & values.keys()
    if values.get("enable-ssrf-protection", "").lower() in {"true", "t", "1"} and not pool and not configured:
        message = "--inference-pool flag or INFERENCE_POOL environment variable is required when --enable-ssrf-protection is true"
        yield "enable-ssrf-protection", message, "add --inference-pool=NAMESPACE/NAME"
    name = values.get("inference-pool", "")
    if name and OPAQUE not in name and (name.count("/") > 1 or "" in name.split("/")):
        yield "inference-pool", "--inference-pool must be in format 'namespace/name' or 'name'", ""
    if values.get("enable-p2p-pull", "").lower() in {"true", "t", "1"} and values.get("kv-connector", "nixlv2") != "nixlv2" and not configured:
        yield "enable-p2p-pull", f'--enable-p2p-pull requires --kv-connector=nixlv2 (got "{values["kv-connector"]}")', ""
    if (_number(values, "decode-chunk-size") or 0) < 0:
        yield "decode-chunk-size", "--decode-chunk-size must be a non-negative integer (0 disables chunked decode)", ""
    if columns[0] >= known.index("v0.10"):
        yield from _sidecar_ports(values)


def _sidecar_ports(values: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    size = _number(values, "data-parallel-size")
    if size is not None and size < 1:
        yield "data-parallel-size", f"--data-parallel-size must be a positive integer, got {size}", ""
    for name in ("port", "model-server-port", "vllm-port", "p2p-connector-port", "mooncake-bootstrap-port"):
        value = values.get(name)
        if value is None or OPAQUE in value:
            continue
        number = _number(values, name)
        if number is None or not 1 <= number <= 65535:
            yield name, f"--{name} must be between 1 and 65535, got {shown(value)}", ""
        elif number + (size or 1) - 1 > 65535 and name != "mooncake-bootstrap-port":
            yield name, f"--{name} port range [{number}, {number + (size or 1) - 1}] exceeds maximum port value", ""


def _picker_rules(values: Mapping[str, str], environment: Mapping[str, str | None], columns: tuple[int, ...]) -> Iterator[tuple[str, str, str]]:
    known = router_versions("epp")
    pool, selector = values.get("pool-name"), values.get("endpoint-selector")
    if bool(pool) is bool(selector):
        fault = "both are" if pool else "neither is"
        hint = "write one of --pool-name and --endpoint-selector"
        yield "pool-name", f"either pool-name or endpoint-selector must be set, and {fault}", hint
    ports = [each for each in values.get("endpoint-target-ports", "").split(",") if each]
    if selector and not 1 <= len(ports) <= 8:
        yield "endpoint-target-ports", 'flag "endpoint-target-ports" should have length from 1 to 8', ""
    if selector and any(each.strip().isdigit() and int(each) > 65535 for each in ports):
        yield "endpoint-target-ports", 'invalid port number in "endpoint-target-ports"', ""
    if selector and "POD_NAME" not in environment:
        yield "endpoint-selector", "failed to get environment variable POD_NAME", "set POD_NAME from metadata.name"
    if "config-file" in values and "config-text" in values:
        yield "config-text", 'both the "config-file" and "config-text" flags cannot be set at the same time', "keep one of the two"
    if columns[-1] <= known.index("v0.6") and not {"config-file", "config-text"} & values.keys():
        yield "config-file", "failed to parse config: this version needs --config-file or --config-text", ""
    if columns[0] >= known.index("v0.10"):
        unauthenticated = values.get("metrics-endpoint-auth", "").lower() in {"false", "f", "0"}
        if "metrics-client-ca-file" in values and "metrics-cert-dir" not in values:
            yield "metrics-client-ca-file", '"metrics-client-ca-file" requires "metrics-cert-dir"', ""
        if "metrics-cert-dir" in values and unauthenticated and "metrics-client-ca-file" not in values:
            message = '"metrics-cert-dir" enables metrics TLS without authentication; set "metrics-client-ca-file" or "metrics-endpoint-auth"'
            yield "metrics-cert-dir", message, ""
    if columns[0] >= known.index("v0.7"):
        for name in values:
            if name.endswith("-metric"):
                message = f'flag "{name}" is deprecated and cannot be used; configure metrics via engineConfigs in EndpointPickerConfig instead'
                yield name, message, ""
