"""Names, labels and who gets what: what differs between this library's own services and those that take a running Helm release over.

It is asked here: no builder, no part and no check looks at `release` itself. The answers are in `own_conventions` and `release_conventions`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from constructs_dra.errors import Problem
from constructs_dra.serving.accelerator import Accelerator
from constructs_dra.serving.claims import RoleClaim
from constructs_dra.serving.container import Container, Port
from constructs_dra.serving.model import ModelArtifacts
from constructs_dra.serving.pod import Pod

__all__ = ["Conventions"]


class Conventions(Protocol):
    """What the builders ask for."""

    user_env_first: bool
    """Whether the user's variables come before those that are added; the last of one name counts."""
    proxy_flags_by_version: bool
    """Whether the routing proxy's flags are spelt as its version wants them."""
    proxy_resources: bool
    """Whether the routing proxy gets the resources its record states."""
    replicas_with_autoscaling: bool
    """Whether a Deployment states its replicas although an autoscaler owns them."""
    workers_make_group: bool
    """Whether a replica of several pods is a group of pods although nothing else is said of groups."""
    split_groups: bool
    """Whether leaders of multi-node groups have a template of their own, with the routing proxy."""
    lenient: bool
    """Whether what the checks find is a warning, as running objects live with it already."""
    written_here: bool
    """Whether the pods are described with this library; if not, they stay what they are: unjudged in detail, and without reasons in annotations."""
    stated_devices_count: bool
    """Whether a number of devices that the resources state in one place is taken for the other."""
    requester_holds_devices: bool
    """Whether a requester's pod asks for the devices of its role and runs where the role's pods would."""
    patch_as_written: bool
    """Whether the server patch of requesters is kept to the byte."""
    quoted_model: bool
    """Whether that patch has the model's id in quotes."""

    def problems(self) -> Iterator[Problem]:
        """What the service must have before anything can be named after it."""
        ...

    def warned_resource(self, pod: Pod, accelerator: Accelerator | None) -> str | None:
        """The device-plugin resource whose stated number is compared with the parallelism in an annotation; `None` for none."""
        ...

    def name(self) -> str:
        """Name of what belongs to the service as a whole."""
        ...

    def workload_name(self, role: str) -> str:
        """Name of the Deployment or LeaderWorkerSet of a role."""
        ...

    def object_name(self, role: str, kind: str) -> str:
        """Name of another object of a role."""
        ...

    def labels(self, role: str | None = None, *, kind: str = "") -> dict[str, str]:
        """Labels of an object, of one role or of the service as a whole."""
        ...

    def selector(self, role: str | None = None) -> dict[str, str]:
        """Labels by which a workload finds its pods; without a role those of all pods of the service."""
        ...

    def pod_labels(self, role: str) -> dict[str, str]:
        """Labels of the pods."""
        ...

    def requester_selector(self) -> dict[str, str]:
        """Labels by which the ReplicaSet of dual-pod requesters finds its pods."""
        ...

    def server_labels(self, role: str) -> dict[str, str | None]:
        """Labels that turn a requester's pod into the server's; none of them may match that selector."""
        ...

    def pod_claim_name(self, role: str, claim: RoleClaim) -> str:
        """Name of a claim inside the pod."""
        ...

    def claim_object_name(self, role: str, claim: RoleClaim) -> str:
        """Name of the claim (template) object that is made for a claim."""
        ...

    def claim_labels(self, role: str) -> dict[str, str]:
        """Labels of that object."""
        ...

    def claim_annotations(self, annotations: Mapping[str, str], reasons: str) -> dict[str, str]:
        """Annotations of that object; `reasons` is how the keys of those begin that say why a check was suppressed."""
        ...

    @property
    def writes_claim_defaults(self) -> bool:
        """Whether that object has what the API server would fill in, so that applying it a second time changes nothing."""
        ...

    def gets_claims(self, pod: Pod, container: Container) -> bool:
        """Whether a container that does not say gets the claims of its role."""
        ...

    def gets_accelerator(self, pod: Pod, container: Container) -> bool:
        """Whether a container that does not say gets the device-plugin resource of its role."""
        ...

    def is_model_server(self, pod: Pod, container: Container) -> bool:
        """Whether a container is told of the model: its token, its cache, the parallelism."""
        ...

    def volume_read_only(self, model: ModelArtifacts) -> bool | None:
        """Whether the model's claim is attached read-only; `None` leaves it unsaid."""
        ...

    def mounts_read_only(self, model: ModelArtifacts) -> bool | None:
        """Whether containers mount the model volume read-only; `None` leaves it unsaid."""
        ...

    def hub_cache(self, mount_path: str, folder: str) -> str:
        """The value of `HF_HUB_CACHE` for a folder of the volume."""
        ...

    def tells_parallelism(self, container: Container) -> bool:
        """Whether a container is told the parallelism as variables."""
        ...

    def names_pod_to_peers(self, container: Container) -> bool:
        """Whether a server that hands over KV caches is told the pod's address, by which its peers reach it."""
        ...

    def accelerator_env(self, container: Container, variables: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Which of the accelerator's variables a container gets."""
        ...

    def ports(self, pod: Pod, container: Container, listening: int, name: str) -> tuple[Port, ...]:
        """The ports a container shows; `name` is for the one the model server listens on."""
        ...
