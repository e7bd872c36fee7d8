"""Write the catalogue of engines: `python tools/generate_engines.py ../shared/facts`.

Reads `engine/*.json` and the routers' `sidecar-flags.yaml` and `epp-flags.yaml`, and writes one gzipped JSON file for each subject into
`constructs_dra/engines/data`. Ranges of versions become pairs of indices into the list of versions, so that a new version is a new column.
"""

import argparse
import gzip
import json
import re
from pathlib import Path
from typing import Any

import yaml

from constructs_dra.engines.vllm_args import NO_FIELDS

DATA = Path(__file__).resolve().parent.parent / "constructs_dra" / "engines" / "data"

PARSER: dict[str, list[tuple[str, str, Any]]] = {
    # What vLLM's parser does to a command line before argparse sees it; read from the answers of behaviour.json.
    "dotted": [("0.9.0", "0.9.0.1", "dashes"), ("0.9.1", "0.9.1", "text"), ("0.9.2", "0.33.0", "json")],
    "short-o": [
        ("0.9.2", "0.11.0", "-O.level"),
        ("0.11.1", "0.11.2", "-O.mode"),
        ("0.12.0", "0.12.0", "--optimization-level"),
        ("0.13.0", "0.33.0", "--optimization-level always"),
    ],
    "short-o-key": [("0.12.0", "0.12.0", "--compilation-config")],
    "none-is-a-choice": [("0.8.4", "0.8.5.post1", True)],  # later "None" is listed as text, which the value never equals
    "model-flag": [("0.8.4", "0.11.0", "refused"), ("0.11.1", "0.33.0", "moved")],
    "model-first": [("0.17.0", "0.33.0", True)],
    "positional": [("0.10.0", "0.33.0", True)],  # of the API server's module; `vllm serve` always has one
    "config-list": [("0.10.2", "0.33.0", True)],
    "config-mapping": [("0.16.0", "0.33.0", True)],
    "config-first": [("0.10.2", "0.33.0", True)],  # the module's own flags do not start with a subcommand
    "level-as-config": [("0.8.4", "0.9.1", True)],  # --compilation-config 3
    "unknown-keys": [
        ("0.8.4", "0.8.5.post1", "ignored"),
        ("0.9.0", "0.9.0.1", "refused"),
        ("0.9.1", "0.15.1", "ignored"),
        ("0.16.0", "0.33.0", "refused"),
    ],
    "unknown-keys CompilationConfig": [
        ("0.8.4", "0.8.5.post1", "ignored"),
        ("0.9.0", "0.9.0.1", "refused"),
        ("0.9.1", "0.12.0", "ignored"),
        ("0.13.0", "0.33.0", "refused"),
    ],
}
"""Traits of the parser: `[first, last, what it does]`."""

UNCHECKED = {"SpeculativeConfig"}
"""Classes whose keys the parser does not look at: the value is read as JSON and checked when the engine starts."""

TYPES = {
    "--limit-mm-per-prompt": [("0.8.4", "0.8.4", "pairs"), ("0.8.5", "0.9.2", "pairs_or_json")],
    "--device-ids": [("0.24.0", "0.33.0", "list")],
}
"""Types that flags.json names less exactly than behaviour.json shows them: `KEY=VALUE` beside or instead of JSON, a list behind a lambda."""


