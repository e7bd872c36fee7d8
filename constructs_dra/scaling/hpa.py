"""A HorizontalPodAutoscaler for a role."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from attrs import field, frozen

from constructs_dra.errors import Problem, Problems
from constructs_dra.lexical.names import label_value_problem
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.record import Fragment
from constructs_dra.records.values import copied
from constructs_dra.scaling.target import scale_target, scaler_problems
from constructs_dra.scaling.triggers import Trigger, number
from constructs_dra.serving import fragments
from constructs_dra.serving.part import RolePart, RoleView

__all__ = ["HorizontalPodAutoscaler"]


def _check_metrics(value: object, path: str, problems: Problems) -> None:
    for place, item in valid.items_of(value, path, problems, "triggers, or metrics in Kubernetes' spelling"):
        if not isinstance(item, Trigger):
            fragments.check_fragment(item, "MetricSpec", place, problems)
        elif not item.METRIC:
            shown = f"{type(item).__name__} needs a query, and a HorizontalPodAutoscaler looks series up by their labels"
            problems.add(place, shown, "use a ScaledObject, or another trigger")


@frozen(kw_only=True, eq=False, repr=False)
class HorizontalPodAutoscaler(RolePart):
    """A HorizontalPodAutoscaler (autoscaling/v2) that owns the number of copies of a role.

    `replicas` is left out of the workload, whose number would otherwise be set back by every `kubectl apply`. Processors and memory say little about
    a model server; what does comes from Prometheus through a metric adapter of the cluster.

    Attributes:
        max_replicas: Most copies.
        min_replicas: Fewest copies. Default 1.
        metrics: What it looks at: triggers, which become metrics of the pods or external ones (a `:` in their names becomes `_`, as adapters have
            it), or metrics in Kubernetes' spelling.
        behavior: How fast it goes up and down, in Kubernetes' spelling. Default: Kubernetes' own.
        labels: Further labels. Default: none.
        annotations: Annotations. Default: those the triggers need.
    """

    SCALES: ClassVar = True
    CROSS_CHECKED: ClassVar = frozenset({"max_replicas", "min_replicas", "metrics"})

    max_replicas: int = field(metadata=valid.integer(1))
    min_replicas: int = field(default=1, metadata=valid.integer(1))
    metrics: Sequence[Trigger | Fragment] = field(metadata=valid.custom(_check_metrics))
    behavior: Fragment | None = field(default=None, metadata=fragments.fragment("HorizontalPodAutoscalerBehavior"))
    labels: Mapping[str, str] = field(factory=dict, metadata=valid.labels())
    annotations: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))

    def cross_check(self, problems: Problems) -> None:
        """There is something to look at, and the numbers fit each other."""
        if not self.metrics:
            problems.add("metrics", "must hold at least one metric", "start with QueuedRequests() or WaitingRequests()")
        if self.min_replicas > self.max_replicas:
            problems.add("min_replicas", f"must not be more than max_replicas, {self.max_replicas}")

    @property
    def _triggers(self) -> list[tuple[str, Trigger]]:
        return [(f"metrics[{index}]", metric) for index, metric in enumerate(self.metrics) if isinstance(metric, Trigger)]

    def manifests(self, role: RoleView) -> Iterator[Manifest]:
        """The autoscaler."""
        metrics = [_metric(role, metric) if isinstance(metric, Trigger) else copied(metric) for metric in self.metrics]
        spec: Manifest = {
            "scaleTargetRef": scale_target(role),
            "minReplicas": self.min_replicas,
            "maxReplicas": self.max_replicas,
            "metrics": metrics,
        }
        if self.behavior is not None:
            spec["behavior"] = copied(self.behavior)
        needed = {key: value for _, trigger in self._triggers for key, value in trigger.annotations(role).items()}
        metadata = role.metadata(kind="HorizontalPodAutoscaler", labels=self.labels, annotations={**needed, **self.annotations})
        yield {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata, "spec": spec}

    def problems(self, role: RoleView) -> Iterator[Problem]:
        """The service has what the triggers ask for."""
        yield from scaler_problems(role, self._triggers, by_pod=True)


def _metric(role: RoleView, trigger: Trigger) -> dict[str, Any]:
    """What pods report themselves is a metric of theirs; the rest is external, by those labels whose values label selectors can hold."""
    name, target = trigger.METRIC.replace(":", "_"), {"type": "AverageValue", "averageValue": _quantity(trigger.threshold)}
    if trigger.PER_POD:
        return {"type": "Pods", "pods": {"metric": {"name": name}, "target": target}}
    labels = {key: value for key, value in trigger.labels(role).items() if not label_value_problem(value)}
    return {"type": "External", "external": {"metric": {"name": name, "selector": {"matchLabels": labels}}, "target": target}}


def _quantity(value: float) -> str:
    return number(value) if value == int(value) else f"{round(value * 1000)}m"
