"""Constructs of claims: `DeviceClaim`, which takes any requests, and what the claims of each vendor build on."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, TypedDict, Unpack

from attrs import evolve
from attrs import fields as attrs_fields

from constructs_dra.catalogue.config import OpaqueConfig
from constructs_dra.claims import AllocationMode, Claim, Constraint, FirstAvailable, Request, Toleration, Where
from constructs_dra.constructs.node import cdk8s, constructs
from constructs_dra.constructs.objects import ManifestConstruct
from constructs_dra.errors import Problem, Problems, SpecError, did_you_mean, shown
from constructs_dra.lexical.names import to_dns_label
from constructs_dra.manifest import Manifest
from constructs_dra.noted import note

__all__ = ["ClaimFields", "DeviceClaim", "RequestClaim", "RequestFields"]


class ClaimFields(TypedDict, total=False):
    """What every claim construct takes about the claim; see `Claim`.

    Attributes:
        name: Name of the object. Default: the path of the construct in the app.
        namespace: Its namespace. Default: the chart's.
        aligned_on: Attributes in which all devices must agree, e.g. `PCIE_ROOT`.
        constraints: Further constraints.
        shared: Whether the pods share the devices: a ResourceClaim instead of a ResourceClaimTemplate. Default no.
        labels: Labels of the object.
        annotations: Annotations of the object.
        accept: Rules of this library that do not hold here, each with the reason.
    """

    name: str
    namespace: str
    aligned_on: str | Iterable[str]
    constraints: Iterable[Constraint]
    shared: bool
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    accept: Mapping[str, str]


class RequestFields(ClaimFields, total=False):
    """What a claim construct with one request takes besides; see `Request`.

    Attributes:
        count: How many devices. Default: as many as the parallelism of the role that uses the claim needs.
        count_reason: Why the count is right although the parallelism needs another one.
        device_class: The device class, where it is not the driver's usual one.
        allocation_mode: `All` takes every matching device of a node instead of a count.
        where: Selectors; a device must match all of them.
        tolerations: Device taints that do not matter here.
        capacity: How much of each capacity to take from a device that can be shared.
        admin_access: Get devices that others hold, for monitoring.
        config: Configuration for the driver.
    """

    count: int
    count_reason: str
    device_class: str
    allocation_mode: AllocationMode
    where: Where | Iterable[Where]
    tolerations: Toleration | Iterable[Toleration | Mapping[str, Any]]
    capacity: Mapping[str, str | int]
    admin_access: bool
    config: OpaqueConfig | Mapping[str, Any] | Iterable[OpaqueConfig | Mapping[str, Any]]


class DeviceClaim(ManifestConstruct):
    """A claim in a chart: `Claim` with the same fields, and the object it becomes.

    A request without a count follows the parallelism of the role that uses the claim; until a role does, it asks for one device.

    Attributes:
        spec: The claim. Pods know it by the construct's id.
        object_name: Name of the ResourceClaimTemplate or ResourceClaim.
        manifest: The ResourceClaimTemplate or ResourceClaim as it is now.
        api_object: What cdk8s has of it; `cdk8s.ApiObject.of` gives the same.
    """

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002  (cdk8s' word)
        *,
        requests: Iterable[Request | FirstAvailable],
        config: OpaqueConfig | Iterable[OpaqueConfig] = (),
        **fields: Unpack[ClaimFields],
    ) -> None:
        """Put a claim into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            requests: What is asked for, each under a name of its own.
            config: Configuration for all requests of a driver.
            fields: See `ClaimFields`.

        Raises:
            SpecError: With everything that is wrong.
        """
        super().__init__(scope, id)
        problems = Problems()
        given = _known(fields, self._fields, problems)
        self._user = ""
        self.object_name = self._name(given.pop("name", None), limit=63, problems=problems)
        self._claim_namespace = self._checked_namespace(given.pop("namespace", None), problems)
        with problems.gather():
            self.spec = Claim(to_dns_label(id), *_listed(requests), config=config, **given)
        self._raise(problems)
        note(map(self._reported, self.spec.check()))
        self.manifest: Manifest = self.spec.manifest(name=self.object_name, namespace=self._claim_namespace)
        self._refuse_twins([self.manifest])
        self.api_object: cdk8s.ApiObject = self._emit(self.manifest)

    def bind(self, wanted: Manifest, *, user: str) -> None:
        """Become the object that a pod's user of the claim describes; `ModelServiceDeployment` does it for the claims of its roles.

        Args:
            wanted: The same object with the count that the user needs, and with the user's labels.
            user: Who needs it, for messages.

        Raises:
            SpecError: Another user needs another count, or the pods are in another namespace, where they cannot use the claim.
        """
        namespace = wanted["metadata"].get("namespace", "")
        if namespace != self._claim_namespace:
            fault = f"is in namespace {self._claim_namespace or '(none)'!r}, but {user} is in {namespace or '(none)'!r}"
            raise SpecError([self._reported(Problem("", fault, "pods can only use claims of their own namespace: make the claim in the same chart"))])
        changes = list(_changes(self.manifest["spec"], wanted["spec"], "/spec"))
        if changes and self._user:
            fault = f"cannot follow both {self._user} and {user}, which need different numbers of devices"
            raise SpecError([self._reported(Problem("count", fault, "make a claim for each, or give this one a count"))])
        if changes:
            self.api_object.add_json_patch(*(cdk8s.JsonPatch.replace(pointer, value) for pointer, value in changes))
        if not self._user:
            labels = wanted["metadata"].get("labels", {})
            metadata = self.api_object.metadata
            for name in labels.keys() - self.manifest["metadata"].get("labels", {}).keys():
                metadata.add_label(name, labels[name])
            self.manifest = wanted
        self._user = user

    def _reported(self, problem: Problem) -> Problem:
        """A problem of the claim in the words of the construct that was called."""
        return evolve(problem, path=problem.path.removeprefix(self._prefix).removeprefix("."), source=self._title)

    _fields: tuple[str, ...] = ("requests", "config", *ClaimFields.__annotations__)
    """What the construct takes: an unknown field is reported with the nearest one."""

    _prefix = ""
    """What the user did not write of a problem's path: the classes below take the fields of their one request directly."""


