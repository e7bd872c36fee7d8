"""What the API server would say about pieces in Kubernetes' own spelling that no schema can say: probes, volumes, tolerations, further objects."""

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import evolve

from constructs_dra.errors import Problem, shown
from constructs_dra.manifest import Manifest, identity
from constructs_dra.paths import is_under
from constructs_dra.records.kubernetes import pieces_of
from constructs_dra.records.places import Places
from constructs_dra.records.values import copied
from constructs_dra.rules import is_stricter, row
from constructs_dra.serving.checks.view import CheckedPod
from constructs_dra.serving.places import pod_places
from constructs_dra.serving.spec import ServiceSpec

__all__ = ["object_problems", "piece_problems"]

_POD: Final = "spec.template.spec"
_STRATEGY: Final = "spec.strategy"

_SOUND: set[str | int] = set()
"""Pods, by likeness or by their pieces, in which nothing was found before: fleets write the same ones over and over."""


def piece_problems(view: CheckedPod) -> Iterator[Problem]:
    """What the API server would refuse in a pod; looked for where its author wrote pieces, and did not take them over from a release."""
    if not view.context.conventions.written_here:
        return
    seen = view.pod.likeness or _pieces(view)
    if seen in _SOUND:
        return
    if not _pieces(view):
        _note_sound(seen)
        return
    from constructs_dra.kubernetes.objects import check_semantics  # noqa: PLC0415 - only who writes pieces pays for it

    labels = view.template["metadata"]["labels"]
    spec = {"selector": {"matchLabels": labels}, "template": view.template}
    strategy = view.context.role.strategy
    if isinstance(strategy, Mapping) and strategy:
        spec["strategy"] = copied(strategy)
    errors = [
        found
        for found in check_semantics({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x"}, "spec": spec})
        if ((found.severity == "error" and not is_stricter(found.rule)) or row(found.rule).of_pieces)
        and not row(found.rule).restated
        and is_under(found.path, (_POD, _STRATEGY))
    ]
    if not errors:
        _note_sound(seen)
    else:
        places = Places({})
        places.add(_STRATEGY, f"{view.path}.strategy", "same")
        pod_places(places, _POD, view)
        for found in errors:
            yield evolve(found, path=places.place(found.path) or view.path, rule=found.rule if row(found.rule).of_pieces else "")


def _note_sound(seen: str | int) -> None:
    if len(_SOUND) < 10_000:
        _SOUND.add(seen)


def _pieces(view: CheckedPod) -> str:
    """Everything in the pod that its author wrote in Kubernetes' spelling; empty where there is nothing."""
    containers = (*view.pod.containers, *view.pod.init_containers)
    of_pod = [*pieces_of(view.pod)]
    of_containers = [[*pieces_of(item)] for item in containers]
    if not any(of_pod) and not any(any(values) for values in of_containers):
        return ""
    return repr((of_pod, of_containers, [(item.name, item.ports, item.claims) for item in containers]))


def object_problems(service: ServiceSpec, others: list[Manifest]) -> Iterator[Problem]:
    """What the API server would refuse in further objects, and objects that appear twice.

    Args:
        service: The service.
        others: The objects made for the service beside them.
    """
    from constructs_dra.kubernetes.dra import check_dra  # noqa: PLC0415 - only who has further objects pays for it
    from constructs_dra.kubernetes.objects import check_semantics  # noqa: PLC0415 - as above

    namespace = service.namespace or ""
    known = {identity(manifest, namespace=namespace) for manifest in others}
    for index, item in enumerate(service.extra_objects):
        place, manifest = f"extra_objects[{index}]", copied(item)
        if not isinstance(manifest.get("metadata", {}), dict):
            yield Problem(f"{place}.metadata", "must be a mapping")
            continue
        for found in (*check_semantics(manifest), *check_dra(manifest)):
            if found.severity == "error" and not is_stricter(found.rule):
                yield evolve(found.under(place), rule="")
        key = identity(manifest, namespace=namespace)
        if key in known:
            yield Problem(place, f"the service has the {key[1]} {shown(key[3])} already", "give it a name of its own")
        known.add(key)
