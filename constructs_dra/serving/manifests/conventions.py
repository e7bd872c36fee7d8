"""Names, labels and who gets what: this library's own conventions, and those of a running Helm release.

Everything that differs between the two is here (and in `requester_patch`, whose text a release keeps to the byte); the builders ask.
"""

# ruff: noqa: D102 - what each method answers is said once, in the protocol

from typing import TYPE_CHECKING, Any, Protocol

from constructs_dra.lexical.names import label_value_problem, to_dns_label
from constructs_dra.manifest import Manifest
from constructs_dra.serving.claims import RoleClaim
from constructs_dra.serving.container import Container, Port
from constructs_dra.serving.env import env_list
from constructs_dra.serving.model import ModelArtifacts
from constructs_dra.serving.release import HelmRelease
from constructs_dra.serving.role import Role

if TYPE_CHECKING:
    from constructs_dra.serving.service import ModelService

__all__ = ["Conventions", "OwnConventions", "ReleaseConventions", "conventions_of"]

_CHART = "llm-d-modelservice"


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
    accelerator_warning: bool
    """Whether a device count that differs from the parallelism is noted in an annotation."""

    def is_multinode(self, role: Role) -> bool:
        """Whether a replica of the role is a group of pods."""
        ...

    def name(self) -> str:
        """Name of what belongs to the service as a whole."""
        ...

    def workload_name(self, role: str) -> str:
        """Name of the Deployment or LeaderWorkerSet of a role."""
        ...

    def labels(self, role: str | None = None, *, kind: str = "") -> dict[str, str]:
        """Labels of an object, of one role or of the service as a whole."""
        ...

    def pod_monitor_name(self, role: str) -> str:
        """Name of the PodMonitor of a role."""
        ...

    def selector(self, role: str) -> dict[str, str]:
        """Labels by which a workload finds its pods."""
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
    accelerator_warning = False

    def __init__(self, service: "ModelService") -> None:
        self._service = service
        self._labels = {"app.kubernetes.io/instance": service.name}
        model = service.model
        given = model.labels if model.labels is not None else {}
        self._pod_labels = {
            **self._labels,
            "llm-d.ai/inference-serving": "true",
            "llm-d.ai/model": _label_value(model.served_name),
            **given,
        }

    def is_multinode(self, role: Role) -> bool:
        return role.is_multinode

    def name(self) -> str:
        return self._service.name

    def workload_name(self, role: str) -> str:
        return f"{self._service.name}-{role}"

    def pod_monitor_name(self, role: str) -> str:
        return self.workload_name(role)

    def labels(self, role: str | None = None, *, kind: str = "") -> dict[str, str]:  # noqa: ARG002 - alike for all kinds
        own = self._service.labels
        return {**self._labels, "llm-d.ai/role": role, **own} if role else {**self._labels, **own}

    def selector(self, role: str) -> dict[str, str]:
        # no label of the model: selectors are immutable, and a service may move to another model
        return {**self._labels, "llm-d.ai/role": role}

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
        wanted = role.monitoring.port if role.monitoring is not None else "http"
        taken = any(item.name == wanted for other in role.containers for item in other.port_records)
        return (Port(listening) if taken else Port(listening, name=wanted), *ports)


