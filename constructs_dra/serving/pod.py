"""What every pod of a role may say about itself."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from attrs import field, frozen

from constructs_dra.errors import Problems, shown
from constructs_dra.lexical.names import dns_subdomain_problem
from constructs_dra.records import valid
from constructs_dra.records.kubernetes import kubernetes, kubernetes_names
from constructs_dra.records.record import Fragment, Record
from constructs_dra.records.sequence import SequenceNotStr
from constructs_dra.records.values import copied
from constructs_dra.serving import fragments
from constructs_dra.serving.accelerator import AcceleratorTypes
from constructs_dra.serving.container import Container

__all__ = ["Pod", "pod_fields", "volume_list"]


def _plain_volume(name: str, source: Any) -> Fragment | None:
    return {"name": name, **source} if isinstance(source, Mapping) else None


def volume_list(volumes: Mapping[str, Fragment] | Sequence[Fragment]) -> list[dict[str, Any]]:
    """Kubernetes' list of volumes, in the order given."""
    if isinstance(volumes, Mapping):
        return [{"name": name, **copied(source)} for name, source in volumes.items()]
    return [copied(item) for item in volumes]


_ELSEWHERE: Final = {"resourceClaims": "claims", "serviceAccountName": "service_account"}
"""Fields of a Kubernetes PodSpec that the role and the service have."""


def pod_fields() -> Mapping[str, str]:
    """Fields of a Kubernetes PodSpec that have a field of their own here: Kubernetes' names and ours."""
    return {**kubernetes_names(Pod), **_ELSEWHERE}


def _check_extra(value: object, path: str, problems: Problems) -> None:
    if not isinstance(value, Mapping):
        problems.add(path, f"must be a mapping of Kubernetes PodSpec fields, not {shown(value)}")
        return
    own = pod_fields()
    for key in value:
        if key in own:
            problems.add(f"{path}.{key}", "has a field of its own", f"write {own[key]}=…")
    rest = {key: item for key, item in value.items() if key not in own}
    if rest:
        fragments.check_fragment({"containers": [{"name": "x"}], **rest}, "PodSpec", path, problems)


@frozen(kw_only=True, eq=False, repr=False)
class Pod(Record):
    """A pod template: the containers, and where and how they run.

    Attributes:
        containers: The model server first, then what runs beside it.
        init_containers: Containers that run before (or, with `restart_policy="Always"`, beside) them. Default: none beside the routing proxy.
        volumes: Volumes by name, `{"shm": {"emptyDir": {"medium": "Memory"}}}`, or Kubernetes' list. Default: none beside the model's.
        image_pull_secrets: Secrets for pulling images. Default: none.
        node_selector: Labels the node must carry. Default: none.
        accelerator_types: Values of an accelerator label the node must carry one of. Default: none.
        affinity: Affinity rules; what `accelerator_types` says is added. Default: none.
        tolerations: Taints of nodes the pods tolerate. Default: none.
        topology_spread_constraints: How the pods spread over the cluster. Default: Kubernetes' own.
        runtime_class_name: Runtime class. Default: the node's.
        scheduler_name: Scheduler. Default: the cluster's.
        priority_class_name: Priority class. Default: the cluster's.
        termination_grace_period_seconds: Seconds a pod may take to finish its requests. Default: Kubernetes' own (30).
        enable_service_links: Whether pods get environment variables for every Service of the namespace. Default: Kubernetes' own (yes).
        host_network: Whether pods use the node's network. Default: no.
        host_ipc: Whether pods use the node's IPC namespace. Default: no.
        host_pid: Whether pods use the node's process namespace. Default: no.
        security_context: Security settings of the pod. Default: none.
        pod_labels: Further labels of the pods. Default: none.
        pod_annotations: Annotations of the pods. Default: none.
        extra: Any other field of a Kubernetes PodSpec, in Kubernetes' spelling. Default: none.
        accept: Check rules to suppress, each with the reason. Default: none.
    """

    CROSS_CHECKED: ClassVar = frozenset({"containers"})

    containers: Sequence[Container] = field(metadata=kubernetes("containers", valid.instances(Container), None))
    init_containers: Sequence[Container] = field(default=(), metadata=kubernetes("initContainers", valid.instances(Container), None))
    volumes: Mapping[str, Fragment] | Sequence[Fragment] = field(
        factory=dict, metadata=kubernetes("volumes", fragments.named_fragments("Volume", _plain_volume), None)
    )
    image_pull_secrets: SequenceNotStr[str] = field(
        default=(), metadata=kubernetes("imagePullSecrets", valid.texts(dns_subdomain_problem), lambda names: [{"name": name} for name in names])
    )
    node_selector: Mapping[str, str] = field(factory=dict, metadata=kubernetes("nodeSelector", valid.labels(), dict))
    accelerator_types: AcceleratorTypes | None = field(default=None, metadata=valid.instance(AcceleratorTypes))
    affinity: Fragment | None = field(default=None, metadata=kubernetes("affinity", fragments.fragment("Affinity")))
    tolerations: Sequence[Fragment] = field(default=(), metadata=kubernetes("tolerations", fragments.fragments("Toleration")))
    topology_spread_constraints: Sequence[Fragment] = field(
        default=(), metadata=kubernetes("topologySpreadConstraints", fragments.fragments("TopologySpreadConstraint"))
    )
    runtime_class_name: str | None = field(default=None, metadata=kubernetes("runtimeClassName", valid.dns_subdomain()))
    scheduler_name: str | None = field(default=None, metadata=kubernetes("schedulerName", valid.text()))
    priority_class_name: str | None = field(default=None, metadata=kubernetes("priorityClassName", valid.dns_subdomain()))
    termination_grace_period_seconds: int | None = field(default=None, metadata=kubernetes("terminationGracePeriodSeconds", valid.integer()))
    enable_service_links: bool | None = field(default=None, metadata=kubernetes("enableServiceLinks", valid.boolean()))
    host_network: bool | None = field(default=None, metadata=kubernetes("hostNetwork", valid.boolean()))
    host_ipc: bool | None = field(default=None, metadata=kubernetes("hostIPC", valid.boolean()))
    host_pid: bool | None = field(default=None, metadata=kubernetes("hostPID", valid.boolean()))
    security_context: Fragment | None = field(default=None, metadata=kubernetes("securityContext", fragments.fragment("PodSecurityContext")))
    pod_labels: Mapping[str, str] = field(factory=dict, metadata=valid.labels())
    pod_annotations: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))
    extra: Fragment = field(factory=dict, metadata={**valid.custom(_check_extra), "piece": True})
    accept: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))

    @property
    def model_container(self) -> Container | None:
        """The container that gets the devices: the first one this library starts the model server in, else the first of all."""
        for container in self.containers:
            if container.serves_model:
                return container
        return self.containers[0] if self.containers else None

    def title(self) -> str:
        """A pod has no name of its own."""
        return type(self).__name__

    def cross_check(self, problems: Problems) -> None:
        """There is something to run."""
        if not self.containers:
            problems.add("containers", "must hold at least one container", "start with Container.vllm(image)")
