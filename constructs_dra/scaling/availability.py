"""What keeps copies of a role apart from each other, in time and in space."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

from attrs import field, frozen

from constructs_dra.checks.budgets import blocking
from constructs_dra.errors import Problem, Problems
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.serving.part import PodView, RolePart, RoleView

__all__ = ["PodDisruptionBudget", "TopologySpread"]


def _check_amount(value: object, path: str, problems: Problems) -> None:
    if isinstance(value, str):
        if not value.endswith("%") or not value[:-1].isascii() or not value[:-1].isdigit():
            valid.wrong(problems, path, value, "a number of pods or a percentage", "write 1 or '25%'")
    else:
        valid.integer()["check"](value, path, problems)


@frozen(kw_only=True, eq=False, repr=False)
class PodDisruptionBudget(RolePart):
    """How many pods of a role may be taken away at once by drains of nodes and the like.

    Attributes:
        max_unavailable: Pods that may be away: a number or a percentage. Default 1.
        min_available: Pods that must stay, instead. Default: not said.
        unhealthy_pod_eviction_policy: Whether pods that are not ready may always go. Default `AlwaysAllow`, so that a pod that never starts does
            not hold up the drain of its node.
    """

    CROSS_CHECKED: ClassVar = frozenset({"max_unavailable", "min_available"})

    max_unavailable: int | str | None = field(default=None, metadata=valid.optional(valid.custom(_check_amount)))
    min_available: int | str | None = field(default=None, metadata=valid.optional(valid.custom(_check_amount)))
    unhealthy_pod_eviction_policy: Literal["AlwaysAllow", "IfHealthyBudget"] = field(
        default="AlwaysAllow", metadata=valid.choice("AlwaysAllow", "IfHealthyBudget")
    )

    def cross_check(self, problems: Problems) -> None:
        """Only one of the two is said."""
        if self.max_unavailable is not None and self.min_available is not None:
            problems.add("min_available", "cannot be given together with max_unavailable", "leave one of the two out")

    def manifests(self, role: RoleView) -> Iterator[Manifest]:
        """The budget."""
        amount = {"minAvailable": self.min_available} if self.min_available is not None else {"maxUnavailable": self._away}
        spec = {
            **amount,
            "selector": {"matchLabels": dict(role.selector)},
            "unhealthyPodEvictionPolicy": self.unhealthy_pod_eviction_policy,
        }
        yield {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": role.metadata(kind="PodDisruptionBudget"), "spec": spec}

    @property
    def _away(self) -> int | str:
        return 1 if self.max_unavailable is None else self.max_unavailable

    def problems(self, role: RoleView) -> Iterator[Problem]:
        """Some pod may go, or no node can ever be drained."""
        for budget in self.manifests(role):
            if key := blocking(budget["spec"], None if role.is_scaled else role.pod_count):
                place = "min_available" if key == "minAvailable" else "max_unavailable"
                yield Problem(place, f"no pod of {role.name} may ever be taken away", "let one go: max_unavailable=1", rule="budget-blocks")


@frozen(kw_only=True, eq=False, repr=False)
class TopologySpread(RolePart):
    """Copies of a role spread over nodes, zones or racks, so that the failure of one takes few of them.

    Attributes:
        topology_key: Label of nodes whose values are the places. Default `kubernetes.io/hostname`.
        max_skew: By how many pods places may differ. Default 1.
        when_unsatisfiable: Whether a pod without such a place waits (`DoNotSchedule`) or runs elsewhere. Default `ScheduleAnyway`.
        node_taints_policy: Whether nodes whose taints the pods do not tolerate count as places. Default `Honor`, which leaves them out.
    """

    topology_key: str = field(default="kubernetes.io/hostname", metadata=valid.label_key())
    max_skew: int = field(default=1, metadata=valid.integer(1))
    when_unsatisfiable: Literal["DoNotSchedule", "ScheduleAnyway"] = field(
        default="ScheduleAnyway", metadata=valid.choice("DoNotSchedule", "ScheduleAnyway")
    )
    node_taints_policy: Literal["Honor", "Ignore"] = field(default="Honor", metadata=valid.choice("Honor", "Ignore"))

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        """Add the constraint; pods of an earlier revision of a Deployment do not count."""
        made: dict[str, Any] = {
            "maxSkew": self.max_skew,
            "topologyKey": self.topology_key,
            "whenUnsatisfiable": self.when_unsatisfiable,
            "labelSelector": {"matchLabels": dict(role.selector)},
            "nodeTaintsPolicy": self.node_taints_policy,
        }
        if role.workload.kind == "Deployment":
            made["matchLabelKeys"] = ["pod-template-hash"]
        pod.spec.setdefault("topologySpreadConstraints", []).append(made)

    def problems(self, role: RoleView) -> Iterator[Problem]:
        """Groups of pods stay together, whatever their copies do."""
        written: Sequence[Any] = role.pod.topology_spread_constraints
        if any(each.get("topologyKey") == self.topology_key for each in written):
            shown = f"topology_spread_constraints has a constraint for {self.topology_key!r} too"
            yield Problem("topology_key", shown, "say it in one of the two places", rule="duplicate")
