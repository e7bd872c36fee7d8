"""Tolerations of device taints."""

from collections.abc import Mapping
from typing import Any, Literal

from attrs import field, frozen

from constructs_dra.claims.spoken import spoken
from constructs_dra.errors import Problem, Problems, SpecError, did_you_mean, shown
from constructs_dra.kubernetes.dra.claims import toleration_problems
from constructs_dra.kubernetes.dra.fields import EFFECTS
from constructs_dra.manifest import Manifest
from constructs_dra.paths import child
from constructs_dra.records import valid
from constructs_dra.records.kubernetes import kubernetes, kubernetes_names, write_fields
from constructs_dra.records.record import Record

__all__ = ["Toleration", "toleration_of"]


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


def toleration_of(value: Toleration | Mapping[str, Any], problems: Problems, path: str) -> Toleration | None:
    """A toleration from its record or from Kubernetes' own spelling; None where it is neither, which is noted.

    Args:
        value: What was given.
        problems: Takes what is wrong, in the spelling that was used.
        path: Its place.
    """
    if isinstance(value, Toleration):
        return value
    if not isinstance(value, Mapping):
        problems.add(path, f"must be a Toleration or a mapping in Kubernetes' spelling, not {shown(value)}")
        return None
    known = kubernetes_names(Toleration)
    unknown = [name for name in value if name not in known]
    for name in unknown:
        place = child(path, name) if isinstance(name, str) else path
        problems.add(place, f"{shown(name)} is not a field of a device toleration", did_you_mean(name, known))
    words: dict[str, Any] = {known[name]: item for name, item in value.items() if name in known and item is not None}
    try:
        made = Toleration(**words)
    except SpecError as error:
        own = {python: name for name, python in known.items()}
        problems.extend((Problem(own.get(one.path, one.path), one.message, one.hint) for one in error.problems), under=path)
        return None
    return made if not unknown else None
