"""What a model service is made of: parts, and what a part knows of the service it stands in.

A part is a record that answers two questions: which objects, and what is wrong, given the service it stands in. To add a kind of object:

1. Write a file with a record that derives from `Part` (one for the whole service) or `RolePart` (one for each role), its fields described with
   `constructs_dra.records.valid`. `manifests` gives its objects, `problems` what is wrong; names, labels, ports and finished pod templates are
   asked of the view, so that they cannot disagree with the rest. `adjust_pod`, `adjust_claim` and `adjust_workload` change what the service makes
   anyway; `port_behind` and `runs_as` say that the part stands before a role's servers, or makes the object that runs its pods.
2. Name it in `constructs_dra/__init__.pyi`, and its rules in `constructs_dra/rules/`.
3. Test it.

Users write `ModelService(…, parts=[MyPart()])` or `Role(…, parts=[MyRolePart()])`; nothing else in the library has to know of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

from attrs import frozen

from constructs_dra.errors import Problem
from constructs_dra.manifest import Manifest
from constructs_dra.records.record import Record
from constructs_dra.records.valued import Valued
from constructs_dra.serving.accelerator import Accelerator
from constructs_dra.serving.claims import ClaimSpec
from constructs_dra.serving.container import Container
from constructs_dra.serving.conventions import Conventions
from constructs_dra.serving.model import ModelArtifacts
from constructs_dra.serving.parallelism import Parallelism
from constructs_dra.serving.pod import Pod

__all__ = ["Part", "PodView", "RolePart", "RoleView", "ServiceView", "Workload", "metadata"]

P = TypeVar("P")


@frozen(kw_only=True, eq=False, repr=False)
class Workload(Valued):
    """The object that runs the pods of a role, as others refer to it.

    Attributes:
        api_version: Its API version.
        kind: Its kind: `Deployment`, `LeaderWorkerSet` or `ReplicaSet`.
        name: Its name.
        times: How often it runs all copies of the role: the slices of a DisaggregatedSet. Default 1.
    """

    api_version: str
    kind: str
    name: str
    times: int = 1

    def reference(self) -> Manifest:
        """As autoscalers and the like name it (`scaleTargetRef`)."""
        return {"apiVersion": self.api_version, "kind": self.kind, "name": self.name}


@frozen(kw_only=True, eq=False, repr=False)
class PodView:
    """One finished pod template of a role.

    Attributes:
        pod: The record the template was made from: the role, or the leader's pod.
        path: Where that record is, seen from the service.
        template: The finished pod template; `adjust_pod` may change it, everybody else only reads.
        proxied: Whether the first init container is the routing proxy.
        serves: Whether it answers requests; workers whose API server is in the leader do not.
    """

    pod: Pod
    path: str
    template: Manifest
    proxied: bool = False
    serves: bool = True

    @property
    def spec(self) -> Manifest:
        """The finished PodSpec."""
        spec: Manifest = self.template["spec"]
        return spec

    def containers(self) -> Iterable[tuple[str, Container, dict[str, Any]]]:
        """The containers that run together with the model server's: place, record, finished container."""
        for index, (record, made) in enumerate(zip(self.pod.containers, self.spec["containers"], strict=False)):
            yield f"{self.path}.containers[{index}]", record, made

    def all_containers(self) -> Iterable[tuple[str, dict[str, Any]]]:
        """Every container, init containers first: place and finished container."""
        for index, made in enumerate(self.spec.get("initContainers", ())):
            if self.proxied and index == 0:
                yield "proxy", made
            else:
                yield f"{self.path}.init_containers[{index - self.proxied}]", made
        for path, _, made in self.containers():
            yield path, made

    def running(self) -> Iterable[tuple[str, dict[str, Any]]]:
        """Containers that run at the same time: the containers and the sidecars among the init containers."""
        for path, made in self.all_containers():
            if "init_containers" not in path or made.get("restartPolicy") == "Always":
                yield path, made

    def ports(self) -> Mapping[str, int]:
        """The named ports of the pod."""
        return {port["name"]: port["containerPort"] for _, made in self.running() for port in made.get("ports", ()) if "name" in port}


