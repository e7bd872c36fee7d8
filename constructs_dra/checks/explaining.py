"""What a field of any known kind is: its type, what it means, its values, since when it is there, and what it has inside.

Nothing of it is written down twice. Types come from the schemas that manifests are checked with; values and gates from the checks themselves, which
are asked about an object that has only this field.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import evolve, field, frozen

from constructs_dra.checks.collect import Item
from constructs_dra.checks.needs import needs
from constructs_dra.errors import Problem, SpecError, did_you_mean, shown
from constructs_dra.kubernetes.api import Field, api, custom_kinds, custom_schema
from constructs_dra.kubernetes.dra import check_dra, is_dra
from constructs_dra.kubernetes.gates import GATES
from constructs_dra.kubernetes.meanings import meaning
from constructs_dra.kubernetes.objects import check_semantics
from constructs_dra.kubernetes.words import TYPE_NAMES
from constructs_dra.lexical.versions import DEFAULT_VERSION, NEWEST_VERSION, OLDEST_VERSION, KubernetesVersion

__all__ = ["ExplainedField", "explain_field", "known_kinds"]

_SHORT: Final = {
    "cj": "CronJob",
    "cm": "ConfigMap",
    "crd": "CustomResourceDefinition",
    "deploy": "Deployment",
    "ds": "DaemonSet",
    "hpa": "HorizontalPodAutoscaler",
    "ing": "Ingress",
    "lws": "LeaderWorkerSet",
    "netpol": "NetworkPolicy",
    "no": "Node",
    "ns": "Namespace",
    "pdb": "PodDisruptionBudget",
    "po": "Pod",
    "pv": "PersistentVolume",
    "pvc": "PersistentVolumeClaim",
    "quota": "ResourceQuota",
    "rs": "ReplicaSet",
    "sa": "ServiceAccount",
    "sts": "StatefulSet",
    "svc": "Service",
}
"""Names by which kubectl knows kinds too."""

_STEP: Final = re.compile(r"\[[^\]]*\]")
_WORDS: Final = re.compile(r"is not one of (.+)$")
_PROBE: Final = "?"
_TYPES: Final = {"string": "s", "boolean": "b", "integer": "l", "number": "n", "array": "[", "object": "{"}


@frozen(kw_only=True)
class ExplainedField:
    """What is known about one field.

    Attributes:
        kind: The object's kind.
        api_version: Its API version.
        path: Place in the object, without the kind; empty for the object itself.
        type: What it takes, in words.
        required: Whether it must be there.
        meaning: What it is for; empty where nobody has written it down.
        values: The values it takes, where they are a few.
        limits: Further limits, in words: of custom resources, what their schema says.
        default: What counts where it is left out, as a schema says it; None where it says nothing.
        since: The first Kubernetes version known here that has it; None: it is older than those, or a custom resource.
        gates: The feature gates it needs, each with how far it is in the version asked for.
        children: What it has inside, by name, required ones first.
    """

    kind: str
    api_version: str
    path: str = ""
    type: str
    required: bool = False
    meaning: str = ""
    values: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    default: Any = None
    since: KubernetesVersion | None = None
    gates: tuple[str, ...] = ()
    children: tuple["ExplainedField", ...] = ()

    @property
    def name(self) -> str:
        """The field's own name."""
        return self.path.rpartition(".")[2] or self.kind


@frozen
class _Node:
    """A place in a schema.

    Attributes:
        letter: Letter of its type, as `constructs_dra.kubernetes.api` has them.
        inside: The names it has, with whether each is required.
        wraps: Lists and mappings around it, the outermost first.
        definition: What holds its fields, for their meanings.
        schema: Its schema, of a custom resource.
    """

    letter: str
    inside: Mapping[str, tuple[bool, Any]]
    wraps: str = ""
    definition: str = ""
    schema: Mapping[str, Any] = field(factory=dict)


