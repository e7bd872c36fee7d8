"""Names, labels and who gets what, by this library's own conventions; those of a running Helm release are in `release_conventions`.

Whatever differs between the two is asked here: no builder and no check looks at `release` itself.
"""

# ruff: noqa: D102 - what each method answers is said once, in the protocol

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from constructs_dra.errors import Problem, shown
from constructs_dra.kubernetes.labels import MODEL, ROLE, SERVING
from constructs_dra.lexical.names import dns_label_problem, label_value_problem, to_dns_label
from constructs_dra.serving.claims import RoleClaim
from constructs_dra.serving.container import Container, Port
from constructs_dra.serving.model import ModelArtifacts
from constructs_dra.serving.role import Role
from constructs_dra.serving.spec import ServiceSpec

__all__ = ["Conventions", "OwnConventions"]


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

    def warned_resource(self, role: Role) -> str | None:
        """The device-plugin resource whose stated number is compared with the parallelism in an annotation; `None` for none."""
        ...

    def is_multinode(self, role: Role) -> bool:
        """Whether a replica of the role is a group of pods."""
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

    def gets_claims(self, role: Role, container: Container) -> bool:
        """Whether a container that does not say gets the claims of its role."""
        ...

    def gets_accelerator(self, role: Role, container: Container) -> bool:
        """Whether a container that does not say gets the device-plugin resource of its role."""
        ...

    def is_model_server(self, role: Role, container: Container) -> bool:
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

    def ports(self, role: Role, container: Container, listening: int) -> tuple[Port, ...]:
        """The ports a container shows."""
        ...


class OwnConventions:
    """This library's conventions: `<service>-<role>-<what>`, and selectors that two services of one model cannot share."""

    user_env_first = False
    proxy_flags_by_version = True
    proxy_resources = True
    replicas_with_autoscaling = False
    split_groups = True
    lenient = False
    written_here = True
    stated_devices_count = True
    requester_holds_devices = True
    patch_as_written = False
    quoted_model = False

    def __init__(self, service: ServiceSpec) -> None:
        self._service = service
        self._labels = dict(service.identity) or {"app.kubernetes.io/instance": service.name}
        model = service.model
        given = model.labels if model.labels is not None else {}
        self._pod_labels = {
            **self._labels,
            SERVING: "true",
            MODEL: _label_value(model.served_name),
            **given,
        }

    def problems(self) -> Iterator[Problem]:
        if not self._service.roles:
            yield Problem("", "has no role", "give it decode=Role(…)")
        if fault := dns_label_problem(self._service.name):
            yield Problem("name", f"{shown(self._service.name)} {fault}")
        if ROLE in self._service.identity:
            yield Problem("identity['llm-d.ai/role']", "is the label that distinguishes the roles", "leave it out; each role gets its own")

    def warned_resource(self, role: Role) -> str | None:  # noqa: ARG002 - the checks say it
        return None

    def is_multinode(self, role: Role) -> bool:
        return role.is_multinode

    def name(self) -> str:
        return self._service.name

    def workload_name(self, role: str) -> str:
        return f"{self._service.name}-{role}"

    def object_name(self, role: str, kind: str) -> str:  # noqa: ARG002 - the kind tells them apart
        return self.workload_name(role)

    def labels(self, role: str | None = None, *, kind: str = "") -> dict[str, str]:  # noqa: ARG002 - alike for all kinds
        own = self._service.labels
        return {**self._labels, ROLE: role, **own} if role else {**self._labels, **own}

    def selector(self, role: str | None = None) -> dict[str, str]:
        # no label of the model: selectors are immutable, and a service may move to another model
        return {**self._labels, ROLE: role} if role else dict(self._labels)

    def pod_labels(self, role: str) -> dict[str, str]:
        return {**self._pod_labels, **self.selector(role)}

    def requester_selector(self) -> dict[str, str]:
        return {**self._labels, "app.kubernetes.io/component": "requester"}

    def server_labels(self, role: str) -> dict[str, str | None]:
        return {**self.pod_labels(role), "app.kubernetes.io/component": None}

    def pod_claim_name(self, role: str, claim: RoleClaim) -> str:  # noqa: ARG002 - claims are named inside the pod
        return claim.pod_name

    def claim_object_name(self, role: str, claim: RoleClaim) -> str:
        shared = getattr(claim.spec, "shared", False)
        return f"{self._service.name}-{claim.spec.name}" if shared else f"{self._service.name}-{role}-{claim.spec.name}"

    def claim_labels(self, role: str) -> dict[str, str]:
        return self.labels(role)

    def claim_annotations(self, annotations: Mapping[str, str], reasons: str) -> dict[str, str]:  # noqa: ARG002 - they are worth reading
        return dict(annotations)

    @property
    def writes_claim_defaults(self) -> bool:
        return True

    def gets_claims(self, role: Role, container: Container) -> bool:
        return container is role.model_container

    def gets_accelerator(self, role: Role, container: Container) -> bool:
        return container is role.model_container

    def is_model_server(self, role: Role, container: Container) -> bool:
        return container.serves_model or container is role.model_container

    def volume_read_only(self, model: ModelArtifacts) -> bool | None:
        return model.volume_read_only or None

    def mounts_read_only(self, model: ModelArtifacts) -> bool | None:
        return model.mounted_read_only or None

    def hub_cache(self, mount_path: str, folder: str) -> str:
        return f"{mount_path}/{folder}" if folder else mount_path

    def tells_parallelism(self, container: Container) -> bool:
        return container.model_command != "vllmServe"  # its flags say the same

    def names_pod_to_peers(self, container: Container) -> bool:
        return any("NixlConnector" in arg for arg in container.args)

    def accelerator_env(self, container: Container, variables: list[dict[str, Any]]) -> list[dict[str, Any]]:  # noqa: ARG002 - all of them
        return variables

    def ports(self, role: Role, container: Container, listening: int) -> tuple[Port, ...]:
        """What the container lists, and the port the model server listens on, under the name that is scraped."""
        ports = container.port_records
        if not container.serves_model or any(item.number == listening for item in ports):
            return ports
        wanted = (role.monitoring and role.monitoring.port) or "http"
        taken = any(item.name == wanted for other in role.containers for item in other.port_records)
        return (Port(listening) if taken else Port(listening, name=wanted), *ports)


def _label_value(text: str) -> str:
    """A model name as a label value: `/` and whatever else labels do not take becomes `-`."""
    value = "".join(char if (char.isalnum() and char.isascii()) or char in "-_." else "-" for char in text).strip("-_.")
    return to_dns_label(value) if label_value_problem(value) else value
