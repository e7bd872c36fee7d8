"""What an autoscaler looks at: numbers in Prometheus, asked for by the service's own names."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from attrs import field, frozen

from constructs_dra.errors import Problem, Problems
from constructs_dra.monitoring.series import is_picker_scraped, is_scraped, picker_labels, pool_labels, selected, server_labels
from constructs_dra.picker.throughput import peak_throughput
from constructs_dra.records import valid
from constructs_dra.records.record import Record
from constructs_dra.routing.router import Routing
from constructs_dra.scaling.names import scaler_name
from constructs_dra.serving.part import RoleView

__all__ = [
    "DesiredReplicas",
    "InflightTokens",
    "PoolSaturation",
    "PromQuery",
    "QueuedRequests",
    "RunningRequests",
    "Trigger",
    "WaitingRequests",
    "number",
]


def _check_number(value: object, path: str, problems: Problems) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        valid.wrong(problems, path, value, "a number")
    elif not 0 < value < 10**12:
        problems.add(path, f"must be more than 0, not {value}")


def _check_query(value: object, path: str, problems: Problems) -> None:
    if not callable(value):
        valid.text()["check"](value, path, problems)


_NUMBER: Final = valid.custom(_check_number)


def number(value: float) -> str:
    """A number as autoscalers write it."""
    return str(int(value)) if value == int(value) else repr(value)


@frozen(kw_only=True, eq=False, repr=False)
class Trigger(Record):
    """A number that an autoscaler holds near a threshold per copy; the base of such records.

    Attributes:
        threshold: What each copy can take; the number in Prometheus divided by this is how many copies there are to be.
    """

    NAME: ClassVar[str] = ""
    """Its name among the triggers of one scaler."""
    FROM_ZERO: ClassVar[bool] = True
    """Whether the number exists while there are no pods."""
    PER_POD: ClassVar[bool] = False
    """Whether each pod of the role reports it of itself."""
    METRIC: ClassVar[str] = ""
    """The series, where a metric adapter can look it up by labels alone."""

    threshold: float = field(default=1, metadata=_NUMBER)

    def labels(self, role: RoleView) -> Mapping[str, str]:  # noqa: ARG002 - none by default
        """Labels of the series."""
        return {}

    def query(self, role: RoleView) -> str:
        """What Prometheus is asked."""
        return f"sum({selected(self.METRIC, self.labels(role))})"

    def annotations(self, role: RoleView) -> Mapping[str, str]:  # noqa: ARG002 - none by default
        """Annotations that the scaler needs for it."""
        return {}

    def problems(self, role: RoleView) -> Iterator[Problem]:
        """What the service lacks for it."""
        if self.METRIC.startswith("llm_d_epp_") and not is_picker_scraped(role.service):
            yield Problem("", "nothing scrapes the endpoint picker", "write Routing(monitor=PickerMonitor())", rule="scaler-metric")


@frozen(kw_only=True, eq=False, repr=False)
class QueuedRequests(Trigger):
    """Requests that wait in the endpoint picker's flow control.

    Attributes:
        threshold: Requests per copy. Default 1.
    """

    NAME = "queued-requests"
    METRIC = "llm_d_epp_flow_control_queue_size"

    def labels(self, role: RoleView) -> Mapping[str, str]:
        """The picker's."""
        return picker_labels(role.service)


@frozen(kw_only=True, eq=False, repr=False)
class RunningRequests(Trigger):
    """Requests that the endpoint picker has sent on and that are not answered yet.

    Attributes:
        threshold: Requests per copy. Default 16.
    """

    NAME = "running-requests"
    METRIC = "llm_d_epp_request_running"
    threshold: float = field(default=16, metadata=_NUMBER)

    def labels(self, role: RoleView) -> Mapping[str, str]:
        """The picker's."""
        return picker_labels(role.service)


@frozen(kw_only=True, eq=False, repr=False)
class PoolSaturation(Trigger):
    """How full the endpoint picker finds its pool: 1 is full.

    Attributes:
        threshold: Share that is aimed at. Default 0.7.
    """

    NAME = "pool-saturation"
    METRIC = "llm_d_epp_flow_control_pool_saturation"
    FROM_ZERO = False
    threshold: float = field(default=0.7, metadata=_NUMBER)

    def labels(self, role: RoleView) -> Mapping[str, str]:
        """The pool's."""
        return pool_labels(role.service)

    def query(self, role: RoleView) -> str:
        """Each replica of the picker reports it."""
        return f"max({selected(self.METRIC, self.labels(role))})"


