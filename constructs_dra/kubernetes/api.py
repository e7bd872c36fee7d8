"""The API of each Kubernetes version as tables of fields, and the schemas of known custom resources; each part loads on first use."""

from functools import cache
from typing import Any

from constructs_dra.lexical.versions import NEWEST_VERSION, OLDEST_VERSION, KubernetesVersion
from constructs_dra.packaged import packaged_json

__all__ = ["Api", "Field", "api", "custom_kinds", "custom_schema", "fragment_kinds"]

Field = tuple[bool, str, Any]
"""Whether a field is required, the letter of its type, and the inner type of a list `[` or mapping `{` or the definition behind `@`."""


def _load(name: str) -> Any:
    return packaged_json(__file__, f"data/{name}")


def _parsed(text: str) -> Field:
    required = text.startswith("!")
    letter, rest = text[required], text[required + 1 :]
    return (required, letter, rest if letter == "@" else _parsed(rest) if rest else None)


class Api:
    """What one release of Kubernetes serves.

    Attributes:
        kinds: Definition of each kind, by `apps/v1 Deployment`.
    """

    def __init__(self, definitions: dict[str, Any], kinds: dict[str, str]) -> None:
        self.kinds = kinds
        self._raw = definitions
        self._fields: dict[str, dict[str, Field] | None] = {}
        self._needed: dict[str, list[tuple[str, bool, str]]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._raw

    def fields(self, name: str) -> dict[str, Field] | None:
        """The fields of a definition such as `core.v1.Container`; None for one that takes anything."""
        known = self._fields.get(name, self)
        if known is self:
            raw = self._raw[name]
            known = self._fields[name] = {key: _parsed(text) for key, text in raw.items()} if isinstance(raw, dict) else None
        return known  # type: ignore[return-value]  # the marker was replaced just above

    def needed(self, name: str) -> list[tuple[str, bool, str]]:
        """Fields that count where they are left out: name, whether it is required, and the definition of a `spec` that is a struct."""
        known = self._needed.get(name)
        if known is None:
            found = (
                (key, required, inner if key == "spec" and letter == "@" else "")
                for key, (required, letter, inner) in (self.fields(name) or {}).items()
            )
            known = self._needed[name] = [(key, required, inner) for key, required, inner in found if required or inner]
        return known

    def named(self, kind: str) -> str | None:
        """The definition a bare name such as `Container` or `DeploymentStrategy` means: core first, then stable API groups."""
        found = [name for name in self._raw if name.rpartition(".")[2] == kind]
        return min(found, key=lambda name: (not name.startswith("core.v1."), "alpha" in name or "beta" in name, name), default=None)


@cache
def _all() -> dict[str, Any]:
    return _load("kubernetes.json.gz")  # type: ignore[no-any-return]  # the generator writes a mapping


@cache
def _api(minor: int) -> Api:
    definitions: dict[str, Any] = {}
    kinds: dict[str, Any] = {}
    for older in range(OLDEST_VERSION.minor, minor + 1):
        changes = _all().get(f"1.{older}")
        if changes is None:  # its schemas are not published yet: those before it count
            break
        for table, part in ((definitions, changes["definitions"]), (kinds, changes["kinds"])):
            for key, value in part.items():
                if value is None:
                    del table[key]
                else:
                    table[key] = value
    return Api(definitions, kinds)


def api(version: str | KubernetesVersion) -> Api:
    """What a version of Kubernetes serves; of one whose schemas are not published yet, what the version before it serves.

    Raises:
        ValueError: The version is not known here.
    """
    return _api(KubernetesVersion.parse(version).minor)


def fragment_kinds() -> list[str]:
    """Names `check_fragment` takes, e.g. `Container`; those of the newest version."""
    newest = _api(NEWEST_VERSION.minor)
    return sorted({name.rpartition(".")[2] for name in newest._raw})  # noqa: SLF001  (same module)


@cache
def custom_kinds() -> dict[str, str]:
    """File of each known custom resource, by `group/version Kind`."""
    return _load("crds.json")  # type: ignore[no-any-return]  # the generator writes a mapping


@cache
def custom_schema(key: str) -> dict[str, Any] | None:
    """OpenAPI schema of a custom resource (`group/version Kind`), with its `scope`; None when it is not known here."""
    home = custom_kinds().get(key)
    return _load(home)[key] if home else None
