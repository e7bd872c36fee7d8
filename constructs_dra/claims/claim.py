"""Claims: what a pod asks of Dynamic Resource Allocation, as specs that become manifests."""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any, ClassVar, cast

from attrs import field, frozen

from constructs_dra.catalogue.config import OpaqueConfig
from constructs_dra.catalogue.fields import Boolean, Integer, String, Version
from constructs_dra.claims.constraints import AttributeName, Constraint, DistinctAttribute, MatchAttribute
from constructs_dra.claims.judging import claim_places, claim_problems
from constructs_dra.claims.manifest import devices_of, every_request
from constructs_dra.claims.request import FirstAvailable, Request
from constructs_dra.errors import Problem, Problems, SpecError, did_you_mean, shown
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.alike import once_alike
from constructs_dra.records.places import Places
from constructs_dra.records.record import Record
from constructs_dra.records.sequence import as_tuple
from constructs_dra.records.values import copied
from constructs_dra.suppression import ACCEPT_ANNOTATION, accept_problems

__all__ = ["ACCEPT_ANNOTATION", "ADMIN_ACCESS_LABEL", "Claim"]

ADMIN_ACCESS_LABEL = {"resource.kubernetes.io/admin-access": "true"}
"""Label a namespace must have for claims with admin access in it."""


def _check_accept(value: Any, path: str, problems: Problems) -> None:  # noqa: ARG001  (the problems say the field themselves)
    problems.extend(accept_problems(value))


def _check_requests(value: Any, path: str, problems: Problems) -> None:
    for place, item in valid.items_of(value, path, problems, "requests"):
        if not isinstance(item, Request | FirstAvailable):
            hint = "leave the brackets out: each is an argument of its own" if isinstance(item, list | tuple) else ""
            problems.add(place, f"must be a Request or FirstAvailable, not {shown(item)}", hint)


def _check_constraints(value: Any, path: str, problems: Problems) -> None:
    for place, item in valid.items_of(value, path, problems, "constraints"):
        if not isinstance(item, MatchAttribute | DistinctAttribute):
            hint = "write aligned_on=… for a match over all"
            problems.add(place, f"must be a MatchAttribute or a DistinctAttribute, not {shown(item)}", hint)


def _check_configs(value: Any, path: str, problems: Problems) -> None:
    for place, item in valid.items_of(value, path, problems, "configurations"):
        if not isinstance(item, OpaqueConfig):
            hint = "use RawConfig(driver, {…}), or give it to a request"
            problems.add(place, f"must be a record that knows its driver, not {shown(item)}", hint)


