"""The dual-pod requester: a small pod that holds the devices while a server-providing pod, patched in its place, runs the model."""

from typing import Any, ClassVar, Final

from attrs import field, frozen

from constructs_dra.manifest import Manifest, to_yaml
from constructs_dra.records import valid
from constructs_dra.records.record import Fragment
from constructs_dra.records.values import copied
from constructs_dra.serving import fragments
from constructs_dra.serving.amounts import Resources
from constructs_dra.serving.part import Part, RoleView, Workload, metadata
from constructs_dra.serving.requester_patch import chart_patch

__all__ = ["Requester"]

_SERVER: Final = ("volumes", "initContainers", "containers")
"""What of a role's pod the server brings: what runs, and on which files. Where and as whom it runs is settled by the requester's pod."""


@frozen(kw_only=True, eq=False, repr=False)
class Requester(Part):
    """Dual-pod serving (llm-d fast model actuation): decode becomes a ReplicaSet of requesters that carry the server as a patch.

    Attributes:
        image: Image of the requester.
        admin_port: Port of its administration interface (annotation `dual-pod.llm-d.ai/admin-port`). Default 8081.
        probes_port: Port of its probes. Default 8080.
        spi_port: Port of its interface towards the server. Default 8081.
        initial_delay_seconds: Seconds before its first readiness probe. Default 2.
        period_seconds: Seconds between readiness probes. Default 5.
        resources: What the requester asks for beside the devices of its role, in Kubernetes' spelling; with a running release the devices too.
            Default: none.
    """

    FIELD: ClassVar = "requester"

    image: str = field(metadata=valid.text())
    admin_port: int = field(default=8081, metadata=valid.port())
    probes_port: int = field(default=8080, metadata=valid.port())
    spi_port: int = field(default=8081, metadata=valid.port())
    initial_delay_seconds: int = field(default=2, metadata=valid.integer())
    period_seconds: int = field(default=5, metadata=valid.integer(1))
    resources: Resources | Fragment = field(factory=dict, metadata=fragments.resources())

    def runs_as(self, role: RoleView) -> Workload | None:
        """Requesters stand in for single decode pods."""
        if role.name != "decode" or role.is_multinode:
            return None
        return Workload(api_version="apps/v1", kind="ReplicaSet", name=role.workload_name)

    def adjust_workload(self, role: RoleView, workload: Manifest) -> None:
        """Put the ReplicaSet of requesters in its place, which carry the server's pod as a patch in an annotation."""
        if (own := self.runs_as(role)) is None:
            return
        conventions = role.service.conventions
        selector = conventions.requester_selector()
        labels = conventions.labels(role.name, kind=own.kind)
        patch = chart_patch(role) if conventions.patch_as_written else to_yaml(_server_patch(role))
        annotations = {"dual-pod.llm-d.ai/admin-port": str(self.admin_port), "dual-pod.llm-d.ai/server-patch": patch}
        container, spec = self._container(), {}
        if conventions.requester_holds_devices:
            _hold_devices(role, container)
            spec = {key: value for key, value in role.pods[0].spec.items() if key not in _SERVER}
        replicas = {"replicas": workload["spec"]["replicas"]} if "replicas" in workload["spec"] else {}
        template = {"metadata": {"labels": dict(selector), "annotations": annotations}, "spec": {**spec, "containers": [container]}}
        workload.clear()
        workload |= {
            "apiVersion": own.api_version,
            "kind": own.kind,
            "metadata": metadata(own.name, labels, namespace=role.service.namespace),
            "spec": {**replicas, "selector": {"matchLabels": selector}, "template": template},
        }

    def _container(self) -> dict[str, Any]:
        container: dict[str, Any] = {
            "name": "inference-server",
            "image": self.image,
            "imagePullPolicy": "Always",
            "command": ["/app/requester"],
            "env": [{"name": "PROBES_PORT", "value": str(self.probes_port)}, {"name": "SPI_PORT", "value": str(self.spi_port)}],
            "ports": [{"name": "probes", "containerPort": self.probes_port}, {"name": "spi", "containerPort": self.spi_port}],
            "readinessProbe": {
                "httpGet": {"path": "/ready", "port": self.probes_port},
                "initialDelaySeconds": self.initial_delay_seconds,
                "periodSeconds": self.period_seconds,
            },
        }
        if self.resources:
            container["resources"] = copied(self.resources)
        return container


def _hold_devices(role: RoleView, container: dict[str, Any]) -> None:
    """Let the requester ask for the devices of the role, as it holds them for the server."""
    wanted: dict[str, Any] = container.get("resources", {})
    if role.accelerator is not None:
        role.accelerator.ask_in(wanted, role.parallelism.devices_per_pod)
    claims = zip(role.claim_specs, role.pods[0].spec.get("resourceClaims", ()), strict=False)  # parts may have added some
    if references := [*({"name": entry["name"]} for _, entry in claims), *wanted.pop("claims", ())]:
        wanted["claims"] = references
    if wanted:
        container["resources"] = wanted


def _server_patch(role: RoleView) -> dict[str, Any]:
    """What turns a requester's pod into the one that provides the server."""
    repository, _, model = role.service.model.served_name.rpartition("/")
    # what the ReplicaSet selects by must go, or it would take the server's pod for one of its own
    labels: dict[str, str | None] = {"model-reg": model, "model-repo": repository, **role.service.conventions.server_labels(role.name)}
    pod = role.pods[0].spec
    spec = {key: pod[key] for key in _SERVER if key in pod}
    return {"metadata": {"labels": labels}, "spec": spec}
