"""The construct of a model service."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from constructs_dra.constructs.claims import DeviceClaim
from constructs_dra.constructs.node import cdk8s, constructs
from constructs_dra.constructs.objects import ManifestConstruct
from constructs_dra.errors import Problems
from constructs_dra.manifest import Manifest, identity
from constructs_dra.records.record import Fragment
from constructs_dra.serving.account import ServiceAccount
from constructs_dra.serving.model import ModelArtifacts
from constructs_dra.serving.proxy import RoutingProxy
from constructs_dra.serving.release import HelmRelease
from constructs_dra.serving.requester import Requester
from constructs_dra.serving.role import Role
from constructs_dra.serving.service import ModelService
from constructs_dra.serving.tracing import Tracing

__all__ = ["ModelServiceDeployment"]

_WORKLOADS = ("Deployment", "LeaderWorkerSet", "ReplicaSet")


class ModelServiceDeployment(ManifestConstruct):
    """A model service in a chart: `ModelService` with the same fields, and one `ApiObject` per object.

    `cdk8s.ApiObject.of` gives the workload of its first role, which is the child `Default`; the other children are called as in `objects`.

    Attributes:
        spec: The model service.
        objects: Its objects by kind and role: `Deployment-decode`, `ServiceAccount`, …
    """

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002  (cdk8s' word)
        *,
        model: ModelArtifacts,
        decode: Role | None = None,
        prefill: Role | None = None,
        encode: Role | None = None,
        name: str | None = None,
        namespace: str | None = None,
        service_port: int = 8000,
        proxy: RoutingProxy | None = None,
        tracing: Tracing | None = None,
        service_account: ServiceAccount | None = None,
        requester: Requester | None = None,
        labels: Mapping[str, str] = MappingProxyType({}),
        annotations: Mapping[str, str] = MappingProxyType({}),
        extra_objects: Sequence[Fragment] = (),
        release: HelmRelease | None = None,
        accept: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Put a model service into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope.
            model: The model.
            decode: The role that answers requests; without a prefill role it does all the work. Default: none.
            prefill: The role that reads prompts. Default: none.
            encode: The role that reads images and sound. Default: none.
            name: Name of the service; objects are called `<name>-<role>`. Default: the path of the construct in the app.
            namespace: Namespace of the objects. Default: the chart's.
            service_port: Port that clients of a pod use. Default 8000.
            proxy: The routing proxy of the decode role. Default: one with default settings where there is a prefill or encode role, else none.
            tracing: OpenTelemetry tracing. Default: none.
            service_account: The account the pods run as. Default: one named like the service.
            requester: Dual-pod requesters in place of decode pods. Default: none.
            labels: Labels of all objects. Default: none beside the usual.
            annotations: Annotations of all objects. Default: none.
            extra_objects: Further Kubernetes objects that belong to the service, as written. Default: none.
            release: The Helm release whose objects are taken over. Default: none.
            accept: Check rules to overrule, each with the reason. Default: none.

        Raises:
            SpecError: Something about the service cannot be right; with everything that was found.
        """
        super().__init__(scope, id)
        problems = Problems()
        service_name = self._name(name, limit=50, problems=problems)
        with problems.gather():
            self.spec = ModelService(
                name=service_name,
                model=model,
                decode=decode,
                prefill=prefill,
                encode=encode,
                namespace=namespace or self.namespace or None,
                service_port=service_port,
                proxy=proxy,
                tracing=tracing,
                service_account=service_account,
                requester=requester,
                labels=labels,
                annotations=annotations,
                extra_objects=extra_objects,
                release=release,
                accept=accept,
            )
        self._raise(problems)
        claims = [claim for role in self.spec.roles.values() for claim in role.claims if isinstance(claim, DeviceClaim)]
        rendered = self.spec.manifests()
        self._bind(claims, rendered)
        theirs = {identity(claim.manifest) for claim in claims}
        manifests = [manifest for manifest in rendered if identity(manifest) not in theirs]
        self._refuse_twins(manifests)
        first = next((manifest for manifest in manifests if manifest["kind"] in _WORKLOADS), None)
        self.objects: dict[str, cdk8s.ApiObject] = {}
        for manifest in manifests:
            key = self._key(manifest)
            self.objects[key] = self._emit(manifest, "Default" if manifest is first else key)
        if claims:
            self.node.add_dependency(*claims)

    def _key(self, manifest: Manifest) -> str:
        """Kind and role: `Deployment-decode`; what is called like the service has its kind alone."""
        rest = manifest["metadata"]["name"].removeprefix(self.spec.name).strip("-")
        key = f"{manifest['kind']}-{rest}".strip("-")
        return key if key not in self.objects else f"{key}-{len(self.objects)}"

    def _bind(self, claims: list[DeviceClaim], rendered: list[Manifest]) -> None:
        """Make the claims of the roles what the service says of them: how many devices, and whose."""
        problems = Problems()
        by_name = {(manifest["kind"], manifest["metadata"]["name"]): manifest for manifest in rendered}
        for claim in claims:
            with problems.gather():
                claim.bind(by_name[claim.manifest["kind"], claim.object_name], user=f"{type(self).__name__} {self.spec.name!r}")
        problems.raise_errors()
