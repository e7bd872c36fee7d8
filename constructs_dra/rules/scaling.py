"""Rules about autoscalers and disruption budgets."""

from typing import Final

from constructs_dra.rules.rule import Rule, stricter_rule

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    stricter_rule(
        "budget-blocks",
        "a disruption budget that lets no pod go",
        why="No node that runs one of the pods can be drained, and upgrades of nodes stop there.",
        fix="Let at least one pod be unavailable.",
        severity="warning",
    ),
    stricter_rule(
        "query-names",
        "a query of an autoscaler or alert for a name that nothing here has",
        why="It finds nothing, silently: the autoscaler does not scale and the alert does not fire.",
        fix="Correct the name in the query.",
        severity="warning",
    ),
    stricter_rule(
        "scaler-from-zero",
        "an autoscaler that may go to no copies and looks only at what running copies report",
        why="Without copies there is no number, so the first one never comes back.",
        fix="Keep one copy, or add a trigger that the endpoint picker reports.",
    ),
    stricter_rule(
        "scaler-metric",
        "an autoscaler that looks at a number that nothing reports",
        why="The number of copies stays as it is, whatever the load.",
        fix="Add the monitor, or the picker, that reports it.",
    ),
    stricter_rule(
        "scaler-namespace",
        "an autoscaler whose query is not held to one namespace",
        why="The load of services of the same name elsewhere is counted too.",
        fix="Name the namespace.",
        severity="warning",
    ),
    stricter_rule(
        "scaler-replicas",
        "a workload that an autoscaler owns and that states its replicas nevertheless",
        why="Every apply sets the number back, and the autoscaler sets it again.",
        fix="Leave replicas out of the workload.",
        severity="warning",
    ),
    stricter_rule(
        "scaler-target",
        "an autoscaler for a kind of object that cannot be scaled",
        why="It finds no scale of the object and does nothing.",
        fix="Name the workload: a Deployment, a StatefulSet, a LeaderWorkerSet, or the role scaler of a DisaggregatedSet.",
    ),
    stricter_rule(
        "scaler-twice",
        "two autoscalers for one workload",
        why="They set the number of copies against each other.",
        fix="Keep one; a ScaledObject takes several triggers.",
    ),
)
