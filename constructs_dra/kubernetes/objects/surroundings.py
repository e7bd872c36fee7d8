"""What a container's rules need to know of its pod."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from constructs_dra.kubernetes.shapes import at, items, mapping, text, whole
from constructs_dra.records.valued import Valued

__all__ = ["Surroundings"]

_DEFAULT_GRACE = 30


@frozen(kw_only=True, eq=False, repr=False)
class Surroundings(Valued):
    """The pod around a container.

    Attributes:
        kind: Kind of the object the pod stands in; empty for a template by itself.
        claims: Names of the pod's `resourceClaims`.
        volumes: Its volumes that are right, each with the field that says where it comes from (empty where none does).
        more_volumes: Names of volumes that come from elsewhere.
        grace: Seconds a container has to end.
        never_restarts: Whether the pod's restart policy is Never.
        user_namespace: Whether the pod asks for a user namespace of its own (`hostUsers: false`).
        system: The pod's operating system, `linux` or `windows`; empty where it is not said.
        names: Names of its containers.
    """

    kind: str
    claims: frozenset[str]
    volumes: Mapping[str, str]
    more_volumes: frozenset[str]
    grace: int
    never_restarts: bool
    user_namespace: bool
    system: str
    names: frozenset[str]

    @classmethod
    def of(cls, spec: dict[str, Any], *, kind: str, claims: set[str], volumes: Mapping[str, str], more_volumes: set[str]) -> "Surroundings":
        """What a pod's spec says of them."""
        grace = whole(spec.get("terminationGracePeriodSeconds"))
        return cls(
            kind=kind,
            claims=frozenset(claims),
            volumes=volumes,
            more_volumes=frozenset(more_volumes),
            grace=_DEFAULT_GRACE if grace is None else grace,
            never_restarts=spec.get("restartPolicy") == "Never",
            user_namespace=spec.get("hostUsers") is False,
            system=text(at(mapping(spec.get("os")), "name")),
            names=frozenset(text(container.get("name")) for key in ("containers", "initContainers") for container, _ in items(spec, key, "")),
        )

    def has_volume(self, name: str) -> bool:
        """Whether a container may mount a volume of that name."""
        return name in self.volumes or name in self.more_volumes

    @property
    def volume_names(self) -> list[str]:
        """All names of volumes, sorted."""
        return sorted({*self.volumes, *self.more_volumes})
