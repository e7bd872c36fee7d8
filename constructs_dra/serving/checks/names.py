"""Names and labels of the objects, and what the service must have at all."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from constructs_dra.errors import Problem, shown
from constructs_dra.lexical.names import dns_label_problem, dns_subdomain_problem
from constructs_dra.serving.manifests.claims import claim_manifests
from constructs_dra.serving.manifests.container import RoleContext

if TYPE_CHECKING:
    from constructs_dra.serving.service import ModelService

__all__ = ["name_problems"]


def name_problems(service: "ModelService", contexts: list[RoleContext]) -> Iterator[Problem]:
    """Names that follow from the service's, labels that must stay, and claims that would overwrite each other."""
    if service.release is None:
        if not service.roles:
            yield Problem("", "has no role", "give it decode=Role(…)")
        if fault := dns_label_problem(service.name):
            yield Problem("name", f"{shown(service.name)} {fault}")
            return
    elif service.model.labels is None:
        yield Problem("model.labels", "must hold the labels of the release's pods", "selectors of running Deployments cannot change")
        return
    users: dict[str, list[RoleContext]] = {}
    for context in contexts:
        name = context.conventions.workload_name(context.name)
        if fault := dns_label_problem(name):  # pods and LeaderWorkerSets are named after it
            yield Problem("name", f"{shown(name)} {fault}", "choose a shorter name" if len(name) > 63 else "")
        elif service.release is None and context.conventions.is_multinode(context.role):
            yield from _group_name(name, context)
        if context.role.strategy is not None and context.conventions.is_multinode(context.role):
            message = "belongs to Deployments; this role is a LeaderWorkerSet"
            yield Problem(f"{context.name}.strategy", message, "use multinode.rollout_strategy")
        selector = context.conventions.selector(context.name)
        for key, value in context.role.pod_labels.items():
            if key in selector and selector[key] != value:
                path = f"{context.name}.pod_labels[{shown(key)}]"
                yield Problem(path, f"{shown(value)} would hide the pods from their workload, which selects {shown(selector[key])}", "leave it out")
        for used in context.claims:
            if not used.claim.existing:
                if fault := dns_subdomain_problem(used.object_name):
                    yield Problem(f"{context.name}.claims", f"{shown(used.object_name)} {fault}", "choose shorter names")
                users.setdefault(used.object_name, []).append(context)
    yield from _collisions(service, users)


def _group_name(name: str, context: RoleContext) -> Iterator[Problem]:
    """A LeaderWorkerSet makes StatefulSets `<name>-<group>`, and these a label `<name>-<group>-<10 characters>`, which can have 63."""
    limit = 63 - len("-0123456789") - len(f"-{max(context.role.replicas - 1, 0)}")
    if len(name) > limit:
        message = f"{shown(name)} has {len(name)} characters; pods of a LeaderWorkerSet can be created up to {limit}"
        yield Problem("name", message, "choose a shorter name")


def _collisions(service: "ModelService", users: dict[str, list[RoleContext]]) -> Iterator[Problem]:
    """Claims of one object name are one object: they must say the same."""
    for object_name, contexts in users.items():
        if len(contexts) < 2:
            continue
        made = [
            manifest["spec"]
            for context in dict.fromkeys(contexts)
            for manifest in claim_manifests(service, context.conventions, context.name, context.role, context.claims)
            if manifest["metadata"]["name"] == object_name
        ]
        if any(spec != made[0] for spec in made):
            names = " and ".join(dict.fromkeys(context.name for context in contexts))
            message = f"{names} both make {shown(object_name)}, with different contents"
            yield Problem(f"{contexts[-1].name}.claims", message, "give each role a claim of its own")