@frozen(kw_only=True, eq=False, repr=False)
class InflightTokens(Trigger):
    """Seconds of work in the tokens that are under way to the pods of the role, as the picker's `inflight-load-producer` counts them.

    Attributes:
        throughput: Tokens that one copy works off in a second. Default: `peakPrefillThroughput` of the service's picker, whose filter goes by it
            too; needed where its configuration says none.
        threshold: Seconds of work per copy. Default 1.5.
        producer: Name of the picker's plugin. Default `inflight-load-producer`.
    """

    NAME = "inflight-tokens"
    threshold: float = field(default=1.5, metadata=_NUMBER)
    throughput: float | None = field(default=None, metadata=valid.optional(_NUMBER))
    producer: str = field(default="inflight-load-producer", metadata=valid.text())

    def query(self, role: RoleView) -> str:
        """Without tokens under way there is no series, and nothing to do."""
        name = role.workload.name.replace(".", "\\.")
        pods = f"{name}-.*{role.name}.*" if role.workload.kind == "DisaggregatedSet" else f"{name}-.*"
        namespace = {"namespace": role.service.namespace} if role.service.namespace else {}
        series = selected("llm_d_epp_inflight_tokens", {**namespace, "producer_name": self.producer, "endpoint_name~": pods})
        return f"(sum({series}) / {number(self.throughput or self._peak(role) or 1)}) or vector(0)"

    @staticmethod
    def _peak(role: RoleView) -> float | None:
        routing = role.service.part(Routing)
        return peak_throughput(routing.picker.config_text) if routing is not None else None

    def problems(self, role: RoleView) -> Iterator[Problem]:
        """Picker and autoscaler go by one number."""
        yield from super().problems(role)
        peak = self._peak(role)
        if self.throughput is None and peak is None:
            yield Problem("throughput", "is missing, and the configuration of no picker here says it", "write throughput=…, in tokens a second")
        elif self.throughput is not None and peak is not None and self.throughput != peak:
            message = f"{number(self.throughput)} is not the picker's peakPrefillThroughput, {number(peak)}"
            yield Problem("throughput", message, "leave it out, or change the picker's", rule="query-throughput")


@frozen(kw_only=True, eq=False, repr=False)
class WaitingRequests(Trigger):
    """Requests that wait in the model servers of the role (vLLM's `vllm:num_requests_waiting`); needs the role's monitor.

    Attributes:
        threshold: Requests per copy. Default 5.
    """

    NAME = "waiting-requests"
    METRIC = "vllm:num_requests_waiting"
    PER_POD = True
    FROM_ZERO = False
    threshold: float = field(default=5, metadata=_NUMBER)

    def labels(self, role: RoleView) -> Mapping[str, str]:
        """Those of the role's monitor."""
        return server_labels(role)

    def problems(self, role: RoleView) -> Iterator[Problem]:
        """Somebody scrapes the servers."""
        if not is_scraped(role):
            yield Problem("", f"nothing scrapes the model servers of {role.name}", "add monitoring=PodMonitor() to the role", rule="scaler-metric")


@frozen(kw_only=True, eq=False, repr=False)
class DesiredReplicas(Trigger):
    """The number of copies that llm-d's workload-variant-autoscaler wants.

    Attributes:
        cost: What one copy costs, compared with other variants of the model. Default: the autoscaler's own.
    """

    NAME = "desired-replicas"
    METRIC = "wva_desired_replicas"
    cost: float | None = field(default=None, metadata=valid.optional(_NUMBER))

    def labels(self, role: RoleView) -> Mapping[str, str]:
        """The scaler's name, which is the workload's."""
        named = {"variant_name": scaler_name(role)}
        return {**named, "namespace": role.service.namespace} if role.service.namespace else named

    def query(self, role: RoleView) -> str:
        """There is one series."""
        return selected(self.METRIC, self.labels(role))

    def annotations(self, role: RoleView) -> Mapping[str, str]:
        """By these the variant autoscaler knows which scaler is its own."""
        made = {"llm-d.ai/managed": "true", "llm-d.ai/model-id": role.service.model.served_name}
        return made if self.cost is None else {**made, "llm-d.ai/variant-cost": repr(float(self.cost))}


@frozen(kw_only=True, eq=False, repr=False)
class PromQuery(Trigger):
    """A query of one's own.

    Attributes:
        promql: The query, or a function that makes it from the role, whose names it then cannot miss.
        name: Name of the trigger. Default `query`.
        from_zero: Whether it has a value while there are no pods. Default no.
        threshold: What each copy can take.
    """

    promql: Any = field(metadata=valid.custom(_check_query))
    name: str = field(default="query", metadata=valid.dns_label())
    from_zero: bool = field(default=False, metadata=valid.boolean())

    def query(self, role: RoleView) -> str:
        """As written."""
        return str(self.promql(role) if callable(self.promql) else self.promql)