def known_kinds(version: KubernetesVersion = DEFAULT_VERSION) -> dict[str, list[str]]:
    """API versions of every kind that is known, stable ones first.

    Args:
        version: Kubernetes version. Default 1.36.
    """
    found: dict[str, list[str]] = {}
    for each in (*api(version).kinds, *custom_kinds()):
        group_version, _, kind = each.partition(" ")
        if not kind.endswith("List"):
            found.setdefault(kind, []).append(group_version)
    return {kind: sorted(versions, key=_stability) for kind, versions in found.items()}


def _stability(api_version: str) -> tuple[bool, bool, str]:
    return "alpha" in api_version, "beta" in api_version, api_version


def explain_field(path: str, *, version: str | KubernetesVersion = DEFAULT_VERSION, api_version: str = "", recursive: bool = False) -> ExplainedField:
    """What is known about a kind or one of its fields.

    Args:
        path: The kind, then names of fields, e.g. `Deployment.spec.strategy`. The kind may be written in lower case, as a plural, or as kubectl
            abbreviates it; places in lists may be left out.
        version: Kubernetes version. Default 1.36.
        api_version: API version of the kind, e.g. `resource.k8s.io/v1beta1`. Default: the most stable one.
        recursive: Whether everything below the field is listed, with types alone. Default: what it has inside, with all that is known.

    Raises:
        SpecError: There is no such kind, API version or field; the hint names the nearest.
        ValueError: The version is not known here.
    """
    first, *names = _STEP.sub("", path.strip().strip(".")).split(".")
    asked = _asked(first, KubernetesVersion.parse(version), api_version)
    holder, node = None, asked.root()
    for index, name in enumerate(names):
        if name not in node.inside:
            hint = did_you_mean(name, node.inside, fallback=lambda known: f"it has {', '.join(known)}" if known else "it has no fields")
            raise SpecError([Problem("", asked.missing(names[: index + 1]), hint)])
        holder, node = node, asked.inside(node, names[: index + 1])
    found = asked.explained(names, node, holder, deep=not recursive)
    return evolve(found, children=tuple(asked.below(names, node, frozenset()))) if recursive else found


def _asked(written: str, version: KubernetesVersion, api_version: str) -> "_Asked":
    """The kind that somebody means, in its API version."""
    kinds = known_kinds(version)
    spelt = {_plain(kind): kind for kind in kinds}
    plurals = {_plain(f"{kind}s"): kind for kind in kinds} | {_plain(f"{kind}es"): kind for kind in kinds}
    plurals |= {_plain(f"{kind[:-1]}ies"): kind for kind in kinds if kind.endswith("y")}
    plain = _plain(written)
    kind = spelt.get(plain) or plurals.get(plain) or _SHORT.get(plain)
    if kind is None or kind not in kinds:
        raise SpecError([Problem("", f"{shown(written)} is not a kind that is known here", did_you_mean(written, kinds))])
    if api_version and api_version not in kinds[kind]:
        raise SpecError([Problem("", f"{kind} is not in {shown(api_version)}", f"it is in {', '.join(kinds[kind])}")])
    return _Asked(kind, api_version or kinds[kind][0], version)


def _plain(text: str) -> str:
    return text.lower().replace("-", "").replace("_", "")


