"""What an API server would refuse of the objects, said of the values they came from."""

from collections.abc import Iterator

from attrs import evolve

from constructs_dra.errors import Problem
from constructs_dra.helm.build import Origins
from constructs_dra.kubernetes.objects import check_semantics
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.rules import is_stricter
from constructs_dra.serving.places import ObjectPlaces
from constructs_dra.serving.resolve import resolved, service_manifests
from constructs_dra.serving.spec import ServiceSpec

__all__ = ["refusals"]


def refusals(service: ServiceSpec, origins: Origins) -> Iterator[Problem]:
    """What the API of Kubernetes refuses of a service's objects, placed in the values: by way of the records that both came from.

    Args:
        service: The service.
        origins: Where in the values each part of it came from.
    """
    places = ObjectPlaces(service)
    manifests = service_manifests(resolved(service))
    own = len(manifests) - len(service.extra_objects)
    for number, manifest in enumerate(manifests):
        for problem in (*check_object(manifest), *check_semantics(manifest)):
            if not is_stricter(problem.rule):
                place = places.place(manifest, problem.path) if number < own else problem.under(f"extra_objects[{number - own}]").path
                yield evolve(problem, path=origins.place(place))
