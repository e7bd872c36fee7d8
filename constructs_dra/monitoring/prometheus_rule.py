"""First alerts for a model service."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.errors import Problem, Problems
from constructs_dra.manifest import Manifest
from constructs_dra.monitoring.series import is_scraped, selected, server_labels
from constructs_dra.records import valid
from constructs_dra.records.record import Fragment
from constructs_dra.records.values import copied
from constructs_dra.serving import fragments
from constructs_dra.serving.part import Part, RoleView, ServiceView

__all__ = ["PrometheusRule"]

_API: Final = ("monitoring.coreos.com/v1", "PrometheusRule")


def _check_share(value: object, path: str, problems: Problems) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        valid.wrong(problems, path, value, "a number")
    elif not 0 < value <= 1:
        problems.add(path, f"must be more than 0 and at most 1, not {value}")


@frozen(kw_only=True, eq=False, repr=False)
class PrometheusRule(Part):
    """A PrometheusRule of the Prometheus operator: alerts on the model servers of each role that is scraped.

    `None` turns an alert off.

    Attributes:
        down: No server of a role is up for this time. Default `10m`.
        waiting_requests: More requests wait per server than this, for ten minutes. Default 10.
        cache_usage: A larger share of the memory for keys and values is used than this, for fifteen minutes. Default 0.95.
        first_token_seconds: One request in twenty waits longer than this for its first token, for ten minutes. Default 10.
        severity: Label `severity` of the alerts. Default `warning`.
        rules: Further rules, in the operator's spelling. Default: none.
        labels: Labels of the PrometheusRule, by which a Prometheus picks it up. Default: none beside the usual.
    """

    down: str | None = field(default="10m", metadata=valid.optional(valid.text()))
    waiting_requests: int | None = field(default=10, metadata=valid.optional(valid.integer(1)))
    cache_usage: float | None = field(default=0.95, metadata=valid.optional(valid.custom(_check_share)))
    first_token_seconds: int | None = field(default=10, metadata=valid.optional(valid.integer(1)))
    severity: str = field(default="warning", metadata=valid.text())
    rules: Sequence[Fragment] = field(
        default=(), metadata=fragments.part(*_API, "spec.groups[0].rules", lambda value: {"groups": [{"name": "x", "rules": value}]})
    )
    labels: Mapping[str, str] = field(factory=dict, metadata=valid.labels())

    def manifests(self, service: ServiceView) -> Iterator[Manifest]:
        """The rules, a group for each role."""
        groups = [
            {"name": role.metadata()["name"], "rules": rules}
            for index, role in enumerate(service.roles.values())
            if is_scraped(role) and (rules := list(self._alerts(role, answers=index == 0)))
        ]
        if self.rules:
            groups.append({"name": service.name, "rules": copied(self.rules)})
        metadata = service.metadata(kind="PrometheusRule", labels=self.labels)
        yield {"apiVersion": _API[0], "kind": _API[1], "metadata": metadata, "spec": {"groups": groups}}

    def _alerts(self, role: RoleView, *, answers: bool) -> Iterator[dict[str, Any]]:
        labels, whom = server_labels(role), f"{role.name} of {role.service.name}"
        if self.down is not None:
            expr = f"absent({selected('up', labels)} == 1)"
            yield self._alert("ModelServersDown", expr, self.down, f"No model server of {whom} is up.", labels)
        if self.waiting_requests is not None:
            expr = f"avg({selected('vllm:num_requests_waiting', labels)}) > {self.waiting_requests}"
            text = f"More than {self.waiting_requests} requests wait at each model server of {whom}."
            yield self._alert("ModelServersBusy", expr, "10m", text, labels)
        if self.cache_usage is not None:
            expr = f"avg({selected('vllm:kv_cache_usage_perc', labels)}) > {self.cache_usage}"
            text = f"The memory for keys and values is full in the model servers of {whom}; requests are set aside and computed again."
            yield self._alert("KvCacheFull", expr, "15m", text, labels)
        if self.first_token_seconds is not None and answers:
            series = selected("vllm:time_to_first_token_seconds_bucket", labels)
            expr = f"histogram_quantile(0.95, sum by (le) (rate({series}[5m]))) > {self.first_token_seconds}"
            text = f"One request in twenty waits more than {self.first_token_seconds} s for its first token from {role.service.name}."
            yield self._alert("FirstTokenSlow", expr, "10m", text, labels)

    def _alert(self, name: str, expr: str, wait: str, text: str, labels: Mapping[str, str]) -> dict[str, Any]:
        kept = {key: value for key, value in labels.items() if key == "namespace"}
        return {"alert": name, "expr": expr, "for": wait, "labels": {"severity": self.severity, **kept}, "annotations": {"summary": text}}

    def problems(self, service: ServiceView) -> Iterator[Problem]:
        """Somebody scrapes the servers."""
        if not self.rules and not any(is_scraped(role) for role in service.roles.values()):
            yield Problem("", "nothing scrapes the model servers", "add monitoring=PodMonitor() to a role", rule="alert-metric")