@frozen(init=False, eq=False, repr=False)
class Claim(Record):
    """Devices that belong together: one or several requests, given to a pod as a whole or not at all.

    By default each pod gets devices of its own, through a ResourceClaimTemplate; a shared claim is a ResourceClaim, and the pods that use it see
    the same devices. Making a claim checks all of it and raises one `SpecError` with everything that is wrong.

    Attributes:
        name: Name of the claim in the pods that use it; also the object's name unless `manifest` is given another.
        requests: What is asked for.
        constraints: What the devices must have in common, or must not.
        config: Configuration for all requests of a driver; what is for one request stands there.
        shared: Whether the pods share the devices. Default no: each pod gets its own.
        labels: Labels of the object.
        annotations: Annotations of the object.
        accept: Rules of this library that do not hold here: name of the rule to the reason, which becomes an annotation.
    """

    SORTED: ClassVar = True

    TOLERANT: ClassVar = True

    name: str = field(metadata=valid.dns_label())
    requests: tuple[Request | FirstAvailable, ...] = field(metadata=valid.custom(_check_requests))
    constraints: tuple[Constraint, ...] = field(default=(), metadata=valid.custom(_check_constraints))
    config: tuple[OpaqueConfig, ...] = field(default=(), metadata=valid.custom(_check_configs))
    shared: bool = field(default=False, metadata=valid.boolean())
    labels: Mapping[str, str] = field(factory=dict, metadata=valid.mapping(valid.text(empty=True), "strings"))
    annotations: Mapping[str, str] = field(factory=dict, metadata=valid.mapping(valid.text(empty=True), "strings"))
    accept: Mapping[str, str] = field(factory=dict, metadata=valid.custom(_check_accept))
    _aligned: int = field(default=0, eq=False, repr=False)
    """How many of the constraints, from the first on, were given as `aligned_on`."""

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
        aligned, faults = _aligned_constraints(aligned_on)
        try:
            self.__attrs_init__(  # pyright: ignore[reportAttributeAccessIssue]
                name,
                tuple(requests),
                (*aligned, *as_tuple(constraints)),
                as_tuple(config),
                shared,
                {} if labels is None else labels,
                {} if annotations is None else annotations,
                {} if accept is None else accept,
                len(aligned),
            )
        except SpecError as error:
            raise SpecError([*error.problems, *map(self.reported, faults)], record=self) from None
        if faults:
            raise SpecError(map(self.reported, faults), record=self)

    def __getitem__(self, request: str) -> str:
        """One request of the claim, `claim/request`, for a container that takes only that: `Container(claims=[claim["nic"]])`."""
        names = [entry.name for entry in self.requests]
        if request not in names:
            raise KeyError(f"claim {shown(self.name)} has no request {shown(request)}; {did_you_mean(request, names)}")
        return f"{self.name}/{request}"

    def cross_check(self, problems: Problems) -> None:
        """Kubernetes' rules and the drivers', which are about the manifest, and what only the requests know."""
        problems.extend(claim_problems(self))

    def title(self) -> str:
        """What to call it in an error."""
        return f"{type(self).__name__} {shown(self.name)}"

    def check(self) -> list[Problem]:
        """Everything there is to say about it; on a claim that exists these are warnings."""
        return list(self.found())

    @property
    def aligned_on(self) -> tuple[str, ...]:
        """The attributes in which all devices must agree, as far as they were given as `aligned_on`."""
        return tuple(constraint.attribute for constraint in self.constraints[: self._aligned])

    def places(self) -> Places:
        """Where in the claim each part of its ResourceClaim came from; a template has the same under `spec`."""
        return claim_places(self)

    def pod_claim(self, object_name: str | None = None) -> Manifest:
        """The entry of a pod's `resourceClaims`; `object_name` is the name `manifest` was given."""
        source = "resourceClaimName" if self.shared else "resourceClaimTemplateName"
        return {"name": self.name, source: object_name or self.name}

    @property
    def namespace_labels(self) -> dict[str, str]:
        """Labels that the claim's namespace must have for it to be accepted."""
        return dict(ADMIN_ACCESS_LABEL) if any(isinstance(entry, Request) and entry.admin_access for entry in self.requests) else {}

    @property
    def accepted(self) -> dict[str, str]:
        """Every rule that does not hold here with its reason, those of its requests included."""
        reasons = [request.count_reason for _, request in every_request(self.requests) if request.count_reason]
        return {**({"count-parallelism": "; ".join(dict.fromkeys(reasons))} if reasons else {}), **self.accept}

    @once_alike
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
    @once_alike
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
        defaults: bool = True,
    ) -> Manifest:
        """The ResourceClaimTemplate, or for a shared claim the ResourceClaim.

        Args:
            name: Name of the object; default the claim's own.
            namespace: Its namespace; default none, so that it goes where it is applied.
            devices_per_pod: What the parallelism of the role needs; requests without a count follow it. Default one device.
            labels: Labels besides the claim's own.
            defaults: Whether to write what the API server would fill in, so that applying it a second time changes nothing. Default yes.

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
        devices = self.devices(devices_per_pod=devices_per_pod, defaults=defaults)
        kind = "ResourceClaim" if self.shared else "ResourceClaimTemplate"
        spec: Manifest = {"devices": devices} if self.shared else {"spec": {"devices": devices}}
        return {"apiVersion": "resource.k8s.io/v1", "kind": kind, "metadata": metadata, "spec": spec}

    def devices(self, *, devices_per_pod: int | None = None, defaults: bool = True) -> Manifest:
        """What Kubernetes has under `devices`: requests, constraints and configuration; arguments as for `manifest`."""
        count = self._following(devices_per_pod)
        made: Manifest = copied(self._devices(count, defaults))
        return made

    @once_alike
    def _devices(self, count: int, defaults: bool) -> Manifest:
        return devices_of(self.requests, self.constraints, self.config, count=count, accept=self.accept, defaults=defaults)

    @property
    @once_alike
    def device_classes(self) -> frozenset[str]:
        """The device classes it asks for, as far as they are known."""
        return frozenset(request.class_name for _, request in every_request(self.requests) if request.class_name)

    @property
    @once_alike
    def driver_names(self) -> frozenset[str]:
        """The drivers it asks devices of for certain: those of requests without alternatives, as far as they are known."""
        return frozenset(entry.driver.name for entry in self.requests if isinstance(entry, Request) and entry.driver is not None)

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


def _aligned_constraints(value: AttributeName | Iterable[AttributeName]) -> tuple[list[MatchAttribute], list[Problem]]:
    """The constraints that `aligned_on` stands for, and what is wrong with it in its own words.

    A boolean attribute is an expression, and terms compare oddly: so they are distinguished by type alone.
    """
    single = isinstance(value, String | Integer | Boolean | Version | str) or not isinstance(value, Iterable)
    made: list[MatchAttribute] = []
    faults: list[Problem] = []
    for index, name in enumerate((value,) if single else tuple(cast("Iterable[AttributeName]", value))):
        place = "aligned_on" if single else f"aligned_on[{index}]"
        try:
            made.append(MatchAttribute(cast("AttributeName", name)))
        except SpecError as error:
            faults += [Problem(place, problem.message, problem.hint, rule=problem.rule) for problem in error.problems]
    return made, faults
