"""Check objects and fragments against the API of a Kubernetes version, as strictly as the API server with strict field validation.

Unknown fields are refused (with the nearest known one), so are wrong types and missing required fields. `null` counts as not written, as it does
in the API server. Custom resources whose schema comes with the package are checked against it.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from attrs import evolve

from constructs_dra.errors import Problem, Problems, did_you_mean, shown
from constructs_dra.kubernetes.api import Api, Field, api, custom_kinds, custom_schema, fragment_kinds
from constructs_dra.kubernetes.custom import CustomSchemas
from constructs_dra.kubernetes.openapi import check_openapi
from constructs_dra.kubernetes.words import TYPE_NAMES, fits, met, type_hint
from constructs_dra.lexical import names
from constructs_dra.lexical.versions import DEFAULT_VERSION, KubernetesVersion
from constructs_dra.manifest import Manifest
from constructs_dra.paths import child

__all__ = ["check_fragment", "check_object", "kind_problem", "known_kind"]

_DRA = ("v1", "v1beta1", "v1beta2")

_NEVER_ENFORCED = frozenset(
    {
        *(
            (f"resource.{version}.{kind}", "spec")
            for version in _DRA
            for kind in ("ResourceClaim", "ResourceClaimTemplate", "ResourceClaimTemplateSpec", "DeviceClass")
        ),
        *((f"resource.{version}.{kind}", "value") for version in _DRA for kind in ("DeviceCapacity", "Counter")),
        *((f"resource.{version}.ResourcePool", "generation") for version in _DRA),
        ("batch.v1.PodFailurePolicy", "rules"),
        ("core.v1.HTTPHeader", "value"),
        ("core.v1.ISCSIPersistentVolumeSource", "lun"),
        ("core.v1.ISCSIVolumeSource", "lun"),
        ("core.v1.LimitRangeSpec", "limits"),
        ("core.v1.PreferredSchedulingTerm", "preference"),
        ("core.v1.ScaleIOPersistentVolumeSource", "secretRef"),
        ("core.v1.ScaleIOVolumeSource", "secretRef"),
        ("core.v1.SleepAction", "seconds"),
        ("core.v1.Sysctl", "value"),
        ("networking.v1.NetworkPolicySpec", "podSelector"),
        ("rbac.v1.RoleRef", "apiGroup"),
        ("scheduling.v1.PriorityClass", "value"),
    }
)
"""Fields that the schema calls required and the API server does without, by definition; a missing one is a `strict-required` problem."""

_JUDGED_ELSEWHERE = frozenset(
    {
        ("core.v1.TypedLocalObjectReference", "kind"),
        ("core.v1.TypedLocalObjectReference", "name"),
        ("meta.v1.LabelSelectorRequirement", "key"),
        ("meta.v1.LabelSelectorRequirement", "operator"),
    }
)
"""Fields that the schema calls required and the API server does without in some places; the rules of each kind know in which."""

_MISPLACED = {
    "core.v1.SecurityContext": ("core.v1.PodSecurityContext", "the pod's securityContext"),
    "core.v1.PodSecurityContext": ("core.v1.SecurityContext", "each container's securityContext"),
    "core.v1.Container": ("core.v1.PodSpec", "the pod's spec"),
    "core.v1.PodSpec": ("core.v1.Container", "a container"),
    "apps.v1.DeploymentSpec": ("core.v1.PodSpec", "template.spec"),
    "core.v1.PodTemplateSpec": ("core.v1.PodSpec", "its spec"),
}
"""Where fields that people put into a definition by mistake belong: the definition that has them, and its place in words."""


_MANY = 100
"""Problems of one object from which on no hints are looked for: something else is wrong, and looking takes long."""


class _Checker:
    """One check against one version's tables."""

    def __init__(self, tables: Api) -> None:
        self.api = tables
        self.problems = Problems()

    def definition(self, value: Any, name: str, path: str) -> None:
        """A value against a definition such as `core.v1.Container`."""
        fields = self.api.fields(name)
        if fields is None or value is None:
            return
        if not isinstance(value, dict):
            self.wrong_type(value, "@", path)
            return
        for key, item in value.items():
            field = fields.get(key)
            if field is None:
                self.unknown(key, name, fields, path)
            elif item is not None:
                _, letter, inner = field
                if letter == "s" and type(item) is str:
                    continue
                if letter == "@":
                    self.definition(item, inner, f"{path}.{key}" if path else key)
                elif letter in "[{":
                    self.entries(item, letter, inner, f"{path}.{key}" if path else key)
                elif not fits(item, letter):
                    self.wrong_type(item, letter, child(path, key))
        for key, required, inner in self.api.needed(name):
            if value.get(key) is not None:
                continue
            if required and (name, key) not in _JUDGED_ELSEWHERE:
                unread = (name, key) in _NEVER_ENFORCED
                self.problems.add(child(path, key), "is missing", rule="strict-required" if unread else "required")
            elif inner:
                # a struct: left out, it is there and empty
                self.definition({}, inner, child(path, key))

    def entries(self, value: Any, letter: str, inner: Field, path: str) -> None:
        """A list or mapping, entry by entry."""
        _, inner_letter, deeper = inner
        if letter == "[":
            if not isinstance(value, list):
                self.wrong_type(value, letter, path)
                return
            held: Any = value
            pairs: Any = enumerate(value)
        else:
            if not isinstance(value, dict):
                self.wrong_type(value, letter, path)
                return
            held, pairs = value.values(), value.items()
        if inner_letter == "s" and all(type(item) is str for item in held):
            return
        for step, item in pairs:
            if inner_letter == "@":
                self.definition({} if item is None else item, deeper, child(path, step))
            elif inner_letter in "[{":
                self.entries(item, inner_letter, deeper, child(path, step))
            elif not fits(item, inner_letter):
                self.wrong_type(item, inner_letter, child(path, step))

    def wrong_type(self, value: Any, letter: str, path: str) -> None:
        """Say what was met and what was needed."""
        if letter == "q" and isinstance(value, str):
            self.problems.add(
                path, f"{value!r} is not a valid quantity", "write a number with at most one suffix, like '500m', '2' or '16Gi'", rule="quantity"
            )
            return
        self.problems.add(path, f"must be {TYPE_NAMES[letter]}, not {met(value)}", type_hint(value, letter), rule="wrong-type")

    def unknown(self, key: str, name: str, fields: Mapping[str, Field], path: str) -> None:
        """Say which field was meant, or where the field belongs."""
        if len(self.problems) > _MANY:
            self.problems.add(child(path, key), f"there is no field {key!r} here", rule="unknown-field")
            return
        bare = name.rpartition(".")[2]
        homes = [
            other
            for other, (_, letter, inner) in fields.items()
            for home in (inner if letter == "@" else inner[2] if letter == "[" and inner and inner[1] == "@" else None,)
            if home and key in (self.api.fields(home) or ())
        ]
        other, place = _MISPLACED.get(name, ("", ""))
        if other and key in (self.api.fields(other) or ()):
            hint = f"it belongs in {place}"
        elif homes:
            hint = f"it belongs inside {homes[0]!r}"
        else:
            hint = did_you_mean(key, fields)
        self.problems.add(child(path, key), f"{bare} has no field {key!r}", hint, rule="unknown-field")


