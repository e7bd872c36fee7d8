"""What an API server makes of an object before it looks at its rules: nulls in lists and mappings become empty values, other nulls are gone.

Go decodes `volumes: [null]` into one volume without a name, `args: [null]` into one empty text and `limits: {cpu: null}` into a limit of 0; the rules
then judge those. `spec` is a struct, so that a missing one is judged as an empty one.
"""

from typing import Any

from constructs_dra.kubernetes.api import Api, Field, api
from constructs_dra.lexical.versions import KubernetesVersion
from constructs_dra.manifest import Manifest

__all__ = ["decoded"]

_DEEPEST = 100


def decoded(manifest: Manifest, version: KubernetesVersion) -> Manifest:
    """The object as rules should see it; itself where nothing changes. Kinds without a table of fields stay as they are.

    Args:
        manifest: Any object. What has the wrong type stays, for the schema check to report.
        version: Kubernetes version whose fields count.
    """
    unspecified, nulls = manifest.get("spec") is None, _may_hold_null(manifest)
    if not unspecified and not nulls:
        return manifest
    tables = api(version)
    name = tables.kinds.get(f"{manifest.get('apiVersion')} {manifest.get('kind')}")
    fields = tables.fields(name) if name else None
    if fields is None:
        return manifest
    missing = unspecified and "spec" in fields
    if not missing and not nulls:
        return manifest
    result: Manifest = _definition(manifest, name or "", tables, 0)
    if missing and fields["spec"][1] == "@":
        result["spec"] = {}
    return result


def _may_hold_null(value: Any) -> bool:
    """Whether a null is somewhere in a value; a string that says so counts too, and what cannot be written."""
    try:
        return "None" in repr(value)
    except Exception:  # noqa: BLE001  (endless, a number of too many digits, somebody's object that cannot write itself: the closer look minds none)
        return True


def _definition(value: Any, name: str, tables: Api, depth: int) -> Any:
    fields = tables.fields(name)
    if not isinstance(value, dict) or fields is None or depth > _DEEPEST:
        return value
    result = {}
    for key, item in value.items():
        if item is not None:
            field = fields.get(key)
            result[key] = item if field is None else _inner(item, field, tables, depth + 1)
    return result


def _inner(value: Any, field: Field, tables: Api, depth: int) -> Any:
    _, letter, deeper = field
    if depth > _DEEPEST:
        return value
    if value is None:
        return _EMPTY[letter]() if letter in _EMPTY else None
    if letter == "@":
        return _definition(value, deeper, tables, depth)
    if letter == "[" and isinstance(value, list):
        return [_inner(item, deeper, tables, depth + 1) for item in value]
    if letter == "{" and isinstance(value, dict):
        return {key: _inner(item, deeper, tables, depth + 1) for key, item in value.items()}
    return value


_EMPTY: dict[str, Any] = {"@": dict, "[": list, "{": dict, "s": str, "i": int, "l": int, "n": int, "x": int, "b": bool, "q": lambda: "0"}
"""What Go makes of a null in a list or mapping, by the letter of its type."""
