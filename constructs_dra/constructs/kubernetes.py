"""The construct of any other object: device classes, taint rules, compute domains, manifests written by hand."""

from collections.abc import Mapping
from typing import Any, Protocol

from constructs_dra.checks.credentials import credential_problems
from constructs_dra.constructs.node import cdk8s, constructs
from constructs_dra.constructs.objects import ManifestConstruct
from constructs_dra.errors import Problem, Problems, SpecError, shown
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.manifest import Manifest
from constructs_dra.noted import note
from constructs_dra.records.values import copied

__all__ = ["HasManifest", "KubernetesObject"]


class HasManifest(Protocol):
    """A spec that becomes one object, such as `DeviceClass`, `DeviceTaintRule` or `ComputeDomain`."""

    def manifest(self) -> Manifest:
        """The object."""
        ...


class KubernetesObject(ManifestConstruct):
    """One object in a chart: what a spec becomes, or a manifest in Kubernetes' own spelling, checked against its schema.

    Attributes:
        manifest: The object.
        api_object: What cdk8s has of it; `cdk8s.ApiObject.of` gives the same.
    """

    def __init__(self, scope: constructs.Construct, id: str, source: HasManifest | Mapping[str, Any]) -> None:  # noqa: A002  (cdk8s' word)
        """Put an object into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope.
            source: The spec or the manifest. Without a name, a manifest gets the path of the construct in the app; namespaced objects without a
                namespace get the chart's.

        Raises:
            SpecError: The manifest does not fit the schema of its kind.
        """
        super().__init__(scope, id)
        written = source if isinstance(source, Mapping | type) or not hasattr(source, "manifest") else source.manifest()
        if not isinstance(written, Mapping):
            fault = f"must be a spec with a manifest, or a manifest, got {shown(source)}"
            raise SpecError([Problem("source", fault, "e.g. DeviceClass(…), or a mapping with apiVersion and kind", source=self._title)])
        try:
            self.manifest: Manifest = dict(copied(written))
        except RecursionError as error:
            raise SpecError([Problem("source", "contains itself, or is nested without end", source=self._title)]) from error
        metadata = self.manifest.get("metadata") or {}
        if isinstance(metadata, dict):  # anything else is a mistake that the schema names
            self.manifest["metadata"] = {"name": self._name(None, limit=63, problems=Problems()), **metadata}
        found = [*check_object(self.manifest), *credential_problems(self.manifest)]
        note(found, source=self._title)
        problems = [problem for problem in found if problem.severity == "error"]
        if problems:
            raise SpecError(Problem(found.path, found.message, found.hint, source=self._title) for found in problems)
        self._refuse_twins([self.manifest])
        self.api_object: cdk8s.ApiObject = self._emit(self.manifest)
