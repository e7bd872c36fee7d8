"""Many services in many clusters: one folder per cluster, one file per service, and no two services in each other's way."""

from collections.abc import Iterable, Mapping

from constructs_dra.errors import Problems, shown
from constructs_dra.kubernetes.names import dns_label_problem
from constructs_dra.manifest import Manifest, identity
from constructs_dra.serving.service import ModelService

__all__ = ["fleet_files"]


def fleet_files(clusters: Mapping[str, Iterable[ModelService]]) -> dict[str, list[Manifest]]:
    """The objects of every service, by file: `<cluster>/<service>.yaml`, with the namespace in between where services have one.

    Nothing is written; `write_files` takes the result as it is.

    Args:
        clusters: The services of each cluster, by its name.

    Raises:
        SpecError: Two services of a cluster make the same object, or one would take the other's pods for its own; with every such pair.
    """
    problems = Problems()
    files: dict[str, list[Manifest]] = {}
    for cluster, services in clusters.items():
        if fault := dns_label_problem(cluster):
            problems.add(cluster, f"{shown(cluster)} cannot name a folder: it {fault}")
        owners: dict[tuple[str, ...], str] = {}
        for service in services:
            path = "/".join(part for part in (cluster, service.namespace, f"{service.name}.yaml") if part)
            manifests = service.manifests()
            if path in files:
                problems.add(path, f"two services are called {shown(service.name)}", "give the services names of their own, or namespaces")
                continue
            _note_collisions(path, manifests, owners, problems)
            files[path] = manifests
    problems.raise_errors()
    return files


def _note_collisions(path: str, manifests: Iterable[Manifest], owners: dict[tuple[str, ...], str], problems: Problems) -> None:
    """Objects that another service makes too, and selectors that another workload has too."""
    for manifest in manifests:
        kind, name = manifest["kind"], manifest["metadata"]["name"]
        other = owners.setdefault(identity(manifest), path)
        if other != path:
            problems.add(path, f"{kind} {shown(name)} is made by {other} too", "give the services names of their own, or namespaces")
        selector = manifest.get("spec", {}).get("selector", {}).get("matchLabels") if manifest["apiVersion"].startswith("apps/") else None
        if selector is not None:
            key = ("selector", manifest["metadata"].get("namespace", ""), *(f"{label}={value}" for label, value in sorted(selector.items())))
            first = owners.setdefault(key, f"{path} {name}")
            if first != f"{path} {name}":
                problems.add(path, f"{kind} {shown(name)} selects the same pods as {first}", "give each service labels of its own")