class ReleaseConventions:
    """What chart llm-d-modelservice does, faults included, but for the fixes that were asked for."""

    split_groups: bool

    def __init__(self, service: "ModelService", release: HelmRelease) -> None:
        self._service = service
        self._release = release
        self._fullname = fullname(release.name or service.name, release.fullname)
        self._model_labels = dict(service.model.labels or {})
        self.user_env_first = not release.fixed("user-env-wins")
        self.proxy_flags_by_version = release.fixed("proxy-flags-by-version")
        self.proxy_resources = release.fixed("proxy-resources")
        self.replicas_with_autoscaling = not release.fixed("replicas-left-to-autoscaler")
        self.split_groups = release.fixed("proxy-in-leader-only")
        self.accelerator_warning = True

    def is_multinode(self, role: Role) -> bool:
        return role.multinode is not None  # the chart has a switch of its own; workers alone make no group

    def name(self) -> str:
        return self._fullname

    def workload_name(self, role: str) -> str:
        return f"{self._fullname}-{role}"

    def pod_monitor_name(self, role: str) -> str:
        return f"{self.workload_name(role)}-podmonitor"

    def labels(self, role: str | None = None, *, kind: str = "") -> dict[str, str]:
        own = dict(self._service.labels)
        if kind == "LeaderWorkerSet" and role:
            return {**self.selector(role), **own}
        return {"app.kubernetes.io/component": role, **own} if kind == "PodMonitor" and role else own

    def selector(self, role: str) -> dict[str, str]:
        return {**self._model_labels, "llm-d.ai/role": role}

    def pod_labels(self, role: str) -> dict[str, str]:
        return self.selector(role)

    def requester_selector(self) -> dict[str, str]:
        return {"app": "dp-app"}

    def server_labels(self, role: str) -> dict[str, str | None]:  # noqa: ARG002 - the chart gives them none
        return {"app": None}

    def pod_claim_name(self, role: str, claim: RoleClaim) -> str:
        if claim.existing or claim.name is not None:
            return claim.pod_name
        if self._release.chart == "0.3":
            return f"{claim.spec.name}-resource-claim"
        return f"{claim.spec.name.removesuffix('-claim-template')}-{role}-claim"

    def claim_object_name(self, role: str, claim: RoleClaim) -> str:
        name = f"{claim.spec.name}-resource-claim-template" if self._release.chart == "0.3" else f"{claim.spec.name}-{role}"
        return f"{self._fullname}-{name}" if self._release.fixed("claim-names-per-release") else name

    def claim_labels(self, role: str) -> dict[str, str]:
        return {} if self._release.chart == "0.3" else {"llm-d.ai/role": role}

    def gets_claims(self, role: Role, container: Container) -> bool:
        return not self._release.fixed("claims-for-model-container") or container is role.model_container

    def gets_accelerator(self, role: Role, container: Container) -> bool:
        return "llm-d-inference-sim" not in container.image and self.gets_claims(role, container)

    def is_model_server(self, role: Role, container: Container) -> bool:  # noqa: ARG002 - the chart tells every container
        return True

    def volume_read_only(self, model: ModelArtifacts) -> bool | None:
        return model.volume_read_only or self._release.chart == "0.3"

    def mounts_read_only(self, model: ModelArtifacts) -> bool | None:
        if self._release.chart == "0.3":
            return True if model.scheme in {"pvc", "oci"} else None
        return model.mounted_read_only if model.scheme != "hf" else None

    def hub_cache(self, mount_path: str, folder: str) -> str:
        return f"{mount_path if self._release.fixed('hf-hub-cache-path') else '/model-cache'}/{folder}"

    def tells_parallelism(self, container: Container) -> bool:  # noqa: ARG002 - all of them
        return True

    def names_pod_to_peers(self, container: Container) -> bool:  # noqa: ARG002 - the chart leaves it to the values
        return False

    def accelerator_env(self, container: Container, variables: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if not self._release.fixed("accelerator-env-once"):
            return variables
        given = {item["name"] for item in env_list(container.env)}
        return [item for item in variables if item["name"] not in given]

    def ports(self, role: Role, container: Container, listening: int) -> tuple[Port, ...]:  # noqa: ARG002 - the chart adds none
        return container.port_records


def conventions_of(service: "ModelService") -> Conventions:
    """The conventions a service follows."""
    return ReleaseConventions(service, service.release) if service.release is not None else OwnConventions(service)


def fullname(release: str, override: str | None = None) -> str:
    """The name that chart llm-d-modelservice starts the names of its objects with: cut at 55 characters, no `-` at the end."""
    name = override or (release if _CHART in release else f"{release}-{_CHART}")
    return name[:55].removesuffix("-")


def _label_value(text: str) -> str:
    """A model name as a label value: `/` and whatever else labels do not take becomes `-`."""
    value = "".join(char if (char.isalnum() and char.isascii()) or char in "-_." else "-" for char in text).strip("-_.")
    return to_dns_label(value) if label_value_problem(value) else value


def metadata(name: str, labels: dict[str, str], annotations: dict[str, str] | None = None, namespace: str | None = None) -> Manifest:
    """Metadata without empty parts."""
    made: dict[str, Any] = {"name": name}
    if namespace:
        made["namespace"] = namespace
    if labels:
        made["labels"] = labels
    if annotations:
        made["annotations"] = annotations
    return made