def write(folder: Path, name: str, content: Any) -> None:
    """One file, the same bytes each time."""
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    (folder / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


class Columns:
    """The versions as columns."""

    def __init__(self, versions: list[str]) -> None:
        self.versions = versions
        self.number = {version: index for index, version in enumerate(versions)}

    def span(self, first: str, last: str) -> list[int]:
        """A range as a pair of indices."""
        return [self.number[first], self.number[last]]

    def spans(self, ranges: list[list[str]]) -> list[list[int]]:
        """Ranges without a value."""
        return [self.span(first, last) for first, last in ranges]

    def valued(self, ranges: list[Any]) -> list[list[Any]]:
        """Ranges with values."""
        return [[*self.span(first, last), *rest] for first, last, *rest in ranges]

    def words(self, text: str) -> list[int]:
        """Two versions with an en dash between them, or one."""
        first, _, last = text.partition("\u2013")
        return self.span(first, last or first)


def flags(engine: Path, columns: Columns) -> dict[str, Any]:
    """Flags, sub-keys, forks and the traits of the parser."""
    facts = json.loads((engine / "flags.json").read_text(encoding="utf-8"))
    made: dict[str, Any] = {}
    for name, flag in facts["flags"].items():
        specs = [[first, last, dict(spec)] for first, last, spec in flag["spec"]]
        config = next((spec["class"] for _, _, spec in specs if "class" in spec), None)
        for first, last in flag.get("api_server_only", ()):
            # such a range is not among those of the flag
            flag["in"].append([first, last])
            flag["names"].append([first, last, flag["names"][0][2]])
            specs.append([first, last, dict(specs[0][2])])
        for _, _, spec in specs:
            if config and "<lambda>" in spec.get("parser", "") and "class" not in spec:
                # 0.9.0 wrapped the class in a lambda, whose name is all that its parser shows
                spec.update({"type": "json", "class": config})
            if spec.get("class") in UNCHECKED:
                spec["unchecked"] = True
        made[name] = {
            "dest": flag["dest"],
            "in": columns.spans(flag["in"]),
            "names": [[*columns.span(first, last), names["names"], names.get("hidden", [])] for first, last, names in flag["names"]],
            "spec": _retyped(name, specs, columns),
            **({"group": flag["group"]} if "group" in flag else {}),
            **({"retired": {key: flag["retired"][key] for key in ("use", "note") if key in flag["retired"]}} if "retired" in flag else {}),
            **({"serve_only": columns.spans(flag["serve_only"])} if "serve_only" in flag else {}),
            **({"api_server_only": columns.spans(flag["api_server_only"])} if "api_server_only" in flag else {}),
        }
    return {
        "versions": columns.versions,
        "flags": made,
        "subkeys": {name: {key: columns.valued(ranges) for key, ranges in fields.items()} for name, fields in facts["subkeys"].items()},
        "variants": {
            name: {key: value for key, value in fork.items() if key in {"what", "base", "added", "missing"}}
            for name, fork in facts["variants"].items()
        },
        "parser": {trait: columns.valued(ranges) for trait, ranges in PARSER.items()},
    }


def _retyped(name: str, specs: list[Any], columns: Columns) -> list[Any]:
    """Specs as columns, cut where `TYPES` knows better."""
    made = [[*columns.span(first, last), spec] for first, last, spec in specs]
    for first, last, kind in TYPES.get(name, ()):
        low, high = columns.span(first, last)
        cut = []
        for start, end, spec in made:
            if start <= high and low <= end:
                cut += [[start, low - 1, spec]] if start < low else []
                cut.append([max(start, low), min(end, high), {**spec, "type": kind}])
                cut += [[high + 1, end, spec]] if end > high else []
            else:
                cut.append([start, end, spec])
        made = cut
    return made


def names(engine: Path, columns: Columns) -> dict[str, Any]:
    """Connectors, parsers, quantisations and what devices they need."""
    facts = json.loads((engine / "names.json").read_text(encoding="utf-8"))
    capabilities = json.loads((engine / "quantcap.json").read_text(encoding="utf-8"))
    kinds = ("kv_connectors", "tool_parsers", "reasoning_parsers", "quantization", "load_formats", "attention_backends", "architectures")
    return {
        **{kind: {name: columns.spans(ranges) for name, ranges in facts[kind].items()} for kind in kinds},
        "platform_quantization": {name: columns.valued(ranges) for name, ranges in facts["platform_quantization"].items()},
        "capability": {
            name: [[*columns.words(span), int(least), re.findall(r"torch\.(\w+)", dtypes or "")] for span, least, dtypes in ranges if least]
            for name, ranges in capabilities.items()
            if name
        },
    }


def environment(engine: Path, columns: Columns) -> dict[str, Any]:
    """Variables that start with `VLLM_`; the others belong to libraries."""
    facts = json.loads((engine / "envs.json").read_text(encoding="utf-8"))
    return {
        "kinds": facts["kinds"],
        "env": {
            name: {"in": columns.spans(one["in"]), "spec": columns.valued(one["spec"])}
            for name, one in facts["env"].items()
            if name.startswith("VLLM_")
        },
    }


def images(engine: Path) -> list[dict[str, Any]]:
    """Images by repository and tag; without those that are not images."""
    facts = json.loads((engine / "images.json").read_text(encoding="utf-8"))
    kept = ("image", "tag", "vllm", "flags_as", "confidence")
    return [{key: one[key] for key in kept if one.get(key)} for one in facts["images"] if "/" in one["image"]]


def models(engine: Path) -> dict[str, Any]:
    """Models without the strings that say where their figures come from."""
    facts = json.loads((engine / "models.json").read_text(encoding="utf-8"))
    dropped = {"source", "fields_equal_in_llmfit", "compress_ratios"}
    made = {}
    for name, model in facts["models"].items():
        kept = {key: value for key, value in model.items() if key not in dropped}
        if "params" in kept:
            kept["params"] = {key: value for key, value in kept["params"].items() if key in {"text", "total", "by_part", "active"}}
        published = model["published"] if isinstance(model["published"], dict) else {}
        kept["published"] = published.get("total")
        if "vision tower" in published.get("verdict", "") and "vision" not in kept["params"]["by_part"]:
            # the text part was counted; the rest of the checkpoint is what the verdict names
            parts = {**kept["params"]["by_part"], "vision": published["total"] - kept["params"]["total"]}
            kept["params"] = {**kept["params"], "total": published["total"], "by_part": parts}
        made[name] = kept
    return {"models": made, "partial": facts["llmfit_only"]}


def rules(engine: Path, columns: Columns) -> list[dict[str, Any]]:
    """What vLLM enforces at start."""
    facts = json.loads((engine / "rules.json").read_text(encoding="utf-8"))
    return [
        {"id": one["id"], "in": columns.words(one["versions"]), "rule": one["rule"], "exc": one.get("exc", ""), "message": one.get("message", "")}
        for one in facts
    ]


def router(folder: Path) -> dict[str, Any]:
    """Flags of the sidecar and of the picker."""
    return {
        name: yaml.load((folder / f"{file}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
        for name, file in (("sidecar", "sidecar-flags"), ("epp", "epp-flags"))
    }


FIELDS = DATA.parent / "vllm_fields.pyi"

HEAD = '''"""The fields of `VllmArgs`: every flag of `vllm serve` with its type. Written by tools/generate_engines.py."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

__all__ = ["VllmFields"]

class VllmFields(TypedDict, total=False):
    """Every flag of `vllm serve`, by the engine's name of its value. The image's version decides which of them it takes."""
'''

TYPED = {
    "int": "int",
    "float": "float",
    "int_suffix": "int | str",
    "int_suffix_or_auto": "int | str",
    "json": "Mapping[str, Any] | Sequence[Any]",
    "json_or_str": "Mapping[str, Any] | str",
    "pairs": "Mapping[str, int]",
    "pairs_or_json": "Mapping[str, int]",
    "list": "Sequence[int | str]",
    "bool_of_text": "str",
    "name=path or json": "Sequence[str]",
}


def fields(engine: Path, columns: Columns) -> str:
    """A stub with one field for each value, its type and a sentence."""
    facts = json.loads((engine / "flags.json").read_text(encoding="utf-8"))["flags"]
    by_dest: dict[str, list[tuple[str, Any]]] = {}
    for name, flag in facts.items():
        if flag["dest"] not in NO_FIELDS:
            by_dest.setdefault(flag["dest"], []).append((name, flag))
    lines = [HEAD]
    for dest, flags_of in sorted(by_dest.items()):
        name, flag = max(flags_of, key=lambda each: columns.number[each[1]["in"][-1][1]])
        spec = _retyped(name, [[first, last, dict(spec)] for first, last, spec in flag["spec"]], columns)[-1][2]
        lines.append(_annotated(dest, _python_type(spec, [each for _, _, each in flag["spec"]])))
        lines.append(f'    """{_sentence(name, flag, spec, columns)}"""\n')
    return "\n".join(lines)


def _annotated(name: str, kind: str) -> str:
    """One field, over several lines where one is too short, as ruff formats it."""
    line = f"    {name}: {kind}"
    if len(line) <= 150:
        return line
    outer, _, inner = kind.partition("[")
    inner = inner.removesuffix("]")
    if outer == "Literal":
        return "\n".join((f"    {name}: Literal[", *(f"        {choice}," for choice in inner.split(", ")), "    ]"))
    return f"    {name}: {outer}[\n        {inner}\n    ]"


def _python_type(spec: Any, specs: list[Any]) -> str:
    """The type of a value as it is written in Python."""
    if spec["kind"] in {"pair", "switch"}:
        return "bool"
    choices = spec.get("choices")
    if choices:
        known = sorted({str(choice) for each in specs for choice in each.get("choices") or ()} - {"None"})
        numbers = all(isinstance(choice, int) for choice in choices)
        inner = f"Literal[{', '.join(sorted(known, key=int) if numbers else [json.dumps(choice) for choice in known])}]"
    else:
        inner = TYPED.get(spec.get("type", "str"), "str")
    several = spec.get("nargs") == "+" or spec["kind"] == "append"
    return f"Sequence[{inner}]" if several and not inner.startswith("Sequence") else inner


def _sentence(name: str, flag: Any, spec: Any, columns: Columns) -> str:
    """Which flag it is, in which versions, and what is taken where it is absent."""
    first, last = flag["in"][0][0], flag["in"][-1][1]
    newest = columns.versions[-1]
    when = "every version" if (first, last) == (columns.versions[0], newest) else f"{first} and later" if last == newest else f"{first} to {last}"
    default = spec.get("default")
    words = [f"`{name}`, in {when}."]
    if isinstance(default, bool | int | float | str) and default not in {"", "<object>"}:
        words.append(f"Default `{str(default).lower() if isinstance(default, bool) else default}`.")
    use = flag.get("retired", {}).get("use", "")
    if use and not use.startswith("none"):
        words.append(f"Instead: {use}.")
    text = " ".join(words).replace("\\", "").replace('"', "'")
    return text if len(text) <= 138 else f"{text[:135]}…"


def main() -> None:
    """Write every file and print its size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("facts", type=Path, help="the folder of facts")
    parser.add_argument("--into", type=Path, default=DATA, help="where the files go")
    options = parser.parse_args()
    engine = options.facts / "engine"
    columns = Columns(json.loads((engine / "flags.json").read_text(encoding="utf-8"))["versions"])
    into = options.into
    write(into, "vllm", flags(engine, columns))
    write(into, "names", names(engine, columns))
    write(into, "environment", environment(engine, columns))
    write(into, "images", images(engine))
    write(into, "models", models(engine))
    write(into, "rules", rules(engine, columns))
    write(into, "router", router(options.facts / "router"))
    (FIELDS if into == DATA else into / FIELDS.name).write_text(fields(engine, columns), encoding="utf-8")
    for file in sorted(into.glob("*.json.gz")):
        print(f"{file.name}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
