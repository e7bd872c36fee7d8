"""Write a record for each type of the endpoint picker's plugins, from the catalogue: `python tools/generate_plugins.py`.

The records go to `constructs_dra/picker/plugins/`, one module for each kind of plugin; run it after `generate_router.py`.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from constructs_dra.picker.data import facts
from constructs_dra.picker.versions import versions

HOME = Path(__file__).resolve().parents[1] / "constructs_dra" / "picker" / "plugins"

MODULES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "handlers": ("Profile handlers, and the deciders some of them ask.", ("profile-handler", "prefill-decider", "encode-decider")),
    "pickers": ("Pickers: they take the endpoint from what the scores say.", ("picker",)),
    "scorers": ("Scorers: they say how well each endpoint fits a request.", ("scorer",)),
    "policies": (
        "Policies of flow control, and detectors of saturation.",
        ("fairness-policy", "ordering-policy", "usage-limit-policy", "saturation-detector", "eviction-filter-policy", "eviction-ordering-policy"),
    ),
    "filters": ("Filters: they leave endpoints out.", ("filter",)),
    "parsers": ("Parsers: they read requests.", ("parser",)),
    "producers": ("Producers of data that other plugins read.", ("data-producer",)),
    "data": (
        "Where data about endpoints comes from: sources, extractors, discovery.",
        ("polling-dispatcher", "polling-data-source", "notification-source", "endpoint-source", "extractor", "endpoint-discovery"),
    ),
    "requests": ("What looks at requests and responses: admitters, screeners, reporters.", ()),
}
"""Modules, what they hold, and the interfaces whose plugins go there; the first that fits counts, the last takes the rest."""

_TYPES: Final = {"string": ("str", "str"), "duration": ("str", "str"), "int": ("int", "int"), "float": ("float", "float"), "bool": ("bool", "bool")}


def class_name(kind: str) -> str:
    """`QueueScorer` for `queue-scorer`."""
    return "".join(part.capitalize() for part in kind.split("-"))


def field_name(name: str) -> str:
    """`max_num_of_endpoints` for `maxNumOfEndpoints`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    return re.sub(r"_s$", "s", words)


def annotation(shape: Any) -> tuple[str, str, str]:
    """Type, kind for `parameter`, and words for a shape."""
    if isinstance(shape, Mapping):
        if "list" in shape:
            return "Sequence[Any]", "list", "a list"
        keys = f" with {', '.join(f'`{key}`' for key in shape['fields'])}" if "fields" in shape else ""
        return "Mapping[str, Any]", "mapping", f"a mapping{keys}"
    if shape in {"object", "list"}:
        return ("Mapping[str, Any]", "mapping", "a mapping") if shape == "object" else ("Sequence[Any]", "list", "a list")
    python, kind = _TYPES[shape]
    words = {"str": "a string", "int": "a whole number", "float": "a number", "bool": "True or False"}[python]
    return python, kind, "a duration such as `500ms`" if shape == "duration" else words


def span_words(first: int, last: int, whole: list[int]) -> str:
    """The versions of a parameter where these are not those of its plugin."""
    names = versions()
    parts = [f"from {names[first]}"] if first > whole[0] else []
    parts += [f"until {names[last]}"] if last < whole[1] else []
    return f" ({', '.join(parts)})" if parts else ""


def record(kind: str, raw: Mapping[str, Any]) -> Iterator[str]:
    """The source of one record."""
    names = versions()
    first, last = raw["span"]
    where = f"{names[first]} and later" if last == len(names) - 1 else f"{names[first]} to {names[last]}" if first != last else names[first]
    interfaces = raw["interfaces"][-1][1] if raw["interfaces"] else []
    yield "@frozen(kw_only=True, eq=False, repr=False)"
    yield f"class {class_name(kind)}(TypedPlugin):"
    about = ", ".join(sorted(interfaces)) or "see the catalogue"
    notes = ["experimental"] if raw["alpha"] else []
    notes += [f"deprecated from {names[raw['deprecated']['from']]}"] if "deprecated" in raw else []
    closing = "" if raw["parameters"] else '"""'
    summary = f'"""`{kind}`: {about}; router {where}{"; " + ", ".join(notes) if notes else ""}.{closing}'
    yield from wrapped(summary, "    ", "    ")
    if raw["parameters"]:
        yield ""
        yield "    Attributes:"
        for name, (low, high, shape) in raw["parameters"].items():
            yield from wrapped(
                f"{field_name(name)}: `{name}`, {annotation(shape)[2]}{span_words(low, high, raw['span'])}. Default: the picker's own."
            )
        yield '    """'
    yield ""
    yield f'    TYPE: ClassVar[str] = "{kind}"'
    if raw["parameters"]:
        yield ""
        for name, (_, _, shape) in raw["parameters"].items():
            python, what, _ = annotation(shape)
            yield f'    {field_name(name)}: {python} | None = parameter("{name}", "{what}")'


def wrapped(text: str, first: str = "        ", later: str = "            ") -> Iterator[str]:
    """A line of a docstring, broken at 150 columns."""
    rest = f"{first}{text}"
    while len(rest) > 148:
        cut = rest.rfind(" ", 0, 148)
        yield rest[:cut]
        rest = f"{later}{rest[cut + 1 :]}"
    yield rest


def home_of(raw: Mapping[str, Any]) -> str:
    """The module a type goes to."""
    interfaces = {each for _, step in raw["interfaces"] for each in step}
    return next((module for module, (_, wanted) in MODULES.items() if interfaces & set(wanted)), "requests")


def main() -> None:
    """Write the modules and the stub of the package."""
    HOME.mkdir(exist_ok=True)
    known = {kind: raw for kind, raw in sorted(facts("picker")["plugins"].items()) if raw["span"][0] <= raw["span"][1]}
    stub: list[str] = []
    for module, (words, _) in MODULES.items():
        kinds = {kind: raw for kind, raw in known.items() if home_of(raw) == module}
        body = "\n\n\n".join("\n".join(record(kind, raw)) for kind, raw in kinds.items())
        imports = [name for name in ("Mapping", "Sequence") if f"{name}[" in body]
        typing = "from typing import Any, ClassVar" if "Any" in body else "from typing import ClassVar"
        head = [f'"""{words} Written by `tools/generate_plugins.py`."""', ""]
        head += [f"from collections.abc import {', '.join(imports)}"] if imports else []
        what = "TypedPlugin, parameter" if "parameter(" in body else "TypedPlugin"
        head += [typing, "", "from attrs import frozen", "", f"from constructs_dra.picker.plugin import {what}", ""]
        head += [f"__all__ = [{', '.join(f'{class_name(kind)!r}' for kind in kinds)}]".replace("'", '"'), "", ""]
        (HOME / f"{module}.py").write_text("\n".join(head) + "\n" + body + "\n", encoding="utf-8")
        stub += [f"from .{module} import {class_name(kind)} as {class_name(kind)}" for kind in kinds]
    (HOME / "__init__.pyi").write_text("\n".join(sorted(stub)) + "\n", encoding="utf-8")
    (HOME / "__init__.py").write_text(
        '"""A record for each type of the endpoint picker\'s plugins; each loads on first use."""\n\n'
        "from constructs_dra.lazy import attach\n\n__getattr__, __dir__, __all__ = attach(__name__, __file__)\n",
        encoding="utf-8",
    )
    print(f"{len(known)} records in {len(MODULES)} modules")


if __name__ == "__main__":
    main()
