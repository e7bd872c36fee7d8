"""From the description of a service to its context, its objects and its parts' findings."""

from collections.abc import Iterator
from typing import Final

from constructs_dra.errors import Problem
from constructs_dra.kubernetes.defaults import settled
from constructs_dra.manifest import Manifest
from constructs_dra.records.values import copied
from constructs_dra.serving.context import ServiceContext, role_contexts
from constructs_dra.serving.manifests.claims import claim_manifests
from constructs_dra.serving.manifests.workload import pod_views, workload_manifest
from constructs_dra.serving.part import Part, RolePart
from constructs_dra.serving.spec import ServiceSpec
from constructs_dra.suppression import ACCEPT_ANNOTATION

__all__ = ["part_problems", "resolved", "service_manifests"]


_LAST: Final = ("volumes", "initContainers", "containers")
"""What a PodSpec ends with, whatever parts add."""


def resolved(spec: ServiceSpec) -> ServiceContext:
    """Everything about a service worked out, each pod template built once and adjusted by the parts."""
    service = role_contexts(spec)
    for role in service.roles.values():
        role.pods.extend(pod_views(role))
    for role in service.roles.values():
        parts: list[Part | RolePart] = [*(part for _, part in spec.standing()), *(part for _, part in role.standing())]
        for pod in role.pods:
            for part in parts:
                part.adjust_pod(role, pod)
            for key in _LAST:
                if key in pod.spec:
                    pod.spec[key] = pod.spec.pop(key)
    return service


def service_manifests(service: ServiceContext) -> list[Manifest]:
    """Accounts and claim templates, then the workloads, then what stands with them, then further objects as written.

    The pod templates of the context become part of the objects, so it is good for this one call.
    """
    standing = [part for _, part in service.spec.standing()]
    made = [manifest for part in standing if part.BEFORE_WORKLOADS for manifest in part.manifests(service)]
    seen: set[tuple[str, str]] = set()
    for role in service.roles.values():
        for claim in claim_manifests(role) if role.claims else ():
            key = (claim["kind"], claim["metadata"]["name"])
            if key not in seen:  # two roles may share a claim; unequal ones of one name are reported by the checks
                seen.add(key)
                made.append(claim)
    workloads: list[Manifest] = []
    for role in service.roles.values():
        workload = workload_manifest(role)
        for part in standing:
            part.adjust_workload(role, workload)
        for _, role_part in role.standing():
            role_part.adjust_workload(role, workload)
        workloads.append(workload)
    for part in standing:
        workloads = part.combine_workloads(service, workloads)
    made += workloads
    made += [manifest for role in service.roles.values() for _, part in role.standing() for manifest in part.manifests(role)]
    made += [manifest for part in standing if not part.BEFORE_WORKLOADS for manifest in part.manifests(service)]
    for manifest in made if service.spec.accept and service.conventions.written_here else ():
        annotations = manifest["metadata"].setdefault("annotations", {})
        annotations.update({f"{ACCEPT_ANNOTATION}{rule}": reason for rule, reason in service.spec.accept.items()})
    if service.conventions.written_here:
        made = [settled(manifest) for manifest in made]
    made += [copied(item) for item in service.spec.extra_objects]
    service.roles.clear()  # so that the context goes with its last user, and not when garbage is collected
    return made


def part_problems(service: ServiceContext) -> Iterator[Problem]:
    """What the parts find wrong, with paths seen from the service."""
    for path, part in service.spec.standing():
        for problem in part.problems(service):
            yield problem.under(path)
        yield from part.problems_around(service)
    for role in service.roles.values():
        scalers = [path for path, role_part in role.standing() if role_part.SCALES]
        for path in scalers[1:]:
            yield Problem(path, f"{role.name} has an autoscaler already: {scalers[0]}", "keep one of the two", rule="scaler-twice")
        for path, role_part in role.standing():
            for problem in role_part.problems(role):
                yield problem.under(path)
