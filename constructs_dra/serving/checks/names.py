"""Names and labels of the objects, and what the service must have at all."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from constructs_dra.errors import Problem
from constructs_dra.kubernetes.names import dns_label_problem, dns_subdomain_problem
from constructs_dra.serving.manifests.claims import claim_manifests
from constructs_dra.serving.manifests.service import role_contexts

if TYPE_CHECKING:
    from constructs_dra.serving.service import ModelService

__all__ = ["name_problems"]


def name_problems(service: "ModelService") -> Iterator[Problem]:
    """Names that follow from the service's, labels that must stay, and claims that would overwrite each other."""
    if service.release is None:
        if not service.roles:
            yield Problem("", "has no role", "give it decode=Role(…)")
        if fault := dns_label_problem(service.name):
            yield Problem("name", f"{service.name!r} {fault}")
            return
    elif service.model.labels is None:
        yield Problem("model.labels", "must hold the labels of the release's pods", "selectors of running Deployments cannot change")
        return
    objects: dict[str, tuple[str, object]] = {}
    for context in role_contexts(service):
        name = context.conventions.workload_name(context.name)
        if fault := dns_label_problem(name):  # pods and LeaderWorkerSets are named after it
            yield Problem("name", f"{name!r} {fault}", "choose a shorter name" if len(name) > 63 else "")
        selector = context.conventions.selector(context.name)
        for key, value in context.role.pod_labels.items():
            if key in selector and selector[key] != value:
                path = f"{context.name}.pod_labels[{key!r}]"
                yield Problem(path, f"{value!r} would hide the pods from their workload, which selects {selector[key]!r}", "leave it out")
        for used, made in zip(
            (used for used in context.claims if not used.claim.existing),
            claim_manifests(service, context.conventions, context.name, context.role, context.claims),
            strict=True,
        ):
            if fault := dns_subdomain_problem(used.object_name):
                yield Problem(f"{context.name}.claims", f"{used.object_name!r} {fault}", "choose shorter names")
            other, first = objects.setdefault(used.object_name, (context.name, made["spec"]))
            if first != made["spec"]:
                message = f"{other} and {context.name} both make {used.object_name!r}, with different contents"
                yield Problem(f"{context.name}.claims", message, "give each role a claim of its own")
