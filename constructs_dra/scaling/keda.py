"""KEDA: a ScaledObject for a role, and how it logs in to Prometheus."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from attrs import field, frozen

from constructs_dra.errors import Problem, Problems, shown
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.record import Fragment, Record
from constructs_dra.records.values import copied
from constructs_dra.scaling.names import scaler_name
from constructs_dra.scaling.target import scale_target, scaler_problems
from constructs_dra.scaling.triggers import Trigger, number
from constructs_dra.serving import fragments
from constructs_dra.serving.part import RolePart, RoleView

__all__ = ["Prometheus", "ScaledObject"]

_API: Final = ("keda.sh/v1alpha1", "ScaledObject")
_MINIMAL: Final[dict[str, Any]] = {"scaleTargetRef": {"name": "x"}, "triggers": [{"type": "prometheus", "metadata": {}}]}


@frozen(eq=False, repr=False)
class Prometheus(Record):
    """The Prometheus that an autoscaler asks, and how it logs in.

    Attributes:
        server_address: Its URL as it is reached from KEDA, `https://prometheus.monitoring.svc:9090`.
        secret: Secret in the namespace of the service that holds the token and the certificate. Default: no login.
        token_key: Key of the secret that holds a bearer token; `None` for no token. Default `token`.
        ca_key: Key of the secret that holds the certificate of the authority that signed the server's; `None` for one that KEDA knows.
            Default `ca.crt`.
    """

    CROSS_CHECKED: ClassVar = frozenset({"server_address"})

    server_address: str = field(metadata=valid.text())
    secret: str | None = field(default=None, kw_only=True, metadata=valid.dns_subdomain())
    token_key: str | None = field(default="token", kw_only=True, metadata=valid.optional(valid.text()))
    ca_key: str | None = field(default="ca.crt", kw_only=True, metadata=valid.optional(valid.text()))

    def cross_check(self, problems: Problems) -> None:
        """The address is a URL without a password in it."""
        scheme, mark, rest = self.server_address.partition("://")
        if not mark or scheme not in {"http", "https"} or not rest:
            problems.add("server_address", f"{shown(self.server_address)} is not a URL", "write https://host:9090")
        elif "@" in rest.partition("/")[0]:
            problems.add("server_address", "must not hold a name or password", "put the token into a Secret and name that: secret=…")

    def parameters(self) -> list[Manifest]:
        """What a TriggerAuthentication takes from the secret."""
        keys = (("bearerToken", self.token_key), ("ca", self.ca_key)) if self.secret is not None else ()
        return [{"parameter": parameter, "name": self.secret, "key": key} for parameter, key in keys if key is not None]


@frozen(kw_only=True, eq=False, repr=False)
class ScaledObject(RolePart):
    """A KEDA ScaledObject that owns the number of copies of a role, with the TriggerAuthentication it needs.

    `replicas` is left out of the workload, whose number would otherwise be set back by every `kubectl apply`.

    Attributes:
        max_replica_count: Most copies.
        min_replica_count: Fewest copies; 0 only with a trigger that has a value while there are no pods. Default 1.
        triggers: What it looks at; the largest number of copies that any of them asks for is taken.
        prometheus: The Prometheus it asks.
        polling_interval: Seconds between two looks. Default 15.
        cooldown_period: Seconds without work before the last copy goes. Default 300.
        behavior: How fast it goes up and down, in the spelling of HorizontalPodAutoscaler. Default: Kubernetes' own.
        fallback: How many copies there are while Prometheus does not answer, in KEDA's spelling. Default: as many as there are.
        labels: Further labels. Default: none.
        annotations: Annotations. Default: those the triggers need.
    """

    SCALES: ClassVar = True
    CROSS_CHECKED: ClassVar = frozenset({"max_replica_count", "min_replica_count", "triggers"})

    max_replica_count: int = field(metadata=valid.integer(1))
    min_replica_count: int = field(default=1, metadata=valid.integer())
    triggers: Sequence[Trigger] = field(metadata=valid.instances(Trigger))
    prometheus: Prometheus = field(metadata=valid.instance(Prometheus))
    polling_interval: int = field(default=15, metadata=valid.integer(1))
    cooldown_period: int = field(default=300, metadata=valid.integer())
    behavior: Fragment | None = field(default=None, metadata=fragments.fragment("HorizontalPodAutoscalerBehavior"))
    fallback: Fragment | None = field(default=None, metadata=fragments.part(*_API, "spec.fallback", lambda value: {**_MINIMAL, "fallback": value}))
    labels: Mapping[str, str] = field(factory=dict, metadata=valid.labels())
    annotations: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))

    def cross_check(self, problems: Problems) -> None:
        """There is something to look at, under names of its own, and the numbers fit each other."""
        if not self.triggers:
            problems.add("triggers", "must hold at least one trigger", "start with QueuedRequests() or WaitingRequests()")
        if self.min_replica_count > self.max_replica_count:
            problems.add("min_replica_count", f"must not be more than max_replica_count, {self.max_replica_count}")
        names = [_name(trigger) for trigger in self.triggers]
        for index, name in enumerate(names):
            if name in names[:index]:
                problems.add(f"triggers[{index}]", f"has the name of another trigger, {name!r}", "give a PromQuery a name, or leave one out")
        if self.min_replica_count == 0 and self.triggers and not any(_from_zero(trigger) for trigger in self.triggers):
            problems.add(
                "min_replica_count",
                "must be at least 1: no trigger has a value while there are no pods",
                "add QueuedRequests(), which the picker reports",
                rule="scaler-from-zero",
            )

    def manifests(self, role: RoleView) -> Iterator[Manifest]:
        """The ScaledObject, and the TriggerAuthentication where a secret is needed."""
        login = self.prometheus.parameters()
        spec: Manifest = {
            "scaleTargetRef": scale_target(role),
            "minReplicaCount": self.min_replica_count,
            "maxReplicaCount": self.max_replica_count,
            "pollingInterval": self.polling_interval,
            "cooldownPeriod": self.cooldown_period,
        }
        if self.fallback is not None:
            spec["fallback"] = copied(self.fallback)
        if self.behavior is not None:
            spec["advanced"] = {"horizontalPodAutoscalerConfig": {"behavior": copied(self.behavior)}}
        spec["triggers"] = [self._trigger(role, trigger, scaler_name(role) if login else None) for trigger in self.triggers]
        needed = {key: value for trigger in self.triggers for key, value in trigger.annotations(role).items()}
        metadata = role.metadata(kind="ScaledObject", labels=self.labels, annotations={**needed, **self.annotations})
        yield {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": metadata, "spec": spec}
        if login:
            metadata = role.metadata(kind="TriggerAuthentication", labels=self.labels)
            yield {"apiVersion": "keda.sh/v1alpha1", "kind": "TriggerAuthentication", "metadata": metadata, "spec": {"secretTargetRef": login}}

    def _trigger(self, role: RoleView, trigger: Trigger, login: str | None) -> Manifest:
        asked = {"serverAddress": self.prometheus.server_address, "query": trigger.query(role), "threshold": number(trigger.threshold)}
        made: Manifest = {"type": "prometheus", "name": _name(trigger), "metricType": "AverageValue", "metadata": asked}
        return {**made, "authenticationRef": {"name": login}} if login is not None else made

    def problems(self, role: RoleView) -> Iterator[Problem]:
        """The service has what the triggers ask for."""
        yield from scaler_problems(role, [(f"triggers[{index}]", trigger) for index, trigger in enumerate(self.triggers)])


def _name(trigger: Trigger) -> str:
    return trigger.NAME or str(getattr(trigger, "name", ""))


def _from_zero(trigger: Trigger) -> bool:
    return bool(getattr(trigger, "from_zero", trigger.FROM_ZERO))
