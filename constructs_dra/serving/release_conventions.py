"""Names, labels and who gets what in a running Helm release of chart llm-d-modelservice, faults included, but for the fixes that were asked for."""

# ruff: noqa: D102 - what each method answers is said once, in the protocol

from collections.abc import Iterator, Mapping
from typing import Any

from constructs_dra.errors import Problem
from constructs_dra.kubernetes.labels import ROLE
from constructs_dra.serving.accelerator import Accelerator
from constructs_dra.serving.claims import RoleClaim
from constructs_dra.serving.container import Container, Port
from constructs_dra.serving.env import env_list
from constructs_dra.serving.model import ModelArtifacts
from constructs_dra.serving.pod import Pod
from constructs_dra.serving.release import HelmRelease
from constructs_dra.serving.spec import ServiceSpec

__all__ = ["ReleaseConventions", "fullname"]

_CHART = "llm-d-modelservice"


class ReleaseConventions:
    """What chart llm-d-modelservice does, faults included, but for the fixes that were asked for."""

    lenient = True
    written_here = False
    stated_devices_count = False
    requester_holds_devices = False
    workers_make_group = False  # the chart has a switch of its own

    def __init__(self, service: ServiceSpec, release: HelmRelease) -> None:
        self._service = service
        self._release = release
        self._fullname = fullname(release.name or service.name, release.fullname)
        self._model_labels = dict(service.model.labels or {})
        self.user_env_first = not release.fixed("user-env-wins")
        self.proxy_flags_by_version = release.fixed("proxy-flags-by-version")
        self.proxy_resources = release.fixed("proxy-resources")
        self.replicas_with_autoscaling = not release.fixed("replicas-left-to-autoscaler")
        self.split_groups = release.fixed("proxy-in-leader-only")
        self.patch_as_written = not release.fixes
        self.quoted_model = release.quoted_model

    def problems(self) -> Iterator[Problem]:
        if self._service.model.labels is None:
            yield Problem("model.labels", "must hold the labels of the release's pods", "selectors of running Deployments cannot change")
        if self._service.identity:
            yield Problem("identity", "the pods of a release are found by model.labels", "leave it out")

    def warned_resource(self, pod: Pod, accelerator: Accelerator | None) -> str | None:
        first = pod.containers[0]
        if "llm-d-inference-sim" in first.image:
            return None
        if self._release.warned_resource is not None:
            return self._release.warned_resource
        return (accelerator.resource or "") if accelerator is not None and self.gets_accelerator(pod, first) else None

    def name(self) -> str:
        return self._fullname

    def workload_name(self, role: str) -> str:
        return f"{self._fullname}-{role}"

    def object_name(self, role: str, kind: str) -> str:
        return f"{self.workload_name(role)}-podmonitor" if kind == "PodMonitor" else self.workload_name(role)

    def labels(self, role: str | None = None, *, kind: str = "") -> dict[str, str]:
        own = dict(self._service.labels)
        if kind == "LeaderWorkerSet" and role:
            return {**self.selector(role), **own}
        return {"app.kubernetes.io/component": role, **own} if kind == "PodMonitor" and role else own

    def selector(self, role: str | None = None) -> dict[str, str]:
        return {**self._model_labels, ROLE: role} if role else dict(self._model_labels)

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
        return {} if self._release.chart == "0.3" else {ROLE: role}

    @property
    def writes_claim_defaults(self) -> bool:
        return False  # as the chart writes it

    def claim_annotations(self, annotations: Mapping[str, str], reasons: str) -> dict[str, str]:
        return {key: value for key, value in annotations.items() if not key.startswith(reasons)}  # objects stay as they are: the code says why

    def gets_claims(self, pod: Pod, container: Container) -> bool:
        return not self._release.fixed("claims-for-model-container") or container is pod.model_container

    def gets_accelerator(self, pod: Pod, container: Container) -> bool:
        return "llm-d-inference-sim" not in container.image and self.gets_claims(pod, container)

    def is_model_server(self, pod: Pod, container: Container) -> bool:  # noqa: ARG002 - the chart tells every container
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

    def ports(self, pod: Pod, container: Container, listening: int, name: str) -> tuple[Port, ...]:  # noqa: ARG002 - the chart adds none
        return container.port_records


def fullname(release: str, override: str | None = None) -> str:
    """The name that chart llm-d-modelservice starts the names of its objects with: cut at 55 characters, no `-` at the end."""
    name = override or (release if _CHART in release else f"{release}-{_CHART}")
    return name[:55].removesuffix("-")
