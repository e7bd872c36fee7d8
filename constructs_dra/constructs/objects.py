"""What every construct here shares: its place in the app, its name, and how a manifest becomes a cdk8s `ApiObject`."""

from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar, cast
from weakref import WeakKeyDictionary

from attrs import define, evolve, fields

from constructs_dra.constructs.agreement import Maker
from constructs_dra.constructs.node import cdk8s, constructs
from constructs_dra.errors import Problem, Problems, SpecError, did_you_mean, shown
from constructs_dra.kubernetes.kinds import is_cluster_scoped
from constructs_dra.lexical.names import dns_label_problem, dns_subdomain_problem, to_dns_label
from constructs_dra.manifest import Manifest, identity
from constructs_dra.noted import users_place

__all__ = ["ManifestConstruct", "Objects", "makers"]

_METADATA = ("name", "namespace", "labels", "annotations")
"""Fields of the metadata that cdk8s takes as they are; the others are added afterwards."""

_NAME_LIMIT = 50
"""Most characters of a name that is made: objects of a service append theirs."""

_R = TypeVar("_R")


@define(eq=False)
class _Place:
    """Where constructs are put: asked from Node once for each scope, because every answer costs 0.3 ms."""

    path: str
    namespace: str
    made: dict[tuple[str, str, str, str], Maker]


_PLACES: WeakKeyDictionary[constructs.IConstruct, _Place] = WeakKeyDictionary()
_MADE: dict[str, dict[tuple[str, str, str, str], Maker]] = {}
"""Per app (by its name in Node: Python may hold several handles to one): which object each construct made."""


def _place(scope: constructs.Construct) -> _Place:
    known = _PLACES.get(scope)
    if known is None:
        node = scope.node
        app = node.root.__jsii_ref__.ref  # type: ignore[attr-defined]
        known = _PLACES[scope] = _Place(node.path, cdk8s.Chart.of(scope).namespace or "", _MADE.setdefault(app, {}))
    return known


def makers(app: cdk8s.App) -> Mapping[tuple[str, str, str, str], Maker]:
    """The constructs of an app by the objects they made."""
    return _MADE.get(app.__jsii_ref__.ref, {})  # type: ignore[attr-defined]


class Objects(dict[str, cdk8s.ApiObject]):
    """The objects of a construct by kind and name; asking for one that it did not make says which there are."""

    def __init__(self, title: str) -> None:
        """Hold none yet.

        Args:
            title: The construct, for messages.
        """
        super().__init__()
        self._title = title

    def __missing__(self, key: object) -> NoReturn:
        hint = did_you_mean(key, self, fallback=lambda known: f"there are {', '.join(map(shown, known))}")
        raise SpecError([Problem(f"objects[{shown(key)}]", "there is no such object", hint, source=self._title)])


