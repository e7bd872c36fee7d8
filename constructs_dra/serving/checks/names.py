"""Names and labels of the objects, and what the service must have at all."""

from collections.abc import Iterator

from constructs_dra.errors import Problem, shown
from constructs_dra.lexical.names import dns_label_problem, dns_subdomain_problem
from constructs_dra.serving.context import RoleContext, ServiceContext
from constructs_dra.serving.manifests.claims import claim_manifests

__all__ = ["name_problems"]


def name_problems(service: ServiceContext) -> Iterator[Problem]:
    """Names that follow from the service's, labels that must stay, and claims that would overwrite each other."""
    wrong = [*service.conventions.problems()]
    yield from wrong
    if any(problem.path for problem in wrong):
        return  # nothing can be named
    users: dict[str, list[RoleContext]] = {}
    for context in service.roles.values():
        name = context.conventions.workload_name(context.name)
        if fault := dns_label_problem(name):  # pods and LeaderWorkerSets are named after it
            yield Problem("name", f"{shown(name)} {fault}", "choose a shorter name" if len(name) > 63 else "")
        elif context.conventions.written_here and context.is_multinode:
            yield from _group_name(name, context)
        if context.role.strategy is not None and context.is_multinode:
            message = "belongs to Deployments; this role is a LeaderWorkerSet"
            yield Problem(f"{context.name}.strategy", message, "use multinode.rollout_strategy")
        selector = context.selector
        for key, value in context.role.pod_labels.items():
            if key in selector and selector[key] != value:
                path = f"{context.name}.pod_labels[{shown(key)}]"
                yield Problem(path, f"{shown(value)} would hide the pods from their workload, which selects {shown(selector[key])}", "leave it out")
        for used in context.claims:
            if not used.claim.existing:
                if fault := dns_subdomain_problem(used.object_name):
                    yield Problem(f"{context.name}.claims", f"{shown(used.object_name)} {fault}", "choose shorter names")
                users.setdefault(used.object_name, []).append(context)
    yield from _collisions(users)


def _group_name(name: str, context: RoleContext) -> Iterator[Problem]:
    """A LeaderWorkerSet makes StatefulSets `<name>-<group>`, and these a label `<name>-<group>-<10 characters>`, which can have 63."""
    limit = 63 - len("-0123456789") - len(f"-{max(context.role.replicas - 1, 0)}")
    if len(name) > limit:
        message = f"{shown(name)} has {len(name)} characters; pods of a LeaderWorkerSet can be created up to {limit}"
        yield Problem("name", message, "choose a shorter name")


def _collisions(users: dict[str, list[RoleContext]]) -> Iterator[Problem]:
    """Claims of one object name are one object: they must say the same."""
    for object_name, contexts in users.items():
        if len(contexts) < 2:
            continue
        made = [
            manifest["spec"]
            for context in dict.fromkeys(contexts)
            for manifest in claim_manifests(context)
            if manifest["metadata"]["name"] == object_name
        ]
        if any(spec != made[0] for spec in made):
            names = " and ".join(dict.fromkeys(context.name for context in contexts))
            message = f"{names} both make {shown(object_name)}, with different contents"
            yield Problem(f"{contexts[-1].name}.claims", message, "give each role a claim of its own")