def known_kind(api_version: str, kind: str, version: str | KubernetesVersion = DEFAULT_VERSION, custom: CustomSchemas = MappingProxyType({})) -> bool:
    """Whether a schema for this kind is at hand, here or in `custom`."""
    key = f"{api_version} {kind}"
    return key in api(version).kinds or key in custom_kinds() or key in custom


def kind_problem(api_version: Any, kind: Any, version: str | KubernetesVersion = DEFAULT_VERSION) -> Problem | None:
    """What is wrong with an API version and kind; None when a schema for it is at hand.

    A kind of an API group nobody here knows is a warning: it may be a custom resource of the cluster.
    """
    for name, value in (("apiVersion", api_version), ("kind", kind)):
        if not isinstance(value, str) or not value:
            fault = "is missing" if value is None or value == "" else f"must be a string, not {met(value)}"
            return Problem(name, fault, "every Kubernetes object names its apiVersion and kind", rule="kind")
    return _kind_problem(api_version, kind, str(version))


@lru_cache(maxsize=256)  # sets repeat their kinds, and looking for near names takes half a millisecond
def _kind_problem(api_version: str, kind: str, version: str) -> Problem | None:
    if known_kind(api_version, kind, version) or (api_version, kind) == ("v1", "List"):
        return None
    if fault := _kind_fault(api_version, kind):
        return fault
    kinds = [key.split(" ") for key in api(version).kinds]
    custom = [key.split(" ") for key in custom_kinds()]
    group = _group(api_version)
    elsewhere = sorted({other for other, name in [*kinds, *custom] if name == kind}, key=lambda text: ("alpha" in text or "beta" in text, text))
    in_group = [other for other in elsewhere if _group(other) == group]
    if group in {_group(other) for other, _ in kinds} or "." not in group:
        text = f"Kubernetes {version} has no {kind} in {api_version}"
        if in_group:
            return Problem("apiVersion", text, f"it is served as {' or '.join(in_group)}", rule="api-version")
        if here := [name for other, name in kinds if other == api_version]:
            return Problem("kind", text, did_you_mean(kind, here, fallback=lambda _: _other_home(elsewhere)), rule="kind")
        hint = _other_home(elsewhere) or did_you_mean(api_version, {other for other, _ in kinds}, fallback=lambda _: "")
        return Problem("apiVersion", text, hint, rule="api-version")
    hint = "nothing is wrong if the cluster has such a custom resource; its fields are not checked here"
    if in_group:
        hint = f"{' or '.join(in_group)} is; the fields are not checked against it"
    elif near := did_you_mean(kind, [name for other, name in custom if _group(other) == group], fallback=lambda _: _other_home(elsewhere)):
        hint = near
    return Problem("kind", f"no schema of {api_version} {kind} is at hand", hint, rule="kind-unknown", severity="warning")