class RoleView(Protocol):
    """What a part knows of a role."""

    @property
    def name(self) -> str:
        """`decode`, `prefill` or `encode`."""
        ...

    @property
    def service(self) -> "ServiceView":
        """The service it belongs to."""
        ...

    @property
    def pod(self) -> Pod:
        """The role as its author wrote it."""
        ...

    @property
    def parallelism(self) -> Parallelism:
        """How the model is spread over devices and pods."""
        ...

    @property
    def replicas(self) -> int:
        """Copies of the role."""
        ...

    @property
    def pod_count(self) -> int:
        """Pods in all its copies."""
        ...

    @property
    def is_scaled(self) -> bool:
        """Whether an autoscaler owns the number of copies."""
        ...

    @property
    def is_multinode(self) -> bool:
        """Whether a replica is a group of pods."""
        ...

    @property
    def workload(self) -> Workload:
        """The object that runs its pods."""
        ...

    @property
    def selector(self) -> Mapping[str, str]:
        """Labels by which the workload, and everybody else, finds the pods."""
        ...

    @property
    def pod_labels(self) -> Mapping[str, str]:
        """All labels of the pods."""
        ...

    @property
    def port(self) -> int:
        """Port the model server listens on: behind the routing proxy where there is one."""
        ...

    @property
    def serving_port(self) -> int:
        """Port that clients of a pod use."""
        ...

    @property
    def has_devices(self) -> bool:
        """Whether its pods hold devices, from claims or from a device plugin."""
        ...

    @property
    def device_names(self) -> frozenset[str]:
        """Device classes and device-plugin resources its devices come from, as far as they are known."""
        ...

    @property
    def accelerator(self) -> Accelerator | None:
        """The devices it gets without a claim."""
        ...

    @property
    def claim_specs(self) -> Sequence[ClaimSpec]:
        """The claims of its pods, in the order of the role's."""
        ...

    @property
    def workload_name(self) -> str:
        """Name of the object that runs its pods when it has one of its own."""
        ...

    @property
    def is_requested(self) -> bool:
        """Whether dual-pod requesters stand in for its pods."""
        ...

    def part(self, kind: type[P]) -> P | None:
        """The first part of a class that stands with the role."""
        ...

    @property
    def pods(self) -> Sequence[PodView]:
        """Its finished pod templates: one, or the leader's and the workers' where these differ."""
        ...

    def metadata(self, name: str = "", *, kind: str = "", labels: Mapping[str, str] = ..., annotations: Mapping[str, str] = ...) -> Manifest:
        """Metadata of an object that belongs to the role.

        Args:
            name: Its name. Default: the workload's.
            kind: Its kind, as labels may depend on it.
            labels: Further labels.
            annotations: Further annotations.
        """
        ...


class ServiceView(Protocol):
    """What a part knows of the service it stands in; made once for all parts."""

    @property
    def name(self) -> str:
        """Name of what belongs to the service as a whole."""
        ...

    @property
    def namespace(self) -> str | None:
        """Namespace of the objects, where one is written."""
        ...

    @property
    def model(self) -> ModelArtifacts:
        """The model."""
        ...

    @property
    def service_port(self) -> int:
        """Port that clients of a pod use."""
        ...

    @property
    def conventions(self) -> Conventions:
        """What differs where a Helm release is taken over."""
        ...

    @property
    def account_name(self) -> str:
        """Name of the service account of the pods."""
        ...

    @property
    def selector(self) -> Mapping[str, str]:
        """Labels that all pods of the service have and no others."""
        ...

    @property
    def roles(self) -> Mapping[str, RoleView]:
        """The roles by name, in the order of their objects."""
        ...

    @property
    def callers(self) -> Sequence[Manifest]:
        """Who connects to its servers by what its parts say, as peers of a NetworkPolicy."""
        ...

    def part(self, kind: type[P]) -> P | None:
        """The first part of a class, of the service or of a role."""
        ...

    def metadata(self, name: str = "", *, kind: str = "", labels: Mapping[str, str] = ..., annotations: Mapping[str, str] = ...) -> Manifest:
        """Metadata of an object that belongs to the service as a whole.

        Args:
            name: Its name. Default: the service's.
            kind: Its kind, as labels may depend on it.
            labels: Further labels.
            annotations: Further annotations.
        """
        ...


