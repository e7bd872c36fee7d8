"""Check sets of manifests as a whole: each object by its schema and rules, then what they say about each other and need from the cluster."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen

from constructs_dra.checks.clusters import clusters
from constructs_dra.checks.collect import Item, collect
from constructs_dra.checks.credentials import credential_problems
from constructs_dra.checks.engines import check_engines
from constructs_dra.checks.needs import api_problems, gate_problems, turned_problems
from constructs_dra.checks.suppressions import unused_reasons
from constructs_dra.checks.together import disagreements
from constructs_dra.errors import Problem
from constructs_dra.kubernetes.custom import CustomSchemas, custom_schemas
from constructs_dra.kubernetes.dra import check_dra, is_dra
from constructs_dra.kubernetes.objects import check_semantics
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.lexical.versions import DEFAULT_VERSION, KubernetesVersion
from constructs_dra.suppression import suppressed
from constructs_dra.yaml.document import Document

__all__ = ["Setting", "check_manifests"]

_CONFIGURATION = frozenset({"kustomize.config.k8s.io", "kubeadm.k8s.io", "kubelet.config.k8s.io", "kubescheduler.config.k8s.io", "kind.x-k8s.io"})
"""API groups of files that have the form of objects and are none."""

_MOST = 200
"""Problems of one object that are reported; nobody reads on."""

_MOST_ERRORS = 2_000
"""Errors after which no further object is looked at."""

_MAX_TEXT = 25_000
"""Longest message or path; a caret under the longest expression fits."""


def _version(given: str | KubernetesVersion) -> KubernetesVersion:
    return KubernetesVersion.parse(given)


@frozen(kw_only=True)
class Setting:
    """The cluster that manifests are checked for.

    Attributes:
        version: Its Kubernetes version. Default 1.36.
        gates: Feature gates turned on or off in it, beyond the version's defaults.
        served: API versions turned on in it that are off by default, e.g. `resource.k8s.io/v1alpha3`.
        complete: Whether the manifests are all there is, so that a reference to anything else is an error. Default no.
        accepted: Rules that are only warned of here, each with the reason, e.g. `{"strict-count-zero": "an old operator writes it"}`.
        custom: Schemas of its custom resources (`constructs_dra.kubernetes.custom`), which go before those of this library. Default none.
        folders: Folders of which each sub-folder is a cluster of its own. Default: sub-folders side by side that hold the same objects are.
    """

    version: KubernetesVersion = field(default=DEFAULT_VERSION, converter=_version)
    gates: Mapping[str, bool] = field(factory=dict)
    served: frozenset[str] = frozenset()
    complete: bool = False
    accepted: Mapping[str, str] = field(factory=dict)
    custom: CustomSchemas = field(factory=dict)
    folders: tuple[str, ...] | None = None


def check_manifests(
    documents: Iterable[Document | dict[str, Any]], setting: Setting | None = None, *, watch: Callable[[int, int], object] | None = None
) -> list[Problem]:
    """Everything that can be known to be wrong with a set of manifests before a cluster sees it.

    Args:
        documents: Documents as `read_files` gives them, whose problems then have file and line; or plain objects.
        setting: The cluster they are for. Default Kubernetes 1.36 as it comes.
        watch: Told, now and then, how many objects were looked at, and how many there are.

    Returns:
        Errors and warnings, object by object in the order given, then those of the set.
    """
    setting = setting or Setting()
    objects = list(collect(documents))
    groups = clusters(objects, setting.folders)
    surroundings = {id(item): around for group in groups for around in (_Surroundings.of(group, setting),) for item in group}
    problems: list[Problem] = []
    reasoned: list[tuple[Item, frozenset[str]]] = []
    errors = 0
    for number, item in enumerate(objects):
        if errors > _MOST_ERRORS:
            left = f"{len(objects) - number:,} more objects are not looked at after {errors:,} errors"
            problems.append(Problem("", left, "fix these and check again", source=objects[0].document.source if objects[0].document else ""))
            kept = set(map(id, objects[:number]))
            objects, groups = objects[:number], [[item for item in group if id(item) in kept] for group in groups]
            break
        if watch is not None and not number % 100:
            watch(number, len(objects))
        found = _check_one(item, setting, surroundings[id(item)])
        errors += sum(problem.severity == "error" for problem in found)
        if item.reasons:
            reasoned.append((item, frozenset(problem.rule for problem in found)))
        if len(found) > _MOST:
            found[_MOST:] = [Problem("", f"has {len(found) - _MOST:,} more problems", "fix the first ones and check again")]
        problems += map(item.placed, found)
    problems += unused_reasons(reasoned)
    for group in groups:
        problems += disagreements(group, complete=setting.complete)
    problems += api_problems(objects, setting.version, setting.served)
    problems += turned_problems(setting.gates, setting.version)
    gated = list(gate_problems(objects, setting.version, dict(setting.gates)))
    # a field that a newer gate brings is unknown to the schema, and a value not allowed; the gate says more
    explained = {(problem.source, problem.path) for problem in gated}
    problems = [problem for problem in problems if problem.rule not in {"unknown-field", "value"} or (problem.source, problem.path) not in explained]
    problems = list(dict.fromkeys([*problems, *gated]))
    return [_legible(suppressed(problem, setting.accepted[problem.rule]) if problem.rule in setting.accepted else problem) for problem in problems]


def _legible(problem: Problem) -> Problem:
    """A problem whose strings somebody can read: values of megabytes are cut."""
    if len(problem.message) <= _MAX_TEXT and len(problem.path) <= _MAX_TEXT:
        return problem
    return evolve(problem, message=_cut(problem.message), path=_cut(problem.path))


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT - 200]} … {text[-100:]}"


@frozen(kw_only=True)
class _Surroundings:
    """What the other objects of a cluster say about each object in it.

    Attributes:
        namespaces: Its namespaces by name.
        custom: Schemas of its custom resources.
        classes: Names of its device classes.
    """

    namespaces: Mapping[str, Item]
    custom: CustomSchemas
    classes: frozenset[str]

    @classmethod
    def of(cls, objects: Sequence[Item], setting: Setting) -> "_Surroundings":
        return cls(
            namespaces={item.name: item for item in objects if item.kind == "Namespace" and not item.group},
            custom={**setting.custom, **custom_schemas(item.value for item in objects if item.kind == "CustomResourceDefinition")},
            classes=frozenset(item.name for item in objects if item.kind == "DeviceClass"),
        )


def _check_one(item: Item, setting: Setting, around: _Surroundings) -> list[Problem]:
    """One object by itself."""
    if not item.value:
        return [Problem("", "is not a Kubernetes object", "an object is a mapping with apiVersion, kind and metadata", rule="wrong-type")]
    if item.group in _CONFIGURATION:
        shown = f"{item.kind or 'this'} is the configuration of a tool, not an object of a cluster; it is not checked"
        return [Problem("", shown, rule="not-an-object", severity="warning")]
    found = check_object(item.value, version=setting.version, custom=around.custom)
    if is_dra(item.value):
        namespace = around.namespaces.get(item.namespace or "default")
        labels = {str(key): str(value) for key, value in namespace.labels.items()} if namespace is not None else {} if setting.complete else None
        found += check_dra(item.value, version=setting.version, namespace_labels=labels, expressions=False)
        from constructs_dra.checks.expressions import check_expressions  # noqa: PLC0415  (80 ms, for CEL and the catalogue, only where claims are)

        found += check_expressions(item, setting.version, around.classes)
    else:
        found += check_semantics(item.value, version=setting.version, gates=setting.gates)
        found += check_engines(item.value)
    found += credential_problems(item.value)
    return found
