"""Pods that are placed together (PodGroup): whether the group can ever start, and whether its claims are those of its pods."""

from collections.abc import Iterator
from typing import Any

from constructs_dra.checks.claimed import has_alternatives, target
from constructs_dra.checks.cluster import Cluster
from constructs_dra.checks.collect import Item
from constructs_dra.checks.counts import pods_made
from constructs_dra.errors import Problem
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text, whole
from constructs_dra.paths import child

__all__ = ["groups"]

_Member = tuple[Item, dict[str, Any], str]


def groups(cluster: Cluster) -> Iterator[Problem]:
    """What keeps groups of pods from being placed."""
    members: dict[int, list[_Member]] = {}
    for item, template, path in cluster.pods:
        name = text(at(template, "spec", "schedulingGroup", "podGroupName"))
        group = cluster.find("PodGroup", name, item) if name else None
        if group is not None:
            members.setdefault(id(group), []).append((item, mapping(template.get("spec")), child(path, "spec")))
    for group in cluster.of("PodGroup"):
        if group.group == "scheduling.k8s.io" and id(group) in members:
            yield from _judged(group, members[id(group)], cluster)


def _judged(group: Item, pods: list[_Member], cluster: Cluster) -> Iterator[Problem]:
    least = whole(at(group.spec, "schedulingPolicy", "gang", "minCount"))
    schedulers = {text(spec.get("schedulerName")) or "default-scheduler" for _, spec, _ in pods}
    for item, spec, path in pods:
        yield from map(item.placed, _claims(group, spec, path))
        if least is None:
            continue
        if len(schedulers) > 1:
            shown = f"the pods of {group.title} have different schedulers ({', '.join(sorted(schedulers))})"
            yield item.placed(Problem(child(path, "schedulerName"), shown, "name one for all of them", rule="gang-blocked"))
        if item.kind == "LeaderWorkerSet" and item.spec.get("startupPolicy") == "LeaderReady" and ".workerTemplate." in f"{path}.":
            shown = f"workers are made once their leader is ready, and {group.title} places no leader without its workers"
            yield item.placed(Problem("spec.startupPolicy", shown, "write LeaderCreated", rule="gang-blocked"))
        for claim, place in items(spec, "resourceClaims", path):
            found = target(claim, item, cluster)
            if found is not None and has_alternatives(found):
                shown = f"{found.title} has alternatives (firstAvailable), and a gang's pods take theirs one after the other"
                hint = "ask for one kind of device: what the first pods chose is not chosen anew when the last ones do not fit"
                yield item.placed(Problem(place, shown, hint, rule="gang-alternatives"))
    counts = [pods_made(item, path, cluster) for item, _, path in pods]
    made = sum(count for count in counts if count is not None)
    if least is not None and None not in counts and least > made and not cluster.partial:
        shown = f"waits for {least} pods, and the workloads here make {made}"
        yield group.placed(Problem("spec.schedulingPolicy.gang.minCount", shown, f"write {made}", rule="gang-blocked"))


def _claims(group: Item, spec: dict[str, Any], path: str) -> Iterator[Problem]:
    """A claim of the group is shared by pods that name it alike; under one name, anything else is a claim of the pod's own."""
    theirs = {text(claim.get("name")): _source(claim) for claim in map(mapping, sequence(group.spec.get("resourceClaims")))}
    own = {text(claim.get("name")): (_source(claim), place) for claim, place in items(spec, "resourceClaims", path)}
    for name, source in theirs.items():
        if name not in own:
            shown = f"{group.title} has a claim {name!r} for its pods, which these do not name"
            yield Problem(child(path, "resourceClaims"), shown, f"add the claim {name!r} with the same source", rule="gang-claims")
        elif own[name][0] != source:
            shown = f"claim {name!r} is {own[name][0]} here and {source} in {group.title}, so it is not shared"
            yield Problem(own[name][1], shown, "name the same source, or give the two different names", rule="gang-claims")


def _source(claim: dict[str, Any]) -> str:
    given = ((key, text(claim.get(key))) for key in ("resourceClaimTemplateName", "resourceClaimName"))
    return next((f"{key} {name!r}" for key, name in given if name), "nothing")