class Part(Record):
    """Something that stands with a model service; the base of such records."""

    __slots__ = ()

    BEFORE_WORKLOADS: ClassVar[bool] = False
    """Whether workloads refer to its objects, which are then written first."""

    FIELD: ClassVar[str] = ""
    """The field of the service that holds it, where others build on what it does to pods and workloads; empty where it stands in `parts`."""

    def manifests(self, service: ServiceView) -> Iterable[Manifest]:  # noqa: ARG002 - none by default
        """Its objects: new dicts on every call."""
        return ()

    def problems(self, service: ServiceView) -> Iterable[Problem]:  # noqa: ARG002 - none by default
        """What is wrong, with paths that start at the part."""
        return ()

    def problems_around(self, service: ServiceView) -> Iterable[Problem]:  # noqa: ARG002 - none by default
        """What else of the service does not go with it, with paths seen from the service."""
        return ()

    def adjust_claim(self, name: str, parallelism: Parallelism, claim: ClaimSpec) -> ClaimSpec:  # noqa: ARG002 - as it is by default
        """Give another claim in place of one of a role, before anything else is worked out.

        Args:
            name: The role's name.
            parallelism: How the role spreads the model.
            claim: The claim as its author wrote it.
        """
        return claim

    def own_callers(self) -> Sequence[Manifest]:
        """Who connects to the servers beside gateways, pickers and Prometheus, as peers of a NetworkPolicy."""
        return ()

    def port_behind(self, role: str) -> int | None:  # noqa: ARG002 - nothing stands before it by default
        """Port of a role's model servers, where the part takes their requests in a sidecar of its own."""
        return None

    def runs_as(self, role: RoleView) -> Workload | None:  # noqa: ARG002 - a workload of its own by default
        """The object that runs a role's pods, where the part makes it."""
        return None

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        """Change a pod template of the service, in place."""

    def adjust_workload(self, role: RoleView, workload: Manifest) -> None:
        """Change the object that runs a role's pods, in place."""

    def combine_workloads(self, service: ServiceView, workloads: list[Manifest]) -> list[Manifest]:  # noqa: ARG002 - as they are by default
        """Give other objects in place of those that run the roles' pods."""
        return workloads


class RolePart(Record):
    """Something that stands with one role; the base of such records."""

    __slots__ = ()

    SCALES: ClassVar[bool] = False
    """Whether it is an autoscaler, which owns the number of copies; there can be one for a role."""

    def manifests(self, role: RoleView) -> Iterable[Manifest]:  # noqa: ARG002 - none by default
        """Its objects: new dicts on every call."""
        return ()

    def problems(self, role: RoleView) -> Iterable[Problem]:  # noqa: ARG002 - none by default
        """What is wrong, with paths that start at the part."""
        return ()

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        """Change a pod template of the role, in place."""

    def adjust_workload(self, role: RoleView, workload: Manifest) -> None:
        """Change the object that runs the role's pods, in place."""


def metadata(name: str, labels: Mapping[str, str], annotations: Mapping[str, str] | None = None, namespace: str | None = None) -> Manifest:
    """Metadata without empty parts."""
    made: Manifest = {"name": name}
    if namespace:
        made["namespace"] = namespace
    if labels:
        made["labels"] = dict(labels)
    if annotations:
        made["annotations"] = dict(annotations)
    return made
