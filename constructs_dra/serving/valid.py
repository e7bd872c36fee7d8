"""How fields of records are checked: each function gives the attrs metadata that `Record` finds its check in.

A check notes what is wrong with a value, with the place in the user's spelling; it never raises, so that all mistakes come out at once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from constructs_dra.errors import Problems, did_you_mean
from constructs_dra.kubernetes.names import (
    dns_label_problem,
    dns_subdomain_problem,
    env_name_problem,
    label_key_problem,
    label_value_problem,
    port_name_problem,
    qualified_name_problem,
)
from constructs_dra.kubernetes.quantity import is_quantity
from constructs_dra.serving.values import copied

__all__ = [
    "Check",
    "Metadata",
    "boolean",
    "check_fragment",
    "choice",
    "custom",
    "dns_label",
    "dns_subdomain",
    "env",
    "fragment",
    "fragments",
    "instance",
    "instances",
    "integer",
    "label_key",
    "labels",
    "named_fragments",
    "number",
    "objects",
    "optional",
    "part",
    "port",
    "port_name",
    "quantity",
    "resources",
    "shown",
    "text",
    "texts",
]

Check: TypeAlias = Callable[[Any, str, Problems], None]
Metadata: TypeAlias = dict[str, Check]

_SOUND: set[tuple[str, str]] = set()
"""Fragments found right before, by kind and text: fleets write the same probes and volumes over and over."""


def shown(value: object) -> str:
    """A value as an error shows it: as Python writes it, shortened."""
    words = repr(value)
    return words if len(words) <= 60 else f"{words[:57]}…"


def _wrong(problems: Problems, path: str, value: object, wanted: str, hint: str = "") -> None:
    problems.add(path, f"must be {wanted}, not {shown(value)}", hint)


def _unquoted(value: object) -> str:
    """The cure for a YAML-ish slip: a number or boolean where Kubernetes wants text."""
    if isinstance(value, bool):
        return f'write "{str(value).lower()}"'
    return f'write "{value}"' if isinstance(value, int | float) else ""


# --- single values ---


def custom(check: Check) -> Metadata:
    """A check that one field alone has."""
    return {"check": check}


def optional(metadata: Metadata) -> Metadata:
    """The same check where `None` means something although it is not the default."""
    inner = metadata["check"]

    def check(value: Any, path: str, problems: Problems) -> None:
        if value is not None:
            inner(value, path, problems)

    return {"check": check}


def text(*, empty: bool = False) -> Metadata:
    """Any text, by default not an empty one."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, str):
            _wrong(problems, path, value, "text", _unquoted(value))
        elif not value and not empty:
            problems.add(path, "must not be empty")

    return {"check": check}


def _named(problem_of: Callable[[str], str], wanted: str) -> Metadata:
    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, str):
            _wrong(problems, path, value, wanted, _unquoted(value))
        elif problem := problem_of(value):
            problems.add(path, f"{shown(value)} {problem}")

    return {"check": check}


def dns_label() -> Metadata:
    """A DNS label: names of containers, volumes, claims inside a pod."""
    return _named(dns_label_problem, "a name")


def dns_subdomain() -> Metadata:
    """A DNS subdomain: names of most Kubernetes objects."""
    return _named(dns_subdomain_problem, "a name")


def port_name() -> Metadata:
    """The name of a container port: at most 15 characters."""
    return _named(port_name_problem, "a port name")


def label_key() -> Metadata:
    """The key of a label."""
    return _named(label_key_problem, "a label key")


def integer(low: int = 0, high: int | None = None) -> Metadata:
    """A whole number from `low` on."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            words = value.strip() if isinstance(value, str) else ""
            _wrong(problems, path, value, "a whole number", f"write {words}" if words.lstrip("-").isdigit() else "")
        elif value < low or (high is not None and value > high):
            problems.add(path, f"must be {f'{low} to {high}' if high is not None else f'at least {low}'}, not {value}")

    return {"check": check}


def port() -> Metadata:
    """A port number."""
    return integer(1, 65535)


def number() -> Metadata:
    """Any number."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, int | float) or isinstance(value, bool):
            _wrong(problems, path, value, "a number")

    return {"check": check}