class ManifestConstruct(constructs.Construct):
    """A construct made of Kubernetes objects: one `ApiObject` each, under names that are valid by construction."""

    def __init__(self, scope: constructs.Construct, id: str) -> None:  # noqa: A002  (cdk8s' word)
        """Put the construct below `scope`.

        Raises:
            SpecError: The scope is not in a chart, or has a child of that name.
        """
        title = f"{type(self).__name__} {shown(id)}"
        if not isinstance(scope, constructs.Construct):
            raise SpecError([Problem("scope", f"must be a construct, got {shown(scope)}", "give a Chart, or a construct in one", source=title)])
        try:
            self._place = _place(scope)
            super().__init__(scope, id)
        except (RuntimeError, TypeError) as error:  # whatever cdk8s says, it says about these two arguments
            raise SpecError([Problem("", str(error), "put it in a Chart of an App, under an id of its own", source=title)]) from error
        self._path = f"{self._place.path}/{id}"

    @property
    def namespace(self) -> str:
        """The namespace of the chart; empty when it has none."""
        return self._place.namespace

    def _name(self, given: str | None, *, limit: int, problems: Problems) -> str:
        """The name given, else one made of the construct's path below the app, the chart first."""
        derived = to_dns_label(self._path.replace("/", "-"), limit=limit)
        if given is None:
            return derived
        if fault := dns_subdomain_problem(given) if isinstance(given, str) else "must be a string":
            problems.add("name", f"{shown(given)} {fault}", f"e.g. {to_dns_label(given, limit=limit)!r}" if isinstance(given, str) else "")
            return derived
        return given

    def _checked_namespace(self, given: str | None, problems: Problems) -> str:
        """The namespace given, else the chart's; empty when there is none."""
        namespace = self.namespace if given is None else given
        if fault := (namespace and dns_label_problem(namespace)) if isinstance(namespace, str) else "must be a string":
            problems.add("namespace", f"{shown(namespace)} {fault}", f"e.g. {to_dns_label(namespace)!r}" if isinstance(namespace, str) else "")
            return ""
        return namespace

    def _described(self, kind: type[_R], spec: _R | None, given: dict[str, Any], *, needed: str, hint: str) -> _R:
        """The record that a construct was given, or one of the fields given, with the name and namespace of its place in the app.

        Args:
            kind: The record's class.
            spec: The record; None where its fields are given.
            given: Fields, all of them or those in which the record differs here.
            needed: The field without which there is no record.
            hint: What to write for it.

        Raises:
            SpecError: With everything that is wrong.
        """
        problems = Problems()
        record: Any = kind
        made: Any = None
        known = [field.name for field in fields(record)]
        for word in [word for word in given if word not in known]:
            del given[word]
            problems.add(word, "there is no such field", did_you_mean(word, known))
        if spec is not None and not isinstance(spec, kind):
            problems.add("spec", f"must be a {kind.__name__}, not {shown(spec)}", "or give its fields by name")
        elif spec is None and needed not in given:
            problems.add(needed, "must be given", f"{hint}, or give a {kind.__name__}")
        else:
            if spec is None or given.get("name") is not None:
                given["name"] = self._name(given.get("name"), limit=_NAME_LIMIT, problems=problems)
            if not given.get("namespace") and getattr(spec, "namespace", None) is None:
                given["namespace"] = self.namespace or None
            with problems.gather():
                made = evolve(cast("Any", spec), **given) if spec is not None else record(**given)
        self._raise(problems)
        return cast("_R", made)

    @property
    def _title(self) -> str:
        """What to call this construct in an error: its class and its id."""
        return f"{type(self).__name__} {self._path.rpartition('/')[2]!r}"

    def _reported(self, problem: Problem) -> Problem:
        """A problem with the construct it is about."""
        return evolve(problem, source=problem.source or self._title)

    def _raise(self, problems: Problems) -> None:
        """Raise one `SpecError` with every error collected so far, if there is one."""
        if problems.errors:
            raise SpecError(map(self._reported, problems.errors))

    def _refuse_twins(self, manifests: list[Manifest], *, running: bool = False) -> None:
        """Note what this construct makes in the app.

        Args:
            manifests: Its objects.
            running: Whether a release of Helm runs them already.

        Raises:
            SpecError: Another construct makes one of the objects already; the later one would overwrite the earlier in the cluster.
        """
        made = self._place.made
        twins = [
            Problem(
                "",
                f"makes {manifest['kind']} {manifest['metadata']['name']!r}, which {made[key].path} makes too",
                "give one of them another id or name, or another namespace",
                source=f"{type(self).__name__} {self._path!r}",
            )
            for manifest in manifests
            if (key := identity(manifest, namespace=self.namespace)) in made
        ]
        if twins:
            raise SpecError(twins)
        maker = Maker(type(self).__name__, self._path, users_place(), running)
        made |= {identity(manifest, namespace=self.namespace): maker for manifest in manifests}

    def _emit(self, manifest: Manifest, id: str = "Default") -> cdk8s.ApiObject:  # noqa: A002
        """Make the `ApiObject` of a manifest: its metadata the cdk8s way, so that charts can add to it, the rest as patches, which come first."""
        metadata = manifest["metadata"]
        made = cdk8s.ApiObject(
            self,
            id,
            api_version=manifest["apiVersion"],
            kind=manifest["kind"],
            metadata={name: metadata[name] for name in _METADATA if name in metadata},
        )
        for name in metadata.keys() - set(_METADATA):
            made.metadata.add(name, metadata[name])
        patches = [cdk8s.JsonPatch.add(f"/{key}", value) for key, value in manifest.items() if key not in ("apiVersion", "kind", "metadata")]
        if self.namespace and is_cluster_scoped(manifest["apiVersion"], manifest["kind"]):
            patches.append(cdk8s.JsonPatch.remove("/metadata/namespace"))  # Chart(namespace=…) gives it one
        if patches:
            made.add_json_patch(*patches)
        return made
