"""Tolerations of device taints."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from attrs import field, frozen

from constructs_dra.errors import Problem, did_you_mean, shown
from constructs_dra.lexical.names import label_key_problem, label_value_problem
from constructs_dra.manifest import Manifest
from constructs_dra.paths import child

__all__ = ["Toleration", "toleration_of"]

_OPERATORS = ("Exists", "Equal")
_EFFECTS = ("NoSchedule", "NoExecute", "None")
_FIELDS = ("key", "operator", "value", "effect", "tolerationSeconds")


@frozen
class Toleration:
    """A claim may get devices that carry a taint.

    Attributes:
        key: Key of the taint; empty for every key.
        operator: `Exists` matches whatever value the taint has, `Equal` only `value`. Default `Exists` without a value and `Equal` with one.
            (Kubernetes' own default is always `Equal`: a toleration with only an effect then matches only taints without a value.)
        value: Value of the taint.
        effect: `NoSchedule`, `NoExecute` or `None`; empty for all.
        toleration_seconds: How long a `NoExecute` taint is borne; default forever.
    """

    key: str = ""
    value: str = field(default="", kw_only=True)
    effect: Literal["", "NoSchedule", "NoExecute", "None"] = field(default="", kw_only=True)
    operator: Literal["", "Exists", "Equal"] = field(default="", kw_only=True)
    toleration_seconds: int | None = field(default=None, kw_only=True)

    def manifest(self) -> Manifest:
        """The toleration as Kubernetes spells it, its operator always written."""
        texts = {"key": self.key, "operator": self.operator or ("Equal" if self.value else "Exists"), "value": self.value, "effect": self.effect}
        seconds = {} if self.toleration_seconds is None else {"tolerationSeconds": self.toleration_seconds}
        return {**{name: text for name, text in texts.items() if text}, **seconds}

    def problems(self) -> Iterator[Problem]:
        """What Kubernetes would refuse."""
        for name in ("key", "value", "effect", "operator"):
            if not isinstance(getattr(self, name), str):
                yield Problem(name, f"must be a text, got {shown(getattr(self, name))}")
                return
        if self.key and (fault := label_key_problem(self.key)):
            yield Problem("key", f"{shown(self.key)}: {fault}")
        if fault := label_value_problem(self.value):
            yield Problem("value", f"{shown(self.value)}: {fault}")
        if self.operator and self.operator not in _OPERATORS:
            yield Problem("operator", f"{shown(self.operator)} is not an operator", did_you_mean(self.operator, _OPERATORS))
        if self.effect and self.effect not in _EFFECTS:
            yield Problem("effect", f"{shown(self.effect)} is not an effect of device taints", did_you_mean(self.effect, _EFFECTS))
        if self.operator == "Exists" and self.value:
            yield Problem("value", "must be empty when the operator is Exists", "leave out the operator to match this value only")
        if not self.key and (self.operator == "Equal" or self.value):
            yield Problem("key", "is needed to compare a value", "name the taint's key, or leave out value and operator to tolerate every taint")
        if self.toleration_seconds is not None:
            if not isinstance(self.toleration_seconds, int) or isinstance(self.toleration_seconds, bool):
                yield Problem("toleration_seconds", f"must be a whole number, got {shown(self.toleration_seconds)}")
            elif not -(2**63) <= self.toleration_seconds < 2**63:
                yield Problem("toleration_seconds", f"is too large: {shown(self.toleration_seconds)}", "leave it out for ever")
            elif self.effect not in {"NoExecute", ""}:
                yield Problem("toleration_seconds", f"has no meaning with the effect {self.effect}", "use the effect NoExecute, or leave it out")


def toleration_of(value: Toleration | Mapping[str, Any]) -> Toleration | Problem:
    """A toleration from its record or from Kubernetes' own spelling."""
    if isinstance(value, Toleration):
        return value
    if not isinstance(value, Mapping):
        return Problem("", f"must be a Toleration or a mapping in Kubernetes' spelling, got {shown(value)}")
    for name in value:
        if name not in _FIELDS:
            return Problem(
                child("", str(name)) if isinstance(name, str) else "",
                f"{shown(name)} is not a field of a device toleration",
                did_you_mean(name, _FIELDS),
            )
    words: dict[str, Any] = {name: value[name] for name in _FIELDS[:4] if value.get(name) is not None}
    return Toleration(**words, toleration_seconds=value.get("tolerationSeconds"))