class RequestClaim(DeviceClaim):
    """Base of the claims with one request, whose fields they take as their own; a vendor's class names the request.

        class FpgaClaim(RequestClaim):
            request = Fpga

    Attributes:
        request: The class of the request.
    """

    request: ClassVar[type[Request]]

    _prefix = "requests[0]"

    def __init__(self, scope: constructs.Construct, id: str, **fields: Any) -> None:  # noqa: A002  (cdk8s' word)
        """Put the claim into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            fields: The fields of the request, and those in `RequestFields` and `ClaimFields`.

        Raises:
            SpecError: With everything that is wrong.
        """
        kind: type[Any] = self.request
        own = [item.name for item in attrs_fields(kind) if item.init and item.name not in {"name", "device"}]
        self._fields = tuple(dict.fromkeys([*own, *RequestFields.__annotations__]))
        asked = {name: value for name, value in fields.items() if name in own}
        rest = {name: value for name, value in fields.items() if name not in own}
        super().__init__(scope, id, requests=[kind(**asked)], **rest)


def _known(fields: Mapping[str, Any], known: Iterable[str], problems: Problems) -> dict[str, Any]:
    """The fields a claim takes; the others are noted, since Python does not look at the names in `**fields` itself."""
    names = ClaimFields.__annotations__
    for name in fields:
        if name not in names:
            problems.add(name, "there is no such field", did_you_mean(name, known))
    return {name: value for name, value in fields.items() if name in names}


def _listed(requests: Any) -> Iterable[Any]:
    if isinstance(requests, Request | FirstAvailable) or not isinstance(requests, Iterable):
        raise SpecError([Problem("requests", f"must be a list of requests, got {shown(requests)}", "write [request]")])
    return requests


def _changes(old: Any, new: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Where two manifests of one claim differ, as JSON pointers: patches of single values leave alone what users patched."""
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        for key in old:
            yield from _changes(old[key], new[key], f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, pair in enumerate(zip(old, new, strict=True)):
            yield from _changes(*pair, f"{pointer}/{index}")
    elif old != new:
        yield pointer, new
