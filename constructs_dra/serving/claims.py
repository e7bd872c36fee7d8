"""How a role uses a claim: the claim itself, and the names it goes by."""

from typing import Any

from attrs import field, frozen

from constructs_dra.serving import valid
from constructs_dra.serving.record import Record

__all__ = ["RoleClaim", "role_claim"]


@frozen
class RoleClaim(Record):
    """A claim under names of its own; needed only where the usual names will not do.

    Attributes:
        spec: The claim: `Claim`, `ExistingClaim` or `ExistingClaimTemplate`.
        name: Name of the claim inside the pods. Default: the claim's.
        object_name: Name of the claim or claim template object. Default: `<service>-<role>-<claim>`.
    """

    spec: Any = field()
    name: str | None = field(default=None, kw_only=True, metadata=valid.dns_label())
    object_name: str | None = field(default=None, kw_only=True, metadata=valid.dns_subdomain())

    @property
    def existing(self) -> bool:
        """Whether somebody else makes the object."""
        return not hasattr(self.spec, "manifest")

    @property
    def pod_name(self) -> str:
        """Name of the claim inside the pods, by this library's conventions."""
        return self.name or str(self.spec.name)


def role_claim(claim: Any) -> RoleClaim:
    """Whatever a role lists as a claim (a spec, a construct that has one, a `RoleClaim`) in one shape."""
    if isinstance(claim, RoleClaim):
        return claim
    spec = getattr(claim, "spec", None)
    return RoleClaim(claim) if spec is None else RoleClaim(spec, object_name=getattr(claim, "object_name", None))
