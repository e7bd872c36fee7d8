"""Rules about autoscalers, queues, disruption budgets, and what Prometheus is asked."""

from typing import Final

from constructs_dra.rules.rule import Rule, stricter_rule

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    stricter_rule(
        "alert-metric",
        "alerts or a dashboard for a service that nothing scrapes",
        why="The alerts never fire and the dashboard stays empty.",
        fix="Add a PodMonitor or a ServiceMonitor to a role.",
    ),
    stricter_rule(
        "budget-blocks",
        "a disruption budget that lets no pod go",
        why="No node that runs one of the pods can be drained, and upgrades of nodes stop there.",
        fix="Let at least one pod be unavailable.",
        severity="warning",
    ),
    stricter_rule(
        "gang-alternatives",
        "pods that are placed together and whose claims have alternatives",
        why="The scheduler gives each pod its devices in turn and does not choose anew, so it may find no place where there is one "
        "(kubernetes/kubernetes#138765).",
        fix="Ask for one kind of device.",
        severity="warning",
    ),
    stricter_rule(
        "gang-blocked",
        "a group of pods that can never be placed together",
        why="All of its pods stay pending.",
        fix="Let minCount be what the workloads make, name one scheduler, and start workers without waiting for their leader.",
    ),
    stricter_rule(
        "gang-claims",
        "a claim of a PodGroup that its pods do not name in the same way",
        why="Pods share the group's claim only under the same name from the same source; otherwise each pod has one of its own, or none.",
        fix="Give both the same name and the same source.",
    ),
    stricter_rule(
        "query-names",
        "a query of an autoscaler or alert for a name that nothing here has",
        why="It finds nothing, silently: the autoscaler does not scale and the alert does not fire.",
        fix="Correct the name in the query.",
        severity="warning",
    ),
    stricter_rule(
        "query-throughput",
        "an autoscaler that takes servers to be faster or slower than their picker does",
        why="It adds copies while the picker finds room, or none while requests wait.",
        fix="Divide by the picker's peakPrefillThroughput.",
        severity="warning",
    ),
    stricter_rule(
        "queue-claim",
        "a workload in a queue of Kueue with a claim that Kueue cannot count",
        why="Kueue refuses the workload: claims for all devices, with admin access, or for a class that its configuration maps to no resource.",
        fix="Ask for a number of devices, and map their class in Kueue's configuration (deviceClassMappings).",
    ),
    stricter_rule(
        "queue-first-available",
        "a workload in a queue of Kueue whose claim has alternatives",
        why="Kueue refuses the workload: it cannot tell what it will take.",
        fix="Ask for one kind of device, or leave the queue out.",
    ),
    stricter_rule(
        "queue-namespace",
        "a queue of Kueue that no namespace may use",
        why="Without a namespaceSelector a ClusterQueue admits nothing.",
        fix="Write {} for all namespaces.",
    ),
    stricter_rule(
        "queue-quota",
        "a workload in a queue of Kueue that asks for what the queue has no quota of, or for more than its quota",
        why="Kueue never admits it.",
        fix="Add the resource to the ClusterQueue, raise its quota, or use another queue.",
    ),
    stricter_rule(
        "scaler-from-zero",
        "an autoscaler that may scale to zero and uses only metrics of running replicas",
        why="Without replicas there is no metric, so it never scales up again.",
        fix="Keep one replica, or add a trigger that the endpoint picker reports.",
    ),
    stricter_rule(
        "scaler-metric",
        "an autoscaler that uses a metric nothing reports",
        why="The number of replicas stays as it is, whatever the load.",
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
        "a workload that an autoscaler owns and that sets its replicas nevertheless",
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
        "scraped-twice",
        "pods that two monitors scrape at the same port",
        why="Every sum over them is twice what it should be.",
        fix="Keep one of the two.",
    ),
    stricter_rule(
        "scaler-twice",
        "two autoscalers for one workload",
        why="Each sets another number of replicas, over and over.",
        fix="Keep one; a ScaledObject takes several triggers.",
    ),
)
