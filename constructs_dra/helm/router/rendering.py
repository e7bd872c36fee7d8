"""From values files of the router's charts to Kubernetes objects."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from constructs_dra.errors import Problem
from constructs_dra.helm.build import Origins, build
from constructs_dra.helm.calls import Call
from constructs_dra.helm.checking import can_be_left_out, check_keys, without
from constructs_dra.helm.router.importing import router_call
from constructs_dra.helm.router.keys import DEFAULTS, GONE, KEYS, RouterChart
from constructs_dra.helm.values import Values, with_defaults
from constructs_dra.manifest import Manifest
from constructs_dra.rules import row

if TYPE_CHECKING:
    from constructs_dra.routing.router import Router

__all__ = ["CHART_NAMES", "RouterImport", "import_router_values", "router_chart_of"]

CHART_NAMES: Mapping[RouterChart, str] = {"router-gateway": "llm-d-router-gateway", "router-standalone": "llm-d-router-standalone"}


@frozen(kw_only=True, eq=False)
class RouterImport:
    """What came of values files.

    Attributes:
        values: The files.
        chart: The chart they were read for.
        release: Name of the release.
        call: The router, as a call of its constructor; None when the values cannot be read.
        router: The router; None when something refuses it.
        service: None: no model service comes of them.
        problems: Everything found, placed in the files.
    """

    values: Values
    chart: RouterChart
    release: str
    call: Call | None = None
    router: "Router | None" = None
    problems: tuple[Problem, ...] = field(default=())

    service: None = None

    @property
    def chart_name(self) -> str:
        """The chart's name."""
        return CHART_NAMES[self.chart]

    @property
    def refused(self) -> bool:
        """Whether a problem stands against the objects."""
        return any(problem.severity == "error" for problem in self.problems)

    @property
    def manifests(self) -> list[Manifest]:
        """The objects; none where a problem stands against them."""
        return self.router.manifests() if self.router is not None and not self.refused else []


def router_chart_of(values: Mapping[str, Any]) -> RouterChart | None:
    """The router's chart that values were written for: those with a route or a provider are of the gateway's; None for values of another chart."""
    if not isinstance(values.get("router"), Mapping):
        return None
    return "router-gateway" if {"httpRoute", "provider"} & values.keys() else "router-standalone"


def import_router_values(values: Values, *, chart: RouterChart, release: str, namespace: str, lenient: bool = False) -> RouterImport:
    """Read values as a router.

    Args:
        values: The loaded files.
        chart: The chart.
        release: Name of the Helm release.
        namespace: Its namespace, which names and arguments hold.
        lenient: Whether what Helm passes over in silence is a warning and left out, and whether a configuration that the picker's own loader
            refuses is a warning, as the release lives with it.
    """
    problems = list(values.problems)
    if any(problem.severity == "error" and not can_be_left_out(problem) for problem in problems):
        return RouterImport(values=values, chart=chart, release=release, problems=_finished(values, problems, lenient=lenient))
    found = _checked(values.data, chart)
    problems += found
    wrong = [problem for problem in found if problem.severity == "error" and not can_be_left_out(problem)]
    left_out = [problem for problem in found if can_be_left_out(problem)] + wrong
    everything = with_defaults(without(values.data, left_out), DEFAULTS[chart])
    if not isinstance(everything.get("router"), Mapping) or not isinstance(everything["router"].get("epp"), Mapping):
        problems.append(Problem("router.epp", "is empty, and the chart fails without it", "leave the key out, or write a mapping", rule="required"))
        return RouterImport(values=values, chart=chart, release=release, problems=_finished(values, problems, lenient=lenient))
    tree, refused = router_call(everything, chart, release=release, namespace=namespace)
    problems += refused
    built = build(tree)
    router = built.value
    places = {problem.path for problem in problems}
    problems += [problem for problem in built.problems if problem.path not in places]
    if router is not None:
        problems += [_as_values(problem, built.origins, lenient=lenient) for problem in router.check()]
        problems += _config_file(everything)
    return RouterImport(values=values, chart=chart, release=release, call=tree, router=router, problems=_finished(values, problems, lenient=lenient))


def _checked(values: Mapping[str, Any], chart: RouterChart) -> list[Problem]:
    """Unknown keys, wrong types, keys of earlier charts."""
    gone = [
        Problem(name, "is a key of earlier charts, and Helm fails with it", hint, rule="removed-key") for name, hint in GONE.items() if name in values
    ]
    known = {name: value for name, value in values.items() if name not in GONE}
    return gone + check_keys(known, KEYS[chart], CHART_NAMES[chart])


def _config_file(values: Mapping[str, Any]) -> list[Problem]:
    """The file that the picker is started with is one of the ConfigMap's."""
    epp = values["router"]["epp"]
    named = epp.get("pluginsConfigFile") or "default-plugins.yaml"
    known = ["default-plugins.yaml", "payload-agnostic.yaml", *(epp.get("pluginsCustomConfig") or {})]
    if named in known:
        return []
    words = f"names {named!r}, which is not a file of the ConfigMap"
    return [
        Problem("router.epp.pluginsConfigFile", words, f"write it under pluginsCustomConfig, or name one of {', '.join(known)}", rule="picker-file")
    ]


def _as_values(problem: Problem, origins: Origins, *, lenient: bool) -> Problem:
    """What the picker says, at its place in the values."""
    milder = lenient and problem.severity == "error" and row(problem.rule).leniency == "warning"
    placed = evolve(problem, path=origins.place(problem.path))
    return evolve(placed, severity="warning") if milder else placed


def _finished(values: Values, problems: list[Problem], *, lenient: bool) -> tuple[Problem, ...]:
    unique: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        placed = values.placed(problem)
        if lenient and can_be_left_out(placed) and placed.severity == "error":
            placed = evolve(placed, severity="warning")
        unique.setdefault((placed.path, placed.message), placed)
    order = {source: number for number, source in enumerate(values.sources)}
    return tuple(sorted(unique.values(), key=lambda problem: (order.get(problem.source, len(order)), problem.line)))
