"""Cross-checks: is the service as a whole right?

`service_problems` gives every finding. What `constructs_dra.rules` calls suppressible can be suppressed with a stated
reason (`accept` at the service, a role or a container); the rest is what Kubernetes itself would refuse.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from attrs import evolve

from constructs_dra.claims.claim import Claim
from constructs_dra.errors import Problem
from constructs_dra.paths import child, is_under
from constructs_dra.rules import is_suppressible, row
from constructs_dra.serving.checks.alike import Frame, frame, is_sound, note_sound
from constructs_dra.serving.checks.containers import container_problems
from constructs_dra.serving.checks.devices import device_problems, parallelism_findings
from constructs_dra.serving.checks.engine import engine_findings
from constructs_dra.serving.checks.handover import handover_problems
from constructs_dra.serving.checks.names import name_problems
from constructs_dra.serving.checks.pieces import object_problems, piece_problems
from constructs_dra.serving.checks.ports import port_problems
from constructs_dra.serving.checks.routing import routing_problems
from constructs_dra.serving.checks.updates import update_problems
from constructs_dra.serving.checks.view import CheckedPod, checked_pods
from constructs_dra.serving.claims import RoleClaim
from constructs_dra.serving.context import ServiceContext
from constructs_dra.serving.resolve import part_problems, resolved, service_manifests
from constructs_dra.serving.spec import ServiceSpec
from constructs_dra.suppression import accept_problems, how_to_accept, suppresses_nothing
from constructs_dra.words import alternative

__all__ = ["service_problems"]

_SUBJECTS: Final = frozenset({"engine", "serving"})
"""What the rules are about that find all there is to find in a service."""


def service_problems(service: ServiceContext, *, strict: bool = False, how: Callable[[str], str] = how_to_accept) -> list[Problem]:
    """Every finding about a service, with paths seen from it.

    Args:
        service: The service with everything worked out.
        strict: Give findings their own severity even where a running Helm release already lives with them. Default: those are warnings.
        how: The hint that says how a rule is suppressed where the service is written. Default: in Python.
    """
    spec = service.spec
    found = [*_accept_problems(spec), *_claim_problems(spec), *name_problems(service)]
    around = frame(spec)
    for context in service.roles.values():
        for view in checked_pods(context):
            found += _pod_problems(view, around)
    found += handover_problems(service)
    found += part_problems(service)
    if spec.extra_objects:
        sound = all(problem.severity == "warning" for problem in found)  # others could not be made
        found += object_problems(spec, service_manifests(resolved(spec))[: -len(spec.extra_objects)] if sound else [])
    lenient = service.conventions.lenient and not strict
    return [_judged(spec, problem, how, lenient=lenient) for problem in _once([*found, *_unused(spec, found)])]


def _pod_problems(view: CheckedPod, around: Frame | None) -> Iterator[Problem]:
    """Everything about one pod of a role."""
    if is_sound(view, around):
        yield from container_problems(view, sound=True)
        yield from engine_findings(view)
        return
    context = view.context
    before = [*(parallelism_findings(context) if view.path == context.name else ()), *container_problems(view)]
    yield from before
    yield from engine_findings(view)
    after = [found for check in (device_problems, port_problems, routing_problems, update_problems, piece_problems) for found in check(view)]
    yield from after
    if not before and not after:
        note_sound(view, around)


def _claim_problems(service: ServiceSpec) -> Iterator[Problem]:
    """What claims that are records are warned of; a construct reports its own."""
    for name, role in service.roles.items():
        for index, use in enumerate(role.claims):
            claim = use.spec if isinstance(use, RoleClaim) else use
            if isinstance(claim, Claim):
                for problem in claim.found():
                    yield evolve(problem, path=f"{name}.claims[{index}].{problem.path}")


def _once(problems: list[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))


def _judged(service: ServiceSpec, problem: Problem, how: Callable[[str], str], *, lenient: bool) -> Problem:
    """A finding as it counts here: suppressed ones and those of a running release are warnings."""
    if not is_suppressible(problem.rule):
        return problem
    reason = _reason(service, problem)
    if reason is not None:
        return evolve(problem, severity="warning", message=f"{problem.message} (accepted: {reason})", hint="", accepted=reason)
    if lenient:
        return evolve(problem, severity="warning")
    return evolve(problem, hint=alternative(problem.hint, how(problem.rule)))


def _scopes(service: ServiceSpec) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield "", service.accept
    for name, role in service.roles.items():
        yield name, role.accept
        for index, container in enumerate(role.containers):
            yield f"{name}.containers[{index}]", container.accept
        leader = role.multinode.leader if role.multinode is not None else None
        if leader is not None:
            yield f"{name}.multinode.leader", leader.accept


def _inside(problem: Problem, scope: str) -> bool:
    return not scope or is_under(problem.path, (scope,))


def _reason(service: ServiceSpec, problem: Problem) -> str | None:
    for scope, accepted in _scopes(service):
        if accepted and problem.rule in accepted and _inside(problem, scope):
            return accepted[problem.rule]
    return None


def _unused(service: ServiceSpec, found: list[Problem]) -> Iterator[Problem]:
    """Reasons for which there is no finding. The same reason may stand in several places, for the sake of one of them.

    Rules that are about manifests are looked for in manifests: there the reason is an annotation.
    """
    given = [(scope, rule, reason) for scope, accepted in _scopes(service) for rule, reason in accepted.items() if row(rule).subject in _SUBJECTS]
    if not given:
        return
    used = {(rule, reason) for scope, rule, reason in given if any(one.rule == rule and _inside(one, scope) for one in found)}
    for scope, rule, reason in given:
        if (rule, reason) not in used:
            yield suppresses_nothing(rule, child(f"{scope}.accept".lstrip("."), rule))


def _accept_problems(service: ServiceSpec) -> Iterator[Problem]:
    for scope, accepted in _scopes(service):
        if accepted:
            yield from (problem.under(scope) for problem in accept_problems(accepted))