def _kind_fault(api_version: str, kind: str) -> Problem | None:
    """What no CustomResourceDefinition can define: a kind is a DNS label in any case, a group a DNS name, a version a DNS label."""
    group, _, version = api_version.rpartition("/")
    if names.dns1035_label_problem(version) or (group and names.dns_subdomain_problem(group)) or group.startswith("/"):
        return Problem("apiVersion", f"{shown(api_version)} is not an API version", "write GROUP/VERSION, like apps/v1", rule="api-version")
    if fault := names.dns1035_label_problem(kind.lower()):
        return Problem("kind", f"{shown(kind)} {fault.replace('lower-case letters', 'letters').replace('lower-case letter', 'letter')}", rule="kind")
    return None


def _group(api_version: str) -> str:
    return api_version.rpartition("/")[0]


def _other_home(elsewhere: list[str]) -> str:
    return f"{' or '.join(elsewhere)} has this kind" if elsewhere else ""


def _misspelt(manifest: Manifest) -> dict[str, str]:
    """`apiversion` for `apiVersion` and the like: without this nothing else of the object could be checked."""
    wanted = {right.casefold(): right for right in ("apiVersion", "kind") if right not in manifest}
    return {key: wanted[key.casefold()] for key in manifest if isinstance(key, str) and key.casefold() in wanted}


