"""How a role uses a claim: the claim itself, and the names it goes by."""

from typing import Any, Protocol, TypeAlias, cast

from attrs import field, frozen

from constructs_dra.errors import Problems
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.record import Record

__all__ = ["ClaimSpec", "ClaimUse", "HasClaimSpec", "RoleClaim", "role_claim"]


class ClaimSpec(Protocol):
    """What a role asks of a claim: `Claim`, `ExistingClaim` and `ExistingClaimTemplate` answer it."""

    @property
    def name(self) -> str:
        """Name of the claim inside the pods."""
        ...

    @property
    def computes(self) -> bool:
        """Whether its devices compute."""
        ...

    def pod_claim(self, object_name: str | None = None) -> Manifest:
        """The entry of a pod's `resourceClaims`."""
        ...


class HasClaimSpec(Protocol):
    """What holds a claim: the constructs, and `RoleClaim`."""

    @property
    def spec(self) -> ClaimSpec:
        """The claim."""
        ...


ClaimUse: TypeAlias = ClaimSpec | HasClaimSpec
"""What a role can list as a claim."""


def _check_spec(value: object, path: str, problems: Problems) -> None:
    if not callable(getattr(value, "pod_claim", None)):
        valid.wrong(problems, path, value, "a claim: Claim, ExistingClaim or ExistingClaimTemplate")


@frozen(eq=False, repr=False)
class RoleClaim(Record):
    """A claim under names of its own; needed only where the usual names will not do.

    Attributes:
        spec: The claim: `Claim`, `ExistingClaim` or `ExistingClaimTemplate`.
        name: Name of the claim inside the pods. Default: the claim's.
        object_name: Name of the claim or claim template object. Default: `<service>-<role>-<claim>`.
    """

    spec: ClaimSpec = field(metadata=valid.custom(_check_spec))
    name: str | None = field(default=None, kw_only=True, metadata=valid.dns_label())
    object_name: str | None = field(default=None, kw_only=True, metadata=valid.dns_subdomain())

    @property
    def existing(self) -> bool:
        """Whether somebody else makes the object."""
        return not hasattr(self.spec, "manifest")

    @property
    def existing_name(self) -> str:
        """Name of the object that somebody else makes; empty where it is made here."""
        return str(getattr(self.spec, "object_name", "")) if self.existing else ""

    @property
    def pod_name(self) -> str:
        """Name of the claim inside the pods, by this library's conventions."""
        return self.name or self.spec.name


def role_claim(claim: ClaimUse) -> RoleClaim:
    """Whatever a role lists as a claim in one shape."""
    if isinstance(claim, RoleClaim):
        return claim
    spec: Any = getattr(claim, "spec", None)
    return RoleClaim(spec, object_name=getattr(claim, "object_name", None)) if spec is not None else RoleClaim(cast("ClaimSpec", claim))
