"""Where fields are, by their names: for those who know the name of a field and not its path."""

from collections.abc import Iterable, Iterator

from constructs_dra.checks.explaining import ExplainedField, explain_field, known_kinds
from constructs_dra.lexical.versions import DEFAULT_VERSION, KubernetesVersion

__all__ = ["field_names", "fields_named"]


def fields_named(name: str, *, version: KubernetesVersion = DEFAULT_VERSION, kinds: Iterable[str] = ()) -> list[str]:
    """The paths of fields of that name: the shortest one in each kind, shortest first.

    Args:
        name: Name of a field, or the last names of its path, e.g. `spec.tolerations`. Case does not matter.
        version: Kubernetes version. Default 1.36.
        kinds: Kinds that are looked into. Default: all.
    """
    end = f".{name.lower()}"
    found: dict[str, str] = {}
    for kind in kinds or known_kinds(version):
        below = [explain_field(kind, version=version, recursive=True)]
        while below and kind not in found:
            below = [child for each in below for child in each.children]
            there = [path for child in below if (path := f"{kind}.{child.path}").lower().endswith(end)]
            found.update((kind, path) for path in there[:1])
    return sorted(found.values(), key=lambda path: (path.count("."), path))


def field_names(version: KubernetesVersion = DEFAULT_VERSION) -> set[str]:
    """Every name that a field of a known kind has.

    Args:
        version: Kubernetes version. Default 1.36.
    """
    return {each.name for kind in known_kinds(version) for each in _below(explain_field(kind, version=version, recursive=True))}


def _below(around: ExplainedField) -> Iterator[ExplainedField]:
    for child in around.children:
        yield child
        yield from _below(child)
