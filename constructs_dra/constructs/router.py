"""The construct of a router."""

from typing import Any

from attrs import evolve, fields

from constructs_dra.constructs.node import cdk8s, constructs
from constructs_dra.constructs.objects import ManifestConstruct
from constructs_dra.errors import Problems, did_you_mean, shown
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
        problems = Problems()
        known = [field.name for field in fields(Router)]
        for word in [word for word in given if word not in known]:
            del given[word]
            problems.add(word, "there is no such field", did_you_mean(word, known))
        if spec is not None and not isinstance(spec, Router):
            problems.add("spec", f"must be a Router, not {shown(spec)}", "or give its fields by name")
        elif spec is None and "match_labels" not in given:
            problems.add("match_labels", "must be given", "write match_labels={…}, the labels of the model servers, or give a Router")
        else:
            if spec is None or given.get("name") is not None:
                given["name"] = self._name(given.get("name"), limit=50, problems=problems)
            if not given.get("namespace") and (spec is None or spec.namespace is None):
                given["namespace"] = self.namespace or None
            with problems.gather():
                self.spec = evolve(spec, **given) if spec is not None else Router(**given)
        self._raise(problems)
        manifests = self.spec.manifests()
        self._refuse_twins(manifests, running=self.spec.release is not None)
        self.objects: dict[str, cdk8s.ApiObject] = {}
        for manifest in manifests:
            key = f"{manifest['kind']}-{manifest['metadata']['name']}"
            self.objects[key] = self._emit(manifest, key)
