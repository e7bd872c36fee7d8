"""What model servers, routing proxies and pickers take, by version, as pages of the reference."""

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from constructs_dra.engines.data import facts
from constructs_dra.engines.versions import span_words, versions
from constructs_dra.picker import plugins
from constructs_dra.picker.catalogue import plugin_spans
from tools.documentation.driver_pages import table

__all__ = ["engine_pages"]


def engine_pages() -> dict[str, str]:
    """The pages by their paths."""
    return {
        "reference/vllm.md": "\n".join(_vllm()),
        "reference/picker-plugins.md": "\n".join(_plugins()),
        "reference/router-flags.md": "\n".join(_router()),
    }


def _vllm() -> Iterator[str]:
    known = versions()
    yield f"# Flags of vLLM\n\nWhat the command line of vLLM {known[0]} to {known[-1]} takes. `VllmArgs` has a field for each flag.\n"
    yield "A flag without a version is in every one of them. Values are those of the last version that has the flag.\n"
    groups: dict[str, list[tuple[str, ...]]] = {}
    for name, raw in sorted(facts("vllm")["flags"].items()):
        groups.setdefault(raw.get("group") or "Others", []).append(_flag(name, raw))
    for group in sorted(groups):
        yield f"\n## {_words(group)}\n"
        yield from table(("flag", "value", "default", "versions", "instead"), groups[group])


def _words(group: str) -> str:
    """`ModelConfig` as a heading."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", group.removesuffix("Config").strip() or group).capitalize()


def _flag(name: str, raw: Mapping[str, Any]) -> tuple[str, ...]:
    spec = raw["spec"][-1][2]
    spans = span_words(raw["in"])
    default = spec.get("default")
    shown = "" if default in (None, "", [], {}) or isinstance(default, dict | list) or str(default).startswith("<") else f"`{default}`"
    return f"`{name}`", _value(spec), shown, "" if spans == "every version" else spans, raw.get("retired", {}).get("use", "")


def _value(spec: Mapping[str, Any]) -> str:
    known = spec.get("choices") or spec.get("known_values") or ()
    if known:
        return ", ".join(f"`{value}`" for value in known)
    kinds = {"pair": "on or off (`--no-…`)", "switch": "on", "help": "prints help"}
    if spec["kind"] in kinds:
        return kinds[spec["kind"]]
    if spec.get("class"):
        return f"JSON of {spec['class']}"
    return {"str": "text", "int": "whole number", "float": "number"}.get(spec.get("type", "str"), str(spec.get("type")))


def _plugins() -> Iterator[str]:
    yield "# Plugins of the endpoint picker\n\nEach is a record of `constructs_dra.picker.plugins`; its parameters are the record's fields.\n"
    yield "[Routing](../routing.md#how-the-picker-decides) shows how they are put together.\n"
    for name in sorted(dir(plugins)):
        record = getattr(plugins, name)
        kind = getattr(record, "TYPE", "")
        if not kind or not inspect.isclass(record):
            continue
        about, _, fields = (inspect.getdoc(record) or "").partition("Attributes:")
        span = plugin_spans(kind)
        yield f"\n## {name}\n"
        yield f"{' '.join(about.split())}\n" if about.strip() else f"`{kind}`\n"
        if span is None:
            yield "No version known here registers it.\n"
        yield from table(("field", "what it is"), _described(fields))


def _described(text: str) -> Iterator[tuple[str, str]]:
    """The fields of a docstring's `Attributes:`."""
    for line in re.sub(r"\n\s{8,}", " ", text).split("\n"):
        name, colon, words = line.strip().partition(": ")
        if colon and name.isidentifier():
            yield f"`{name}`", words


def _router() -> Iterator[str]:
    yield "# Flags of the routing proxy and the picker\n\nWhat llm-d's router takes, by its versions.\n"
    for program, title in (("sidecar", "Routing proxy"), ("epp", "Endpoint picker")):
        yield f"\n## {title}\n"
        yield from table(("flag", "type", "default", "allowed", "versions", "deprecated", "instead"), map(_router_flag, _flags(program)))


def _flags(program: str) -> Iterable[Mapping[str, Any]]:
    return sorted(facts("router")[program]["flags"], key=lambda flag: str(flag["name"]))


def _router_flag(flag: Mapping[str, Any]) -> tuple[str, ...]:
    spans = f"from {flag['since']}" + (f", before {flag['removed_in']}" if flag.get("removed_in") else "") if flag.get("since") else ""
    texts = (flag.get("type"), flag.get("default"), _allowed(flag.get("allowed")), spans, flag.get("deprecated"), flag.get("replaced_by"))
    return f"`--{flag['name']}`", *("" if text is None else str(text) for text in texts)


def _allowed(value: Any) -> str:
    """Values that are taken: a text, a list, or one of the two by version."""
    if isinstance(value, Mapping):
        return "; ".join(f"{version}: {_allowed(each)}" for version, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else value or ""