def check_object(
    manifest: Manifest, *, version: str | KubernetesVersion = DEFAULT_VERSION, custom: CustomSchemas = MappingProxyType({})
) -> list[Problem]:
    """Check one object against its schema.

    Args:
        manifest: The object; the entries of a `v1` `List` are checked as objects.
        version: Kubernetes version whose API counts. Default 1.36.
        custom: Schemas of custom resources of the cluster, which go before those of this library. Default none.

    Raises:
        ValueError: The version is not known here.
    """
    tables = api(version)
    if not isinstance(manifest, dict):
        return [Problem("", f"a Kubernetes object must be a mapping, not {met(manifest)}", rule="wrong-type")]
    if misspelt := _misspelt(manifest):
        respelt = {misspelt.get(key, key): value for key, value in manifest.items()}
        wrong = [
            Problem(child("", key), f"there is no field {key!r} here", f"did you mean {right!r}?", rule="unknown-field")
            for key, right in misspelt.items()
        ]
        return [*wrong, *check_object(respelt, version=version, custom=custom)]
    api_version, kind = manifest.get("apiVersion"), manifest.get("kind")
    if (api_version, kind) == ("v1", "List"):
        return _check_list(manifest, version, custom)
    key = f"{api_version} {kind}"
    if key not in custom and (problem := kind_problem(api_version, kind, version)):
        return [problem]
    checker = _Checker(tables)
    if name := tables.kinds.get(key):
        checker.definition(manifest, name, "")
        if key == "v1 Secret":
            return [_without_content(problem) for problem in checker.problems]
    else:
        schema = custom.get(key) or custom_schema(key) or {}
        checker.definition(manifest.get("metadata"), "meta.v1.ObjectMeta", "metadata")
        implied = {"metadata", "apiVersion", "kind"} - (set(schema.get("properties", ())) - {"metadata"})
        rest = {name: value for name, value in manifest.items() if name not in implied}
        checker.problems.extend(check_openapi(rest, schema))
    return list(checker.problems)


def _without_content(problem: Problem) -> Problem:
    """A problem of a Secret without what the Secret holds."""
    field, _, _ = problem.path.partition(".")
    if not field.startswith(("data", "stringData")) or problem.rule != "wrong-type":
        return problem
    if field.startswith("stringData"):
        return evolve(problem, message="is not a string", hint="put it in quotes")
    return evolve(problem, message="is not base64", hint="write it under stringData as it is, or encode it")


def _check_list(manifest: Manifest, version: str | KubernetesVersion, custom: CustomSchemas) -> list[Problem]:
    items = manifest.get("items")
    if items is None:
        return []
    if not isinstance(items, list):
        return [Problem("items", f"must be a list, not {met(items)}", type_hint(items, "["), rule="wrong-type")]
    return [problem.under(f"items[{index}]") for index, item in enumerate(items) for problem in check_object(item, version=version, custom=custom)]


def check_fragment(value: Any, kind: str, *, path: str = "", version: str | KubernetesVersion = DEFAULT_VERSION) -> list[Problem]:
    """Check a part of an object, such as one container, volume or probe.

    Args:
        value: The fragment, in Kubernetes' own spelling.
        kind: What it is: `Container`, `Volume`, `Probe`, `Toleration`, `PodSpec`, … or a full name such as `apps.v1.DeploymentStrategy`.
        path: Place of the fragment, put before the places inside it.
        version: Kubernetes version whose API counts. Default 1.36.

    Raises:
        KeyError: No such kind.
        ValueError: The version is not known here.
    """
    tables = api(version)
    name = kind if kind in tables else _fragment_name(kind, KubernetesVersion.parse(version).release)
    checker = _Checker(tables)
    if value is None:
        checker.problems.add(path, "is empty", f"a {kind} is needed", rule="wrong-type")
    checker.definition(value, name, path)
    return list(checker.problems)


_fragment_names: dict[tuple[str, KubernetesVersion], str] = {}


def _fragment_name(kind: str, version: KubernetesVersion) -> str:
    found = _fragment_names.get((kind, version)) or api(version).named(kind)
    if found is None:
        raise KeyError(f"{kind!r} is not a fragment of the Kubernetes {version} API; {did_you_mean(kind, fragment_kinds())}")
    _fragment_names[kind, version] = found
    return found
