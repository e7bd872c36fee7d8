"""Names, labels and who gets what, by this library's own conventions; those of a running Helm release are in `release_conventions`."""

# ruff: noqa: D102 - what each method answers is said once, in the protocol

from collections.abc import Iterator, Mapping
from typing import Any

from constructs_dra.errors import Problem, shown
from constructs_dra.kubernetes.labels import MODEL, ROLE, SERVING
from constructs_dra.lexical.names import dns_label_problem, label_value_problem, to_dns_label
from constructs_dra.serving.accelerator import Accelerator
from constructs_dra.serving.claims import RoleClaim
from constructs_dra.serving.container import Container, Port
from constructs_dra.serving.model import ModelArtifacts
from constructs_dra.serving.pod import Pod
from constructs_dra.serving.spec import ServiceSpec

__all__ = ["OwnConventions"]


class OwnConventions:
    """This library's conventions: `<service>-<role>-<what>`, and selectors that two services of one model cannot share."""

    user_env_first = False
    proxy_flags_by_version = True
    proxy_resources = True
    replicas_with_autoscaling = False
    workers_make_group = True
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

    def warned_resource(self, pod: Pod, accelerator: Accelerator | None) -> str | None:  # noqa: ARG002 - the checks say it
        return None

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

    def gets_claims(self, pod: Pod, container: Container) -> bool:
        return container is pod.model_container

    def gets_accelerator(self, pod: Pod, container: Container) -> bool:
        return container is pod.model_container

    def is_model_server(self, pod: Pod, container: Container) -> bool:
        return container.serves_model or container is pod.model_container

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

    def ports(self, pod: Pod, container: Container, listening: int, name: str) -> tuple[Port, ...]:
        """What the container lists, and the port the model server listens on, under the name that is scraped."""
        ports = container.port_records
        if not container.serves_model or any(item.number == listening for item in ports):
            return ports
        taken = any(item.name == name for other in pod.containers for item in other.port_records)
        return (Port(listening) if taken else Port(listening, name=name), *ports)


def _label_value(text: str) -> str:
    """A model name as a label value: `/` and whatever else labels do not take becomes `-`."""
    value = "".join(char if (char.isalnum() and char.isascii()) or char in "-_." else "-" for char in text).strip("-_.")
    return to_dns_label(value) if label_value_problem(value) else value