@frozen
class _Asked:
    """A kind, in one API version and one version of Kubernetes.

    Attributes:
        kind: Its name.
        api_version: Its API version.
        version: The version of Kubernetes.
    """

    kind: str
    api_version: str
    version: KubernetesVersion

    def root(self) -> _Node:
        """The object itself."""
        name = api(self.version).kinds.get(f"{self.api_version} {self.kind}")
        if name is not None:
            return self._of_definition(name, "")
        return _of_schema(custom_schema(f"{self.api_version} {self.kind}") or {}, self.kind)

    def inside(self, node: _Node, names: Sequence[str]) -> _Node:
        """A field of a place.

        Args:
            node: The place.
            names: The way to the field from the object.
        """
        if names[-1] == "metadata" and len(names) == 1:
            return self._of_definition("meta.v1.ObjectMeta", "")
        inner = node.inside[names[-1]][1]
        return _of_schema(inner, f"{self.kind}.{'.'.join(names)}") if node.schema else self._of_field(inner)

    def _of_field(self, given: Field) -> _Node:
        wraps = ""
        _, letter, inner = given
        while letter in "[{" and inner:
            wraps += letter
            _, letter, inner = inner
        return self._of_definition(inner, wraps) if letter == "@" else _Node(letter, {}, wraps)

    def _of_definition(self, name: str, wraps: str) -> _Node:
        fields = api(self.version).fields(name) or {}
        return _Node("@", {key: (given[0], given) for key, given in fields.items()}, wraps, name)

    def explained(self, names: Sequence[str], node: _Node, holder: _Node | None, *, deep: bool) -> ExplainedField:
        """All that is known about a place.

        Args:
            names: The way to it from the object.
            node: The place.
            holder: What it is a field of; None for the object itself.
            deep: Whether its own fields are explained too.
        """
        children = [self.explained([*names, name], self.inside(node, [*names, name]), node, deep=False) for name in _sorted(node)] if deep else []
        said = meaning(holder.definition, names[-1]) if holder else ""
        custom = bool(node.schema)
        return ExplainedField(
            kind=self.kind,
            api_version=self.api_version,
            path=".".join(names),
            type=_type(node),
            required=holder is not None and holder.inside[names[-1]][0],
            meaning=said or (meaning(node.definition) if node.definition and not node.wraps else ""),
            values=tuple(map(str, node.schema.get("enum", ()))) if custom else self.values(names, node),
            limits=tuple(_limits(node.schema)),
            default=node.schema.get("default"),
            since=None if custom else self.since(names),
            gates=() if custom else tuple(self.gates(names)),
            children=tuple(children),
        )

    def below(self, names: Sequence[str], node: _Node, around: frozenset[str]) -> Iterator[ExplainedField]:
        """Everything below a place; a definition that holds itself is entered once.

        Args:
            names: The way to it from the object.
            node: The place.
            around: The definitions it lies in.
        """
        if not node.schema and node.definition in around:
            return
        for name in _sorted(node):
            path = [*names, name]
            child = self.inside(node, path)
            deeper = tuple(self.below(path, child, around | {node.definition}))
            needed = node.inside[name][0]
            yield ExplainedField(
                kind=self.kind, api_version=self.api_version, path=".".join(path), type=_type(child), required=needed, children=deeper
            )

    def has(self, names: Sequence[str]) -> bool:
        """Whether Kubernetes itself has the field."""
        if f"{self.api_version} {self.kind}" not in api(self.version).kinds:
            return False
        node = self.root()
        for index, name in enumerate(names):
            if name not in node.inside:
                return False
            node = self.inside(node, names[: index + 1])
        return True

    def missing(self, names: Sequence[str]) -> str:
        """That there is no such field; where another version of Kubernetes has it, that."""
        place = ".".join([self.kind, *names[:-1]])
        fault = f"{place} has no field {shown(names[-1])} in Kubernetes {self.version}"
        other = next((each for each in _versions() if each != self.version.release and evolve(self, version=each).has(names)), None)
        return f"{fault}; Kubernetes {other} has it" if other else fault

    def since(self, names: Sequence[str]) -> KubernetesVersion | None:
        """The first version that has the field, unless the oldest one known has it already."""
        first = next((each for each in _versions() if evolve(self, version=each).has(names)), None)
        return None if first == _versions()[0] else first

    def values(self, names: Sequence[str], node: _Node) -> tuple[str, ...]:
        """The values that the checks name when they refuse one that nobody would write, without those that the kind does not allow."""
        if node.letter != "s" or not names or (names[0] == "metadata" and len(names) > 1):
            return ()
        told = (_WORDS.search(message) for message in self._said(names, _PROBE))
        words = next((found[1].split(", ") for found in told if found), [])
        return tuple(word for word in words if f"{word!r} is not allowed" not in self._said(names, word))

    def _said(self, names: Sequence[str], value: str) -> list[str]:
        """What the checks say of one value of a field."""
        made, place = self._object(names, value)
        problems = check_dra(made, version=self.version, expressions=False) if is_dra(made) else check_semantics(made, version=self.version)
        return [problem.message for problem in problems if problem.path == place]

    def gates(self, names: Sequence[str]) -> Iterator[str]:
        """The gates that an object needs because of the field, each with how far it is."""
        made, place = self._object(names, {"a": "a"})
        for need in needs([Item(value=made)], self.version):
            inside = bool(names and need.path) and place.startswith((f"{need.path}.", f"{need.path}["))
            if need.path == place or inside:
                gate = GATES[need.gate]
                state = f"{gate.stage(self.version)}, {'on' if gate.on(self.version) else 'off'}"
                yield f"{gate.name} ({state})" if gate.stage(self.version) != "absent" else f"{gate.name} (from {gate.since})"

    def _object(self, names: Sequence[str], value: Any) -> tuple[dict[str, Any], str]:
        """An object that has one field, and the field's place in it."""
        made: dict[str, Any] = {"apiVersion": self.api_version, "kind": self.kind, "metadata": {"name": "a"}}
        node, here, place = self.root(), made, ""
        for index, name in enumerate(names):
            node = self.inside(node, names[: index + 1])
            place = f"{place}.{name}" if place else name
            last = index == len(names) - 1
            inner: Any = value if last else {}
            wrapped = inner
            for wrap in reversed(node.wraps):
                wrapped = [wrapped] if wrap == "[" else {"a": wrapped}
            here[name] = wrapped
            if not last or node.letter != "@":
                place += "".join("[0]" if wrap == "[" else ".a" for wrap in node.wraps)
            here = inner if isinstance(inner, dict) else {}
        return made, place


