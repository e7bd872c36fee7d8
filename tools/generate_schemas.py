"""Write the vendored schemas: `python tools/generate_schemas.py --crds DIR` (needs the development dependency kubernetes-validate).

Into `constructs_dra/kubernetes/data` go the API of Kubernetes in a table of fields, whole for the oldest version and as differences for the newer
ones, the OpenAPI schemas of custom resources, and the names of time zones. Descriptions are dropped. `data/ORIGIN.md` says where both come from.
"""

import argparse
import gzip
import json
import zoneinfo
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from constructs_dra.kubernetes.custom import custom_schemas

VERSIONS = ("1.34", "1.35", "1.36", "1.37")
DATA = Path(__file__).resolve().parent.parent / "constructs_dra" / "kubernetes" / "data"

PREFIXES = {
    "io.k8s.api.": "",
    "io.k8s.apimachinery.pkg.apis.": "",
    "io.k8s.apiextensions-apiserver.pkg.apis.": "",
    "io.k8s.kube-aggregator.pkg.apis.": "",
}
SCALARS = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "q",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "x",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "t",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "t",
    "io.k8s.apimachinery.pkg.runtime.RawExtension": "o",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "o",
}
TYPES = {
    ("string", ""): "s",
    ("string", "byte"): "y",
    ("string", "date-time"): "t",
    ("boolean", ""): "b",
    ("integer", "int32"): "i",
    ("integer", "int64"): "l",
    ("integer", ""): "l",
    ("number", "double"): "n",
    ("number", ""): "n",
}
NEWER_FIELDS = {
    "groupIdentity": {"type": "string", "enum": ["Ordinal", "Hash"], "default": "Ordinal"},
    "groupReplacementPolicy": {"type": "string", "enum": ["PostTermination", "Immediate"], "default": "PostTermination"},
    "scheduling": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
}
"""Fields of a LeaderWorkerSet's spec that are newer than the file of its definition (kubernetes-sigs/lws#987, #1050)."""

NEWER_RULES = [
    {
        "rule": "!has(self.groupIdentity) || self.groupIdentity != 'Hash' || !has(self.leaderWorkerTemplate.volumeClaimTemplates) || "
        "self.leaderWorkerTemplate.volumeClaimTemplates.size() == 0",
        "message": "groupIdentity Hash allows no volumeClaimTemplates",
        "fieldPath": ".groupIdentity",
    },
    {
        "rule": "!has(self.groupIdentity) || self.groupIdentity != 'Hash' || !has(self.rolloutStrategy) || "
        "!has(self.rolloutStrategy.rollingUpdateConfiguration) || !has(self.rolloutStrategy.rollingUpdateConfiguration.partition) || "
        "self.rolloutStrategy.rollingUpdateConfiguration.partition == 0",
        "message": "groupIdentity Hash allows no partition",
        "fieldPath": ".groupIdentity",
    },
    {
        "rule": "!has(self.groupReplacementPolicy) || self.groupReplacementPolicy != 'Immediate' || "
        "(has(self.groupIdentity) && self.groupIdentity == 'Hash')",
        "message": "groupReplacementPolicy Immediate needs groupIdentity Hash",
        "fieldPath": ".groupReplacementPolicy",
    },
]
"""What their project refuses of them."""


def short(name: str) -> str:
    """`io.k8s.api.core.v1.Pod` as `core.v1.Pod`."""
    for prefix, replacement in PREFIXES.items():
        if name.startswith(prefix):
            return replacement + name.removeprefix(prefix)
    return name


def field_type(schema: dict[str, Any]) -> str:
    """A field's type in one word: a letter, `[` or `{` before what a list or mapping holds, or `@` and a definition."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        return SCALARS.get(name, f"@{short(name)}")
    given = schema.get("type", "any")
    kind = next((part for part in given if part != "null"), "any") if isinstance(given, list) else given
    if kind == "array":
        return "[" + field_type(schema["items"])
    if kind == "object":
        inner = schema.get("additionalProperties")
        return "{" + field_type(inner) if isinstance(inner, dict) else "o"
    return "*" if kind == "any" else TYPES[kind, schema.get("format", "")]


def definition(schema: dict[str, Any]) -> dict[str, str] | str:
    """A definition as its fields, `!` before the type of required ones; or, where it has none, as a type."""
    if "properties" not in schema:
        return field_type(schema) if "type" in schema and "oneOf" not in schema else "*"
    required = set(schema.get("required", ()))
    return {name: ("!" if name in required else "") + field_type(inner) for name, inner in sorted(schema["properties"].items())}


def api_of(version: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Definitions and kinds (`apps/v1 Deployment`) of one version."""
    source = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{version}.0-local-strict" / "_definitions.json"
    schemas = json.loads(source.read_text())["$defs"]
    kinds = {
        f"{kind['group']}/{kind['version']} {kind['kind']}".removeprefix("/"): short(name)
        for name, schema in schemas.items()
        for kind in schema.get("x-kubernetes-group-version-kind", ())
        if len(schema["x-kubernetes-group-version-kind"]) == 1  # DeleteOptions and the like belong to every group
    }
    return {short(name): definition(schema) for name, schema in schemas.items() if name not in SCALARS}, kinds


def difference(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """What turns `old` into `new`: changed entries, and null for those that are gone."""
    changed = {key: value for key, value in new.items() if old.get(key) != value}
    return changed | {key: None for key in old if key not in new}


def extended(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with the fields that its project has added since, wherever a LeaderWorkerSet's spec stands in it."""
    result = {key: extended(value) if isinstance(value, dict) and key != "default" else value for key, value in schema.items()}
    properties = result.get("properties")
    if isinstance(properties, dict) and {"leaderWorkerTemplate", "rolloutStrategy"} <= set(properties):
        result["properties"] = NEWER_FIELDS | properties
        result["x-kubernetes-validations"] = [*result.get("x-kubernetes-validations", ()), *NEWER_RULES]
    return result


def write(name: str, value: Any) -> None:
    """Write compressed JSON, the same bytes for the same value."""
    DATA.mkdir(exist_ok=True)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    (DATA / name).write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def main() -> None:
    """Write all files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crds", type=Path, required=True, help="folder of CustomResourceDefinition files")
    folder = parser.parse_args().crds
    definitions: dict[str, Any] = {}
    kinds: dict[str, Any] = {}
    api: dict[str, Any] = {}
    for version in VERSIONS:
        new_definitions, new_kinds = api_of(version)
        api[version] = {"definitions": difference(definitions, new_definitions), "kinds": difference(kinds, new_kinds)}
        definitions, kinds = new_definitions, new_kinds
    write("kubernetes.json.gz", api)
    index: dict[str, str] = {}
    for file in sorted(folder.glob("*.yaml")):
        definition = yaml.safe_load(file.read_text())
        home = f"crd-{definition['spec']['names']['kind'].lower()}.json.gz"
        schemas = {key: extended(schema) for key, schema in custom_schemas([definition]).items()}
        index |= dict.fromkeys(schemas, home)
        write(home, schemas)
    (DATA / "crds.json").write_text(json.dumps(index, indent=1, sort_keys=True) + "\n")
    zoneinfo.reset_tzpath(to=[])  # those of the package tzdata, the same on every machine
    zones = sorted(zoneinfo.available_timezones() - {"Factory", "localtime"})
    (DATA / "time-zones.txt").write_text("\n".join(zones) + "\n")


if __name__ == "__main__":
    main()
