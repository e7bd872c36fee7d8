"""The construct of a model service."""

from typing import Any, Unpack, overload

from constructs_dra.constructs.claims import DeviceClaim
from constructs_dra.constructs.node import constructs
from constructs_dra.constructs.objects import ManifestConstruct, Objects
from constructs_dra.errors import Problems
from constructs_dra.manifest import Manifest, identity
from constructs_dra.serving.service import ModelService
from constructs_dra.serving.spec import NewServiceFields, ServiceFields

__all__ = ["ModelServiceDeployment"]

_WORKLOADS = ("Deployment", "LeaderWorkerSet", "ReplicaSet")


class ModelServiceDeployment(ManifestConstruct):
    """A model service in a chart: a `ModelService`, or its fields, and one `ApiObject` per object.

    `cdk8s.ApiObject.of` gives the workload of its first role, which is the child `Default`; the other children are called as in `objects`.

    Attributes:
        spec: The model service.
        objects: Its objects by kind and role: `Deployment-decode`, `ServiceAccount`, …
    """

    @overload
    def __init__(self, scope: constructs.Construct, id: str, spec: ModelService, **given: Unpack[ServiceFields]) -> None: ...

    @overload
    def __init__(self, scope: constructs.Construct, id: str, **given: Unpack[NewServiceFields]) -> None: ...

    def __init__(self, scope: constructs.Construct, id: str, spec: ModelService | None = None, **given: Any) -> None:  # noqa: A002  (cdk8s' word)
        """Put a model service into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope.
            spec: The model service. Default: one of the fields.
            given: Fields of `ModelService` under their own names: all that describe the service, or with `spec` those in which it differs
                here. The name is by default the path of the construct in the app, the namespace the chart's.

        Raises:
            SpecError: Something about the service cannot be right; with everything that was found.
        """
        super().__init__(scope, id)
        self.spec = self._described(ModelService, spec, given, needed="model", hint="write model=ModelArtifacts.hf(…)")
        claims = [claim for role in self.spec.roles.values() for claim in role.claims if isinstance(claim, DeviceClaim)]
        rendered = self.spec.manifests()
        self._bind(claims, rendered)
        theirs = {identity(claim.manifest) for claim in claims}
        manifests = [manifest for manifest in rendered if identity(manifest) not in theirs]
        self._refuse_twins(manifests, running=self.spec.release is not None)
        first = next((manifest for manifest in manifests if manifest["kind"] in _WORKLOADS), None)
        self.objects = Objects(self._title)
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
