"""How fields that hold pieces of Kubernetes objects are checked: against Kubernetes' own schemas, with the path of the mistake.

Used as `constructs_dra.records.valid` is; the metadata says so (`piece`). The schemas are loaded when the first piece is met.
"""

from collections.abc import Callable, Mapping
from typing import Any

from constructs_dra.errors import Problems, did_you_mean, shown, unquoted
from constructs_dra.lexical.names import env_name_problem, qualified_name_problem
from constructs_dra.paths import child
from constructs_dra.records.valid import Metadata, check_quantity, items_of, wrong
from constructs_dra.records.values import copied

__all__ = ["check_fragment", "env", "fragment", "fragments", "named_fragments", "objects", "part", "resources"]

_SOUND: set[tuple[str, str]] = set()
"""Fragments found right before, by kind and text: fleets write the same probes and volumes over and over."""


def check_fragment(value: object, kind: str, path: str, problems: Problems) -> None:
    """Note what the Kubernetes schema of `kind` says against a value."""
    if type(value) is not dict and not isinstance(value, Mapping):
        wrong(problems, path, value, f"a mapping in Kubernetes' spelling ({kind})")
        return
    try:
        key = (kind, repr(value))
    except Exception:  # noqa: BLE001 - what has no text, such as a number of thousands of digits, is no reason to stop
        key = None
    if key in _SOUND:
        return
    from constructs_dra.kubernetes.schemas import check_fragment as problems_of  # noqa: PLC0415 - only who writes fragments pays for schemas

    found = problems_of(value, kind, path=path)
    problems.extend(found)
    if not found and key is not None and len(_SOUND) < 10_000:
        _SOUND.add(key)


def fragment(kind: str) -> Metadata:
    """A piece of a Kubernetes object, checked against the schema of its kind."""

    def check(value: Any, path: str, problems: Problems) -> None:
        check_fragment(value, kind, path, problems)

    return {"check": check, "piece": True}


def fragments(kind: str) -> Metadata:
    """A list of such pieces."""

    def check(value: Any, path: str, problems: Problems) -> None:
        for place, item in items_of(value, path, problems, f"mappings in Kubernetes' spelling ({kind})"):
            check_fragment(item, kind, place, problems)

    return {"check": check, "piece": True}


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

    return {"check": check, "piece": True}


def objects() -> Metadata:
    """A list of whole Kubernetes objects; those of kinds nobody here knows are taken as they are."""

    def check(value: Any, path: str, problems: Problems) -> None:
        for place, item in items_of(value, path, problems, "Kubernetes objects"):
            if not isinstance(item, Mapping):
                wrong(problems, place, item, "a Kubernetes object")
                continue
            from constructs_dra.kubernetes.schemas import check_object, known_kind  # noqa: PLC0415 - as above

            api_version, kind = item.get("apiVersion"), item.get("kind")
            if isinstance(api_version, str) and isinstance(kind, str) and _is_foreign(api_version) and not known_kind(api_version, kind):
                continue
            problems.extend(check_object(copied(item)), under=place)

    return {"check": check, "piece": True}


def _is_foreign(api_version: str) -> bool:
    """Whether an API is none of Kubernetes' own."""
    group, slash, _ = api_version.partition("/")
    return bool(slash) and "." in group and not group.endswith(".k8s.io")


def named_fragments(kind: str, plain: Callable[[str, Any], Mapping[str, Any] | None]) -> Metadata:
    """Either a mapping by name for the plain case, or Kubernetes' list.

    Args:
        kind: The kind of one item of the list.
        plain: Makes that item from one entry of the mapping; None from what cannot be one.
    """

    def check(value: Any, path: str, problems: Problems) -> None:
        if isinstance(value, Mapping):
            for key, item in value.items():
                place = f"{path}[{shown(key)}]"
                made = plain(key, item)
                if made is None:
                    wrong(problems, place, item, f"a mapping in Kubernetes' spelling ({kind})", f"write {{{shown(item)}: {{…}}}}")
                else:
                    check_fragment(made, kind, place, problems)
        else:
            for place, item in items_of(value, path, problems, f"mappings in Kubernetes' spelling ({kind})"):
                check_fragment(item, kind, place, problems)

    return {"check": check, "piece": True}


def env() -> Metadata:
    """Environment variables: `{name: text or source}`, or Kubernetes' list."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if isinstance(value, Mapping):
            for key, item in value.items():
                if type(key) is not str or type(item) is not str or env_name_problem(key):
                    _check_env(key, item, f"{path}[{shown(key)}]", problems)
            return
        for place, item in items_of(value, path, problems, "mappings in Kubernetes' spelling (EnvVar)"):
            if isinstance(item, Mapping) and item.keys() <= {"name", "value"}:
                _check_env(item.get("name"), item.get("value", ""), place, problems)
            else:
                check_fragment(item, "EnvVar", place, problems)

    return {"check": check, "piece": True}


def _check_env(name: object, value: object, path: str, problems: Problems) -> None:
    if not isinstance(name, str):
        wrong(problems, path, name, "a string as name")
    elif problem := env_name_problem(name):
        problems.add(path, f"the name {shown(name)} {problem}")
    if isinstance(value, Mapping):
        check_fragment(value, "EnvVarSource", path, problems)
    elif not isinstance(value, str):
        wrong(problems, path, value, "a string or a source such as field_ref('status.podIP')", unquoted(value))


_RESOURCE_KEYS = ("limits", "requests", "claims")


def resources() -> Metadata:
    """Resource requirements in Kubernetes' spelling: `{"limits": {"memory": "16Gi"}, "requests": {…}}`."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, Mapping):
            wrong(problems, path, value, "a mapping with limits and requests")
            return
        for key, item in value.items():
            if key not in _RESOURCE_KEYS:
                place = child(path, key) if isinstance(key, str) else path
                problems.add(
                    place,
                    f"{shown(key)} is not a field of ResourceRequirements",
                    did_you_mean(key, _RESOURCE_KEYS),
                )
            elif key == "claims":
                for place, claim in items_of(item, f"{path}.claims", problems, "mappings with a name"):
                    check_fragment(claim, "ResourceClaim", place, problems)
            elif not isinstance(item, Mapping):
                wrong(problems, f"{path}.{key}", item, "a mapping of quantities")
            else:
                _check_amounts(item, f"{path}.{key}", problems)

    return {"check": check, "piece": True}


def _check_amounts(amounts: Mapping[Any, Any], path: str, problems: Problems) -> None:
    for name, amount in amounts.items():
        place = f"{path}[{shown(name)}]"
        if not isinstance(name, str):
            wrong(problems, place, name, "a string as name")
        elif problem := qualified_name_problem(name):
            problems.add(place, f"the name {problem}")
        check_quantity(amount, place, problems)