def boolean() -> Metadata:
    """`True` or `False`."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, bool):
            _wrong(problems, path, value, "True or False")

    return {"check": check}


def choice(*known: str) -> Metadata:
    """One of a few words."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if value not in known:
            problems.add(path, f"{shown(value)} is unknown", did_you_mean(value, known))

    return {"check": check}


def quantity() -> Metadata:
    """A Kubernetes quantity: `16Gi`, `500m`, 4."""

    def check(value: Any, path: str, problems: Problems) -> None:
        _check_quantity(value, path, problems)

    return {"check": check}


def _check_quantity(value: object, path: str, problems: Problems) -> None:
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not is_quantity(value):
        problems.add(path, f"{shown(value)} is no quantity", "write a number with an optional suffix, such as '16Gi' or '500m'")


def instance(kind: type, *others: type) -> Metadata:
    """A record of one kind."""
    kinds = (kind, *others)

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, kinds):
            _wrong(problems, path, value, " or ".join(f"{'an' if item.__name__[0] in 'AEIO' else 'a'} {item.__name__}" for item in kinds))

    return {"check": check}


# --- checks of lists and mappings -------------------------------------------------------------------------------------------------------------


def _items(value: object, path: str, problems: Problems, wanted: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for index, item in enumerate(value):
            yield f"{path}[{index}]", item
    else:
        _wrong(problems, path, value, f"a list of {wanted}", f"write [{value!r}]" if isinstance(value, str) else "")


def texts() -> Metadata:
    """A list of texts."""

    def check(value: Any, path: str, problems: Problems) -> None:
        for place, item in _items(value, path, problems, "texts"):
            if not isinstance(item, str):
                _wrong(problems, place, item, "text", _unquoted(item))

    return {"check": check}


def instances(*kinds: type) -> Metadata:
    """A list of records."""
    wanted = " or ".join(kind.__name__ for kind in kinds)

    def check(value: Any, path: str, problems: Problems) -> None:
        for place, item in _items(value, path, problems, f"{wanted} records"):
            if not isinstance(item, kinds):
                _wrong(problems, place, item, f"a {wanted}")

    return {"check": check}


def labels(*, annotations: bool = False) -> Metadata:
    """Labels (or annotations): valid keys, text values, label values within their limits."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, Mapping):
            _wrong(problems, path, value, "a mapping of texts")
            return
        for key, item in value.items():
            place = f"{path}[{key!r}]"
            if not isinstance(key, str):
                _wrong(problems, place, key, "a text as key")
            elif problem := label_key_problem(key):
                problems.add(place, f"the key {problem}")
            if not isinstance(item, str):
                _wrong(problems, place, item, "text", _unquoted(item))
            elif not annotations and (problem := label_value_problem(item)):
                problems.add(place, f"{shown(item)} {problem}")

    return {"check": check}


def check_fragment(value: object, kind: str, path: str, problems: Problems) -> None:
    """Note what the Kubernetes schema of `kind` says against a value."""
    if not isinstance(value, Mapping):
        _wrong(problems, path, value, f"a mapping in Kubernetes' spelling ({kind})")
        return
    key = (kind, repr(value))
    if key in _SOUND:
        return
    from constructs_dra.kubernetes.schemas import check_fragment as problems_of  # noqa: PLC0415 - only who writes fragments pays for schemas

    found = problems_of(value, kind, path=path)
    problems.extend(found)
    if not found and len(_SOUND) < 10_000:
        _SOUND.add(key)


def fragment(kind: str) -> Metadata:
    """A piece of a Kubernetes object, checked against the schema of its kind."""

    def check(value: Any, path: str, problems: Problems) -> None:
        check_fragment(value, kind, path, problems)

    return {"check": check}


def fragments(kind: str) -> Metadata:
    """A list of such pieces."""

    def check(value: Any, path: str, problems: Problems) -> None:
        for place, item in _items(value, path, problems, f"mappings in Kubernetes' spelling ({kind})"):
            check_fragment(item, kind, place, problems)

    return {"check": check}


def part(api_version: str, kind: str, path: str, wrapped: Callable[[Any], Mapping[str, Any]]) -> Metadata:
    """A part of an object whose schema knows no name for it, checked as part of a whole object.

    Args:
        api_version: API version of the object.
        kind: Its kind.
        path: Where the part is in it.
        wrapped: Makes the object's spec around the part.
    """

    def check(value: Any, place: str, problems: Problems) -> None:
        from constructs_dra.kubernetes.schemas import check_object  # noqa: PLC0415 - as above

        manifest = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, "spec": wrapped(copied(value))}
        for found in check_object(manifest):
            problems.add(found.path.replace(path, place, 1), found.message, found.hint)

    return {"check": check}


def objects() -> Metadata:
    """A list of whole Kubernetes objects; those of kinds nobody here knows are taken as they are."""

    def check(value: Any, path: str, problems: Problems) -> None:
        for place, item in _items(value, path, problems, "Kubernetes objects"):
            if not isinstance(item, Mapping):
                _wrong(problems, place, item, "a Kubernetes object")
                continue
            from constructs_dra.kubernetes.schemas import check_object, known_kind  # noqa: PLC0415 - as above

            api_version, kind = item.get("apiVersion"), item.get("kind")
            if isinstance(api_version, str) and isinstance(kind, str) and _is_foreign(api_version) and not known_kind(api_version, kind):
                continue
            problems.extend(check_object(copied(item)), under=place)

    return {"check": check}


def _is_foreign(api_version: str) -> bool:
    """Whether an API is none of Kubernetes' own."""
    group, slash, _ = api_version.partition("/")
    return bool(slash) and "." in group and not group.endswith(".k8s.io")


def named_fragments(kind: str, plain: Callable[[str, Any], Mapping[str, Any]]) -> Metadata:
    """Either a mapping by name for the plain case, or Kubernetes' list.

    Args:
        kind: The kind of one item of the list.
        plain: Makes that item from one entry of the mapping.
    """

    def check(value: Any, path: str, problems: Problems) -> None:
        if isinstance(value, Mapping):
            for key, item in value.items():
                place = f"{path}[{key!r}]"
                check_fragment(plain(key, item), kind, place, problems)
        else:
            for place, item in _items(value, path, problems, f"mappings in Kubernetes' spelling ({kind})"):
                check_fragment(item, kind, place, problems)

    return {"check": check}


def env() -> Metadata:
    """Environment variables: `{name: text or source}`, or Kubernetes' list."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if isinstance(value, Mapping):
            for key, item in value.items():
                _check_env(key, item, f"{path}[{key!r}]", problems)
            return
        for place, item in _items(value, path, problems, "mappings in Kubernetes' spelling (EnvVar)"):
            if isinstance(item, Mapping) and item.keys() <= {"name", "value"}:
                _check_env(item.get("name"), item.get("value", ""), place, problems)
            else:
                check_fragment(item, "EnvVar", place, problems)

    return {"check": check}


def _check_env(name: object, value: object, path: str, problems: Problems) -> None:
    if not isinstance(name, str):
        _wrong(problems, path, name, "a text as name")
    elif problem := env_name_problem(name):
        problems.add(path, f"the name {name!r} {problem}")
    if isinstance(value, Mapping):
        check_fragment(value, "EnvVarSource", path, problems)
    elif not isinstance(value, str):
        _wrong(problems, path, value, "text or a source such as field_ref('status.podIP')", _unquoted(value))


_RESOURCE_KEYS = ("limits", "requests", "claims")


def resources() -> Metadata:
    """Resource requirements in Kubernetes' spelling: `{"limits": {"memory": "16Gi"}, "requests": {…}}`."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, Mapping):
            _wrong(problems, path, value, "a mapping with limits and requests")
            return
        for key, item in value.items():
            if key not in _RESOURCE_KEYS:
                problems.add(f"{path}.{key}", f"{shown(key)} is no field of ResourceRequirements", did_you_mean(key, _RESOURCE_KEYS))
            elif key == "claims":
                for place, claim in _items(item, f"{path}.claims", problems, "mappings with a name"):
                    check_fragment(claim, "ResourceClaim", place, problems)
            elif not isinstance(item, Mapping):
                _wrong(problems, f"{path}.{key}", item, "a mapping of quantities")
            else:
                _check_amounts(item, f"{path}.{key}", problems)

    return {"check": check}


def _check_amounts(amounts: Mapping[Any, Any], path: str, problems: Problems) -> None:
    for name, amount in amounts.items():
        place = f"{path}[{name!r}]"
        if not isinstance(name, str):
            _wrong(problems, place, name, "a text as name")
        elif problem := qualified_name_problem(name):
            problems.add(place, f"the name {problem}")
        _check_quantity(amount, place, problems)
