"""Many services in many clusters: one folder per cluster, one file per service, and no two services in each other's way."""

from collections.abc import Iterable, Mapping

from constructs_dra.errors import Problems, shown
from constructs_dra.lexical.names import dns_label_problem
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
    if not isinstance(clusters, Mapping):
        problems.add("clusters", f"must be a mapping of names to lists of services, not {shown(clusters)}", 'write {"cluster": [service]}')
        problems.raise_errors()
    for cluster, services in clusters.items():
        place = cluster if isinstance(cluster, str) else "clusters"
        if not isinstance(cluster, str):
            problems.add(place, f"{shown(cluster)} cannot name a folder: it must be a string")
        elif fault := dns_label_problem(cluster):
            problems.add(place, f"{shown(cluster)} cannot name a folder: it {fault}")
        if not isinstance(services, Iterable) or isinstance(services, str):
            problems.add(place, f"must be a list of services, not {shown(services)}", "write [service]")
            continue
        owners: dict[tuple[str, ...], str] = {}
        for index, service in enumerate(services):
            if not isinstance(service, ModelService):
                problems.add(f"{place}[{index}]", f"must be a ModelService, not {shown(service)}")
                continue
            path = "/".join(part for part in (place, service.namespace, f"{service.name}.yaml") if part)
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
