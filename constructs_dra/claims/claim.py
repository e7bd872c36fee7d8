"""Claims: what a pod asks of Dynamic Resource Allocation, as specs that become manifests."""

from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from attrs import frozen

from constructs_dra.claims.check import claim_problems
from constructs_dra.claims.constraints import AttributeName, Constraint, MatchAttribute
from constructs_dra.claims.request import FirstAvailable, Request, as_tuple
from constructs_dra.drivers.config import OpaqueConfig
from constructs_dra.drivers.fields import Boolean, Integer, String, Version
from constructs_dra.errors import Problem, Problems, SpecError, did_you_mean, shown
from constructs_dra.manifest import Manifest
from constructs_dra.suppression import ACCEPT_ANNOTATION

__all__ = ["ACCEPT_ANNOTATION", "ADMIN_ACCESS_LABEL", "Claim"]

ADMIN_ACCESS_LABEL = {"resource.kubernetes.io/admin-access": "true"}
"""Label a namespace must have for claims with admin access in it."""


@frozen(init=False)
class Claim:
    """Devices that belong together: one or several requests, given to a pod as a whole or not at all.

    By default each pod gets devices of its own, through a ResourceClaimTemplate; a shared claim is a ResourceClaim, and the pods that use it see
    the same devices. Making a claim checks all of it and raises one `SpecError` with everything that is wrong.

    Attributes:
        name: Name of the claim in the pods that use it; also the object's name unless `manifest` is told another.
        requests: What is asked for.
        constraints: What the devices must have in common, or must not.
        config: Configuration for all requests of a driver; what is for one request stands there.
        shared: Whether the pods share the devices. Default no: each pod gets its own.
        labels: Labels of the object.
        annotations: Annotations of the object.
        accept: Rules of this library that do not hold here: name of the rule to the reason, which becomes an annotation.
    """

    name: str
    requests: tuple[Request | FirstAvailable, ...]
    constraints: tuple[Constraint, ...]
    config: tuple[OpaqueConfig, ...]
    shared: bool
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    accept: Mapping[str, str]

    def __init__(
        self,
        name: str,
        *requests: Request | FirstAvailable,
        aligned_on: AttributeName | Iterable[AttributeName] = (),
        constraints: Constraint | Iterable[Constraint] = (),
        config: OpaqueConfig | Iterable[OpaqueConfig] = (),
        shared: bool = False,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        accept: Mapping[str, str] | None = None,
    ) -> None:
        """Describe a claim and check it.

        Args:
            name: Name of the claim in the pods that use it.
            requests: What is asked for, each under a name of its own.
            aligned_on: Attributes in which all devices of the claim must agree, e.g. `PCIE_ROOT`: short for a `MatchAttribute` over all requests.
            constraints: Further constraints.
            config: Configuration for all requests of a driver.
            shared: Whether the pods share the devices. Default no.
            labels: Labels of the object.
            annotations: Annotations of the object.
            accept: Rules of this library that do not hold here, each with the reason.

        Raises:
            SpecError: With everything that is wrong.
        """
        values: dict[str, Any] = {
            "name": name,
            "requests": tuple(requests),
            "constraints": (*map(MatchAttribute, _attributes(aligned_on)), *as_tuple(constraints)),
            "config": as_tuple(config),
            "shared": shared,
            "labels": _copied(labels),
            "annotations": _copied(annotations),
            "accept": _copied(accept),
        }
        for field, value in values.items():
            object.__setattr__(self, field, value)
        found = Problems()
        found.extend(self.check())
        found.raise_errors(f"Claim {shown(name)}")

    def __getitem__(self, request: str) -> str:
        """One request of the claim, `claim/request`, for a container that takes only that: `Container(claims=[claim["nic"]])`."""
        names = [entry.name for entry in self.requests]
        if request not in names:
            raise KeyError(f"claim {shown(self.name)} has no request {shown(request)}; {did_you_mean(request, names)}")
        return f"{self.name}/{request}"

    def check(self) -> list[Problem]:
        """Everything there is to say about it; on a claim that exists these are warnings."""
        return claim_problems(self)

    def pod_claim(self, object_name: str | None = None) -> Manifest:
        """The entry of a pod's `resourceClaims`; `object_name` is the name `manifest` was told."""
        source = "resourceClaimName" if self.shared else "resourceClaimTemplateName"
        return {"name": self.name, source: object_name or self.name}

    @property
    def namespace_labels(self) -> dict[str, str]:
        """Labels that the claim's namespace must have for it to be accepted."""
        return dict(ADMIN_ACCESS_LABEL) if any(isinstance(entry, Request) and entry.admin_access for entry in self.requests) else {}

    @property
    def accepted(self) -> dict[str, str]:
        """Every rule that does not hold here with its reason, those of its requests included."""
        reasons = [request.count_reason for request in _requests(self.requests) if request.count_reason]
        return {**({"count-parallelism": "; ".join(dict.fromkeys(reasons))} if reasons else {}), **self.accept}

    def device_counts(self, devices_per_pod: int | None = None) -> tuple[int, ...] | None:
        """How many computing devices the claim gives: one number, or several where alternatives differ.

        Args:
            devices_per_pod: What the parallelism of the role needs; requests without a count follow it.

        Returns:
            The possible numbers in order. None when it depends on the node (allocation mode `All`).
        """
        follower = self._following(devices_per_pod)
        options: list[set[int]] = []
        for entry in self.requests:
            requests = entry.alternatives if isinstance(entry, FirstAvailable) else (entry,)
            if any(request.computes and request.takes_all for request in requests):
                return None
            options.append({(follower if request.count is None else request.count) if request.computes else 0 for request in requests})
        return tuple(sorted({sum(choice) for choice in product(*options)}))

    def device_count(self, devices_per_pod: int | None = None) -> int | None:
        """How many computing devices the claim gives; None when that depends on the node or on which alternative is taken."""
        counts = self.device_counts(devices_per_pod)
        return counts[0] if counts is not None and len(counts) == 1 else None

    @property
    def computes(self) -> bool:
        """Whether any of its devices computes; a claim for NICs alone has no part in the parallelism."""
        return any(entry.computes for entry in self.requests)

    def manifest(
        self,
        *,
        name: str | None = None,
        namespace: str | None = None,
        devices_per_pod: int | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Manifest:
        """The ResourceClaimTemplate, or for a shared claim the ResourceClaim.

        Args:
            name: Name of the object; default the claim's own.
            namespace: Its namespace; default none, so that it goes where it is applied.
            devices_per_pod: What the parallelism of the role needs; requests without a count follow it. Default one device.
            labels: Labels besides the claim's own.

        Raises:
            SpecError: Two requests follow the parallelism, so that it does not say the count of either.
        """
        metadata: Manifest = {"name": name or self.name}
        if namespace:
            metadata["namespace"] = namespace
        if all_labels := {**(labels or {}), **self.labels}:
            metadata["labels"] = all_labels
        reasons = {f"{ACCEPT_ANNOTATION}{rule}": reason for rule, reason in self.accepted.items()}
        if annotations := {**self.annotations, **reasons}:
            metadata["annotations"] = annotations
        devices = self.devices(devices_per_pod=devices_per_pod)
        kind = "ResourceClaim" if self.shared else "ResourceClaimTemplate"
        spec: Manifest = {"devices": devices} if self.shared else {"spec": {"devices": devices}}
        return {"apiVersion": "resource.k8s.io/v1", "kind": kind, "metadata": metadata, "spec": spec}

    def devices(self, *, devices_per_pod: int | None = None) -> Manifest:
        """What Kubernetes has under `devices`: requests, constraints and configuration."""
        count = self._following(devices_per_pod)
        devices: Manifest = {"requests": [_entry(entry, count, self.accept) for entry in self.requests]}
        if self.constraints:
            devices["constraints"] = [constraint.manifest() for constraint in self.constraints]
        if config := [*_request_configs(self.requests), *_shared_configs(self.config)]:
            devices["config"] = config
        return devices

    def _following(self, devices_per_pod: int | None) -> int:
        """The count of the request that has none: what the parallelism needs, less what other requests bring."""
        following = [entry.name for entry in self.requests if entry.follows_parallelism]
        if devices_per_pod is None or not following:
            return 1
        if len(following) > 1:
            fault = f"leave their count to the parallelism, which needs {devices_per_pod} per pod but does not say how many of each"
            raise SpecError([Problem("requests", f"{' and '.join(map(repr, following))} {fault}", "give all but one of them a count")])
        fixed = sum(entry.count or 0 for entry in self.requests if isinstance(entry, Request) and entry.computes)
        return max(devices_per_pod - fixed, 1)


def _copied(value: Mapping[str, str] | None) -> Any:
    """A mapping of one's own; what is none stays as it is, for the checks to refuse."""
    return {} if value is None else dict(value) if isinstance(value, Mapping) else value


def _attributes(value: AttributeName | Iterable[AttributeName]) -> tuple[AttributeName, ...]:
    """A boolean attribute is an expression, and terms compare oddly: so they are told apart by type alone."""
    return (value,) if isinstance(value, String | Integer | Boolean | Version) else as_tuple(value)


def _requests(entries: Iterable[Request | FirstAvailable]) -> Iterator[Request]:
    for entry in entries:
        if isinstance(entry, FirstAvailable):
            yield from entry.alternatives
        else:
            yield entry


def _entry(entry: Request | FirstAvailable, count: int, accept: Container[str]) -> Manifest:
    if isinstance(entry, Request):
        return {"name": entry.name, "exactly": entry.body(count if entry.computes else 1, accept)}
    bodies = [{"name": request.name, **request.body(count if request.computes else 1, accept)} for request in entry.alternatives]
    return {"name": entry.name, "firstAvailable": bodies}


def _request_configs(entries: Iterable[Request | FirstAvailable]) -> Iterator[Manifest]:
    """Drivers compare names literally: an alternative is `request/alternative`, and `request` alone would be ignored."""
    for entry in entries:
        for request in entry.alternatives if isinstance(entry, FirstAvailable) else (entry,):
            name = f"{entry.name}/{request.name}" if isinstance(entry, FirstAvailable) else request.name
            yield from ({"requests": [name], "opaque": opaque} for opaque in request.configurations())


def _shared_configs(entries: Iterable[OpaqueConfig]) -> Iterator[Manifest]:
    return ({"opaque": {"driver": entry.driver, "parameters": entry.parameters()}} for entry in entries)
