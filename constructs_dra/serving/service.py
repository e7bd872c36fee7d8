"""A model service: one model, the roles that serve it, and what stands around them."""

from collections.abc import Mapping

from attrs import frozen

from constructs_dra.errors import Problem, Problems
from constructs_dra.garbage import uncollected
from constructs_dra.manifest import Manifest
from constructs_dra.noted import note
from constructs_dra.serving.checks.service import service_problems
from constructs_dra.serving.context import conventions_of
from constructs_dra.serving.part import ServiceView
from constructs_dra.serving.resolve import resolved, service_manifests
from constructs_dra.serving.spec import ServiceSpec

__all__ = ["ModelService"]


@frozen(eq=False, repr=False)
class ModelService(ServiceSpec):
    """One model and the roles that serve it.

    Making one checks it as a whole: devices against parallelism, ports against each other, mounts against volumes, and so on; see
    `constructs_dra.serving.checks`. A finding that is right in your case is suppressed with `accept`, at the service, the role or the container.

    Attributes:
        name: Its name; objects are called `<name>-<role>`.
        model: The model.
        decode: The role that answers requests; without a prefill role it does all the work. Default: none.
        prefill: The role that reads prompts. Default: none.
        encode: The role that reads images and sound. Default: none.
        namespace: Namespace of the objects. Default: none written, so the one they are applied to.
        service_port: Port that clients of a pod use. Default 8000.
        proxy: The routing proxy of the decode role. Default: one with default settings where there is a prefill or encode role, else none.
        tracing: OpenTelemetry tracing. Default: none.
        service_account: The account the pods run as. Default: one named like the service.
        requester: Dual-pod requesters in place of decode pods. Default: none.
        production: What makes the pods fit for production: probes, shared memory, writable folders, requests, drain, rollout, security settings
            and a NetworkPolicy; each can be turned off by its name. Default: all of it, and nothing where a release is taken over.
        parts: What else stands with the service: pools, policies, alerts, …; see `constructs_dra.serving.part`. Default: none.
        identity: Labels that all its objects and pods carry and that everything finds its pods by; selectors hold them, so they cannot change later.
            Default: `app.kubernetes.io/instance` with the name.
        labels: Labels of all objects (not of pods: see `ModelArtifacts.labels` and `Role.pod_labels`). Default: none beside the usual.
        annotations: Annotations of all objects. Default: none.
        extra_objects: Further Kubernetes objects that belong to the service, as written. Default: none.
        release: The Helm release whose objects are taken over. Default: none; names and labels are this library's.
        accept: Check rules to suppress everywhere in the service, each with the reason. Default: none.
    """

    @property
    def view(self) -> ServiceView:
        """Everything about the service that other objects are wired to: names, labels, ports, finished pod templates, by role."""
        return resolved(self)

    @property
    def selector(self) -> Mapping[str, str]:
        """Labels that all pods of the service have, whatever their role, and that stay when the model changes."""
        return conventions_of(self).selector()

    @property
    def ports(self) -> Mapping[str, int]:
        """Named ports of the pods of the first role, which is the one that answers requests."""
        role = next(iter(resolved(self).roles.values()), None)
        return role.pods[0].ports() if role is not None else {}

    @property
    def pool(self) -> str | None:
        """Name of its InferencePool; None where it has none: without `Routing`, or with `Routing(pool=None)`."""
        return next((made["metadata"]["name"] for made in service_manifests(resolved(self)) if made["kind"] == "InferencePool"), None)

    @property
    def service(self) -> str | None:
        """Name of the Service that spreads requests over its pods; None where it has none, as without a `PlainService`.

        Neither the endpoint picker's Service counts nor those without an address of their own, which give pods names or are there to be scraped.
        """
        context = resolved(self)
        labels = [pod.template["metadata"]["labels"].items() for role in context.roles.values() for pod in role.pods]
        for made in service_manifests(context):
            spec = made.get("spec", {})
            chosen = spec.get("selector") if made["kind"] == "Service" and spec.get("clusterIP") != "None" else None
            if chosen and any(chosen.items() <= each for each in labels):
                name: str = made["metadata"]["name"]
                return name
        return None

    def role_selector(self, role: str) -> Mapping[str, str]:
        """Labels by which the pods of one role are found."""
        return conventions_of(self).selector(role)

    def workload_name(self, role: str) -> str:
        """Name of the Deployment, LeaderWorkerSet or ReplicaSet of a role."""
        return conventions_of(self).workload_name(role)

    @uncollected
    def manifests(self) -> list[Manifest]:
        """The Kubernetes objects: what others refer to first, then the workloads; new dicts on every call."""
        note(getattr(self, "_warnings", ()), source=self.title())
        context = getattr(self, "_resolved", None)
        if context is None:
            context = resolved(self)
        else:  # what the checks worked out is good for one list of objects
            object.__setattr__(self, "_resolved", None)
        return service_manifests(context)

    def check(self, *, strict: bool = False) -> list[Problem]:
        """Every finding about the service, warnings and suppressed ones included.

        Args:
            strict: Give findings their own severity even where a running Helm release already lives with them. Default: those are warnings.
        """
        return service_problems(resolved(self), strict=strict)

    @uncollected
    def cross_check(self, problems: Problems) -> None:
        """The service as a whole is right; see `constructs_dra.serving.checks`."""
        context = resolved(self)
        found = service_problems(context)
        problems.extend(found)
        object.__setattr__(self, "_resolved", context)
        object.__setattr__(self, "_warnings", tuple(problem for problem in found if problem.severity == "warning"))
