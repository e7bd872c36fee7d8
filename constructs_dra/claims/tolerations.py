"""Tolerations of device taints."""

from collections.abc import Mapping
from typing import Any, Literal

from attrs import field, fields, frozen

from constructs_dra.claims.spoken import spoken
from constructs_dra.errors import Problems, did_you_mean, shown
from constructs_dra.kubernetes.dra.claims import toleration_problems
from constructs_dra.kubernetes.dra.fields import EFFECTS
from constructs_dra.manifest import Manifest
from constructs_dra.paths import child
from constructs_dra.records import valid
from constructs_dra.records.kubernetes import kubernetes, kubernetes_names, write_fields
from constructs_dra.records.record import Record

__all__ = ["Toleration", "check_toleration", "toleration_manifest"]


@frozen(eq=False, repr=False)
class Toleration(Record):
    """A claim may get devices that carry a taint.

    Attributes:
        key: Key of the taint; empty for every key.
        operator: `Exists` matches whatever value the taint has, `Equal` only `value`. Default `Exists` without a value and `Equal` with one.
            (Kubernetes' own default is always `Equal`: a toleration with only an effect then matches only taints without a value.)
        value: Value of the taint.
        effect: `NoSchedule`, `NoExecute` or `None`; empty for all.
        toleration_seconds: How long a `NoExecute` taint is borne; default forever.
    """

    key: str = field(default="", metadata=kubernetes("key", valid.text(empty=True)))
    value: str = field(default="", kw_only=True, metadata=kubernetes("value", valid.text(empty=True)))
    effect: Literal["", "NoSchedule", "NoExecute", "None"] = field(
        default="", kw_only=True, metadata=kubernetes("effect", valid.choice("", *EFFECTS))
    )
    operator: Literal["", "Exists", "Equal"] = field(default="", kw_only=True, metadata=kubernetes("operator", valid.choice("", "Exists", "Equal")))
    toleration_seconds: int | None = field(default=None, kw_only=True, metadata=kubernetes("tolerationSeconds", valid.integer(-(2**63), 2**63 - 1)))

    def cross_check(self, problems: Problems) -> None:
        """What the API server refuses, or what cannot be meant."""
        problems.extend(spoken(problem, Toleration) for problem in toleration_problems(self.manifest()))

    def title(self) -> str:
        """What to call it in an error."""
        return type(self).__name__

    def manifest(self) -> Manifest:
        """The toleration as Kubernetes spells it, its operator always written."""
        made: Manifest = {}
        write_fields(self, made, Toleration, operator=self.operator or ("Equal" if self.value else "Exists"))
        return made


def toleration_manifest(value: Toleration | Mapping[str, Any]) -> Manifest:
    """A toleration as Kubernetes spells it, its operator always written."""
    if isinstance(value, Toleration):
        return value.manifest()
    operator = value.get("operator") or ("Equal" if value.get("value") else "Exists")
    given = {**value, "operator": operator}
    return {name: given[name] for name in kubernetes_names(Toleration) if given.get(name) not in (None, "")}


def check_toleration(value: object, path: str, problems: Problems) -> None:
    """Note what is wrong with a toleration in itself: its record has looked at that; a mapping has Kubernetes' fields, each of its type.

    Args:
        value: What was given.
        path: Its place.
        problems: Takes what is wrong, in the spelling that was used.
    """
    if isinstance(value, Toleration):
        return
    if not isinstance(value, Mapping):
        problems.add(path, f"must be a Toleration or a mapping in Kubernetes' spelling, not {shown(value)}")
        return
    known = kubernetes_names(Toleration)
    checks = {item.name: item.metadata["check"] for item in fields(Toleration)}
    for name, item in value.items():
        place = child(path, name) if isinstance(name, str) else path
        if name not in known:
            problems.add(place, f"{shown(name)} is not a field of a device toleration", did_you_mean(name, known))
        elif item is not None:
            checks[known[name]](item, place, problems)
