"""Fields of records that are fields of a Kubernetes type: what Kubernetes calls them and how they are written is said once, where the field is.

    node_selector: … = field(factory=dict, metadata=kubernetes("nodeSelector", valid.labels()))

Builders, importers and messages ask the record: a new field of that kind is one line.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from attrs import fields

from constructs_dra.records.valid import Metadata
from constructs_dra.records.values import copied

__all__ = ["kubernetes", "kubernetes_names", "pieces_of", "write_fields"]


def kubernetes(name: str, metadata: Metadata, write: Callable[[Any], Any] | None = copied) -> Metadata:
    """Metadata of a field that Kubernetes has too.

    Args:
        name: What Kubernetes calls it.
        metadata: How the field is checked.
        write: Makes Kubernetes' value from the field's. Default: the same value. `None` where a builder works it out from more than this field.
    """
    return {**metadata, "kubernetes": name, "write": write}


@cache
def kubernetes_names(kind: type) -> Mapping[str, str]:
    """The fields of a record that Kubernetes has too: its name for each, and the record's."""
    return {item.metadata["kubernetes"]: item.name for item in fields(kind) if "kubernetes" in item.metadata}


@cache
def _written(kind: type) -> tuple[tuple[str, str, Callable[[Any], Any], bool], ...]:
    """Record's name, Kubernetes' name, how it is written, and whether an empty value says nothing."""
    return tuple(
        (item.name, item.metadata["kubernetes"], item.metadata["write"], item.default is not None)
        for item in fields(kind)
        if item.metadata.get("write") is not None
    )


def write_fields(record: Any, made: dict[str, Any], kind: type, **instead: Any) -> None:
    """Add the fields that Kubernetes has too to a Kubernetes object, in the record's order; those that say nothing are left out.

    Args:
        record: The record.
        made: Takes the fields.
        kind: The record's class, or the base of it whose fields are wanted.
        instead: Values to write instead of the record's, by the record's names for the fields.
    """
    for name, key, write, or_empty in _written(kind):
        value = instead[name] if name in instead else getattr(record, name)
        if value is not None and (value or not or_empty):
            made[key] = write(value)


@cache
def _pieces(kind: type) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind) if item.metadata.get("piece"))


def pieces_of(record: Any) -> Iterator[Any]:
    """The values that are written in Kubernetes' spelling; see `constructs_dra.serving.fragments`."""
    return (getattr(record, name) for name in _pieces(record.__class__))
