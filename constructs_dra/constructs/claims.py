"""Constructs of claims: `DeviceClaim`, which takes any requests, and one per device that llm-d serves on."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypedDict, Unpack, get_type_hints

from attrs import evolve

from constructs_dra.claims import AllocationMode, Claim, Constraint, FirstAvailable, Gaudi, IntelGpu, Qat, QatService, Request, Toleration, Where
from constructs_dra.constructs.node import cdk8s, constructs
from constructs_dra.constructs.objects import ManifestConstruct
from constructs_dra.drivers import intel
from constructs_dra.drivers.config import OpaqueConfig
from constructs_dra.errors import Problem, SpecError, did_you_mean
from constructs_dra.kubernetes.names import to_dns_label
from constructs_dra.manifest import Manifest

__all__ = ["ClaimFields", "DeviceClaim", "GaudiClaim", "IntelGpuClaim", "QatClaim", "RequestFields"]


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
        given = _checked(fields, ClaimFields, self._title)
        self._claim_namespace: str = given.pop("namespace", None) or self.namespace
        self._follows = ""
        self.object_name = self._name(given.pop("name", None), limit=63)
        try:
            self.spec = Claim(to_dns_label(id), *requests, config=config, **given)
        except SpecError as error:
            raise SpecError(self._told(problem) for problem in error.problems) from None
        self.manifest: Manifest = self.spec.manifest(name=self.object_name, namespace=self._claim_namespace)
        self._refuse_twins([self.manifest])
        self.api_object: cdk8s.ApiObject = self._emit(self.manifest)

    def bind(self, devices_per_pod: int, *, user: str, namespace: str = "") -> None:
        """Give the requests without a count the number a role needs; `ModelServiceDeployment` does it for the claims of its roles.

        Args:
            devices_per_pod: What the parallelism of the role needs.
            user: Who needs it, for messages.
            namespace: Where the pods are. Default: wherever they are applied.

        Raises:
            SpecError: Another user needs another number, or the pods are in another namespace, where they cannot use the claim.
        """
        if namespace != self._claim_namespace:
            fault = f"is in namespace {self._claim_namespace or '(none)'!r}, but the pods of {user} are in {namespace or '(none)'!r}"
            raise SpecError([self._told(Problem("", fault, "pods can only use claims of their own namespace: make the claim in the same chart"))])
        try:
            wanted = self.spec.manifest(name=self.object_name, namespace=self._claim_namespace, devices_per_pod=devices_per_pod)
        except SpecError as error:
            raise SpecError(self._told(problem) for problem in error.problems) from None
        changes = list(_changes(self.manifest, wanted))
        if changes and self._follows:
            fault = f"cannot follow both {self._follows} and {user}, which needs {devices_per_pod}"
            raise SpecError([self._told(Problem("count", fault, "make a claim for each role, or give this one a count"))])
        self._follows = f"{user}, which needs {devices_per_pod}"
        if changes:
            self.api_object.add_json_patch(*(cdk8s.JsonPatch.replace(pointer, value) for pointer, value in changes))
            self.manifest = wanted

    def _told(self, problem: Problem) -> Problem:
        """A problem of the claim in the words of the construct that was called."""
        return evolve(problem, path=problem.path.removeprefix(self._prefix).removeprefix("."), source=self._title)

    _prefix = ""
    """What the user did not write of a problem's path: the classes below take the fields of their one request directly."""


class _RequestClaim(DeviceClaim):
    """A claim with one request, whose fields it takes as its own."""

    _prefix = "requests[0]"

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002
        request: type[Request],
        own: Mapping[str, Any],
        fields: Mapping[str, Any],
    ) -> None:
        names = get_type_hints(ClaimFields)
        given = _checked(fields, RequestFields, f"{type(self).__name__} {id!r}")
        claim = {name: given.pop(name) for name in list(given) if name in names}
        super().__init__(scope, id, requests=[request(**own, **given)], **claim)


class GaudiClaim(_RequestClaim):
    """Gaudi accelerators: a claim with one request `Gaudi`."""

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002
        *,
        model: intel.GaudiModel | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put a claim for Gaudi accelerators into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            model: `Gaudi`, `Gaudi2` or `Gaudi3`. Default: any.
            fields: See `RequestFields` and `ClaimFields`.
        """
        super().__init__(scope, id, Gaudi, {"model": model}, fields)


class IntelGpuClaim(_RequestClaim):
    """Intel GPUs: a claim with one request `IntelGpu`."""

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002
        *,
        family: intel.GpuFamily | None = None,
        model: str | None = None,
        memory: str | int | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put a claim for Intel GPUs into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            family: Product family. Default: any.
            model: Marketing model name, e.g. `B60`. Default: any.
            memory: Least memory per GPU, e.g. `16Gi`. Default: any.
            fields: See `RequestFields` and `ClaimFields`.
        """
        super().__init__(scope, id, IntelGpu, {"family": family, "model": model, "memory": memory}, fields)


class QatClaim(_RequestClaim):
    """QuickAssist functions: a claim with one request `Qat`."""

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002
        *,
        services: Iterable[QatService] = (),
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put a claim for QuickAssist functions into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            services: Exactly the services the function offers. Default: any.
            fields: See `RequestFields` and `ClaimFields`.
        """
        super().__init__(scope, id, Qat, {"services": services}, fields)


def _checked(fields: Mapping[str, Any], known: type, title: str) -> dict[str, Any]:
    """The fields as a dict.

    Raises:
        SpecError: One is unknown; Python does not look at the names in `**fields` itself.
    """
    names = get_type_hints(known)
    unknown = [Problem(name, "there is no such field", did_you_mean(name, names), source=title) for name in fields if name not in names]
    if unknown:
        raise SpecError(unknown)
    return dict(fields)


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
