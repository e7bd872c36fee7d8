"""The construct of a router."""

from typing import Any

from constructs_dra.constructs.node import constructs
from constructs_dra.constructs.objects import ManifestConstruct, Objects
from constructs_dra.routing.router import Router

__all__ = ["RouterDeployment"]


class RouterDeployment(ManifestConstruct):
    """A router in a chart: a `Router`, or its fields, and one `ApiObject` per object.

    Attributes:
        spec: The router.
        objects: Its objects by kind and name: `Deployment-llama-epp`, `InferencePool-llama`, …
    """

    def __init__(self, scope: constructs.Construct, id: str, spec: Router | None = None, **given: Any) -> None:  # noqa: A002  (cdk8s' word)
        """Put a router into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope.
            spec: The router. Default: one of the fields.
            given: Fields of `Router` under their own names. The name is by default the path of the construct in the app, the namespace the chart's.

        Raises:
            SpecError: Something about the router cannot be right; with everything that was found.
        """
        super().__init__(scope, id)
        self.spec = self._described(Router, spec, given, needed="match_labels", hint="write match_labels={…}, the labels of the model servers")
        manifests = self.spec.manifests()
        self._refuse_twins(manifests, running=self.spec.release is not None)
        self.objects = Objects(self._title)
        for manifest in manifests:
            key = f"{manifest['kind']}-{manifest['metadata']['name']}"
            self.objects[key] = self._emit(manifest, key)