def _versions() -> list[KubernetesVersion]:
    return [KubernetesVersion(1, minor) for minor in range(OLDEST_VERSION.minor, NEWEST_VERSION.minor + 1)]


def _sorted(node: _Node) -> list[str]:
    """Names of fields, required ones first."""
    return sorted(node.inside, key=lambda name: (not node.inside[name][0], name))


def _of_schema(schema: Mapping[str, Any], place: str) -> _Node:
    wraps = ""
    while True:
        more = schema.get("additionalProperties")
        if schema.get("type") == "array" and isinstance(schema.get("items"), Mapping):
            wraps, schema = wraps + "[", schema["items"]
        elif isinstance(more, Mapping) and not schema.get("properties"):
            wraps, schema = wraps + "{", more
        else:
            break
    required = schema.get("required") or ()
    inside = {name: (name in required, inner) for name, inner in (schema.get("properties") or {}).items()}
    letter = "x" if schema.get("x-kubernetes-int-or-string") else "@" if inside else _TYPES.get(schema.get("type", ""), "*")
    return _Node(letter, inside, wraps, place, schema or {"type": "object"})


def _type(node: _Node) -> str:
    text = TYPE_NAMES.get(node.letter, "anything")
    for wrap in reversed(node.wraps):
        plain = re.sub(r"^an? ", "", text)
        text = f"a list of {_plural(plain)}" if wrap == "[" else f"a mapping of names to {_plural(plain)}"
    return text


def _plural(text: str) -> str:
    head, _, tail = text.partition(" such as ")
    words = {"true or false": "true or false", "string": "strings", "whole number": "whole numbers", "mapping": "mappings", "quantity": "quantities"}
    made = words.get(head, head if head.endswith("s") or " of " in head or head == "anything" else f"{head}s")
    return f"{made} such as {tail}" if tail else made


def _limits(schema: Mapping[str, Any]) -> Iterator[str]:
    for key, words in (
        ("minimum", "at least {}"),
        ("maximum", "at most {}"),
        ("minLength", "at least {} characters"),
        ("maxLength", "at most {} characters"),
        ("minItems", "at least {} entries"),
        ("maxItems", "at most {} entries"),
        ("pattern", "matches {}"),
        ("format", "has the format {}"),
    ):
        if key in schema and not (key == "format" and str(schema[key]).startswith("int")):
            yield words.format(schema[key])
    for rule in schema.get("x-kubernetes-validations", ()):
        yield str(rule.get("message") or rule.get("rule", "")).strip()
