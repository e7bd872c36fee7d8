"""What claims ask for, read from ResourceClaim manifests once, so that the search works on plain fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

__all__ = ["ClaimSpec", "Constraint", "DeviceRequest", "RequestOption", "read_claim", "read_claim_spec"]


@frozen(kw_only=True)
class RequestOption:
    """One way to satisfy a request: the request itself (`exactly`), or one of its alternatives (`firstAvailable`).

    Attributes:
        name: Name of the request or, for an alternative, of the alternative.
        device_class: Name of the DeviceClass.
        mode: `ExactCount` or `All`.
        count: Devices with `ExactCount`.
        selectors: CEL expressions; every one has to hold. An empty text stands for a selector that is not CEL.
        tolerations: Device taints that are accepted, as manifests have them.
        capacity: Amounts asked of shared devices, by capacity; None when the field is not there.
        admin_access: Whether devices in use are wanted too; None when the field is not there.
    """

    name: str
    device_class: str
    mode: str = "ExactCount"
    count: int = 1
    selectors: tuple[str, ...] = ()
    tolerations: tuple[Mapping[str, Any], ...] = ()
    capacity: Mapping[str, str] | None = None
    admin_access: bool | None = None


@frozen(kw_only=True)
class DeviceRequest:
    """One request of a claim.

    Attributes:
        name: Its name, unique in the claim.
        prioritized: Whether the options are alternatives (`firstAvailable`), best first.
        options: The ways to satisfy it; exactly one unless `prioritized`.
    """

    name: str
    prioritized: bool
    options: tuple[RequestOption, ...]


@frozen(kw_only=True)
class Constraint:
    """What the devices of a claim must have in common, or must not.

    Attributes:
        attribute: Fully qualified name of the attribute compared; empty when the constraint is of no known kind.
        distinct: Whether values must differ (`distinctAttribute`) instead of agree (`matchAttribute`).
        requests: Requests and alternatives (`request/alternative`) it applies to; none: all.
    """

    attribute: str
    distinct: bool
    requests: frozenset[str]


@frozen(kw_only=True)
class ClaimSpec:
    """What a claim asks for.

    Attributes:
        name: Name of the ResourceClaim.
        namespace: Its namespace; may be empty.
        requests: In the order they are satisfied.
        constraints: In the order they are checked.
        config: Configuration for drivers, as manifests have it.
    """

    name: str
    namespace: str = ""
    requests: tuple[DeviceRequest, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    config: tuple[Mapping[str, Any], ...] = ()

    @property
    def label(self) -> str:
        """`namespace/name`, as Kubernetes names objects in messages."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


def read_claim(manifest: Mapping[str, Any]) -> ClaimSpec:
    """The claim of a ResourceClaim manifest."""
    metadata = manifest.get("metadata") or {}
    return read_claim_spec(manifest.get("spec") or {}, name=str(metadata.get("name") or ""), namespace=str(metadata.get("namespace") or ""))


def read_claim_spec(spec: Mapping[str, Any], *, name: str, namespace: str = "") -> ClaimSpec:
    """The claim of a `spec`: a ResourceClaim's, or the inner one of a ResourceClaimTemplate."""
    devices = spec.get("devices") or {}
    return ClaimSpec(
        name=name,
        namespace=namespace,
        requests=tuple(_request(request) for request in devices.get("requests") or ()),
        constraints=tuple(_constraint(constraint) for constraint in devices.get("constraints") or ()),
        config=tuple(devices.get("config") or ()),
    )


def _request(request: Mapping[str, Any]) -> DeviceRequest:
    name = str(request.get("name") or "")
    alternatives: Sequence[Mapping[str, Any]] = request.get("firstAvailable") or ()
    if alternatives:
        return DeviceRequest(name=name, prioritized=True, options=tuple(_option(str(each.get("name") or ""), each) for each in alternatives))
    # v1beta1 has the fields of `exactly` on the request itself
    return DeviceRequest(name=name, prioritized=False, options=(_option(name, request.get("exactly") or request),))


def _option(name: str, body: Mapping[str, Any]) -> RequestOption:
    mode = str(body.get("allocationMode") or "ExactCount")
    capacity = body.get("capacity")
    count = body.get("count")
    return RequestOption(
        name=name,
        device_class=str(body.get("deviceClassName") or ""),
        mode=mode,
        # the API server turns a count of 0 into 1
        count=1 if mode == "ExactCount" and not count else int(count or 0),
        selectors=tuple(str((selector.get("cel") or {}).get("expression") or "") for selector in body.get("selectors") or ()),
        tolerations=tuple(body.get("tolerations") or ()),
        capacity=None if capacity is None else {key: _amount(value) for key, value in (capacity.get("requests") or {}).items()},
        admin_access=body.get("adminAccess"),
    )


def _constraint(constraint: Mapping[str, Any]) -> Constraint:
    distinct = constraint.get("matchAttribute") is None and constraint.get("distinctAttribute") is not None
    attribute = constraint.get("distinctAttribute") if distinct else constraint.get("matchAttribute")
    return Constraint(attribute=str(attribute or ""), distinct=distinct, requests=frozenset(constraint.get("requests") or ()))


def _amount(value: Any) -> str:
    """A quantity; the API server reads null as none of it."""
    return "0" if value is None else str(value)
