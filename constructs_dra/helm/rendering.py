"""From values files to Kubernetes objects: everything together."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from constructs_dra.errors import Problem
from constructs_dra.helm.calls import Call, build, origin
from constructs_dra.helm.charts import CHARTS, ChartVersion
from constructs_dra.helm.checking import LENIENT_RULES, check_values, without
from constructs_dra.helm.cures import in_words_of_values
from constructs_dra.helm.importing import service_call
from constructs_dra.helm.naming import has_template
from constructs_dra.helm.refusals import refusals
from constructs_dra.helm.values import Values, load_values, with_defaults
from constructs_dra.manifest import Manifest

if TYPE_CHECKING:
    from constructs_dra.serving.service import ModelService

__all__ = ["Import", "chart_of", "import_values", "render"]


@frozen(kw_only=True, eq=False)
class Import:
    """What came of values files.

    Attributes:
        values: The files.
        chart: The chart's line their values were read for.
        release: Name of the release.
        call: The service, as a call of its constructor; None when the values cannot be read.
        service: The service; None when something refuses it.
        problems: Everything found, placed in the files.
    """

    values: Values
    chart: ChartVersion
    release: str
    call: Call | None = None
    service: "ModelService | None" = None
    problems: tuple[Problem, ...] = field(default=())

    @property
    def refused(self) -> bool:
        """Whether a problem stands against the objects."""
        return any(problem.severity == "error" for problem in self.problems)

    @property
    def manifests(self) -> list[Manifest]:
        """The objects; none where a problem stands against them."""
        return self.service.manifests() if self.service is not None and not self.refused else []


def chart_of(values: dict[str, Any]) -> ChartVersion:
    """The line of charts that values were written for: a top-level `dra` block is of chart 0.3."""
    return "0.3" if isinstance(values.get("dra"), dict) else "0.4"


def import_values(
    values: Values,
    *,
    release: str = "release",
    namespace: str | None = None,
    chart: ChartVersion | None = None,
    lenient: bool = False,
    accept: Mapping[str, str] | None = None,
) -> Import:
    """Read values as a model service.

    Args:
        values: The loaded files.
        release: Name of the Helm release.
        namespace: Namespace of its objects.
        chart: The chart's line. Default: recognised by the values.
        lenient: Whether what Helm, the chart or an API server would pass over in silence is a warning and left out, instead of an error; and whether
            findings of the cross-checks, with which the release may live already, are warnings.
        accept: Cross-checks to overrule, each with the reason.
    """
    from constructs_dra.serving.checks import RULES, service_problems  # noqa: PLC0415

    line = chart or chart_of(values.data)
    problems = list(values.problems)
    if any(problem.severity == "error" and problem.rule not in LENIENT_RULES for problem in problems):
        return Import(values=values, chart=line, release=release, problems=_finished(values, problems, lenient=lenient))
    evaluated = values.data
    if has_template(evaluated):
        from constructs_dra.helm.templating import evaluate_templates  # noqa: PLC0415 - few values need it

        evaluated, found = evaluate_templates(evaluated, line, release=release, namespace=namespace)
        problems += found
    found = check_values(evaluated, line)
    problems += found
    if any(problem.rule not in LENIENT_RULES and problem.severity == "error" for problem in problems):
        # what is of the wrong type cannot be read further
        return Import(values=values, chart=line, release=release, problems=_finished(values, problems, lenient=lenient))
    everything = with_defaults(without(evaluated, found), CHARTS[line].defaults)
    tree, found = service_call(everything, line, release=release, namespace=namespace, accept=accept)
    problems += found
    broken: list[Problem] = []
    service = build(tree, broken)
    problems += broken
    if service is not None:
        findings = service_problems(service, strict=not lenient)
        problems += [in_words_of_values(evolve(found, path=origin(tree, found.path))) for found in findings]
        refused = refusals(service.manifests(), everything)
        # what an API server refuses is no matter of opinion: the cross-check that says the same is not said too
        places = {problem.path for problem in refused}
        problems = [problem for problem in problems if problem.path not in places or problem.rule not in RULES] + refused
    return Import(values=values, chart=line, release=release, call=tree, service=service, problems=_finished(values, problems, lenient=lenient))


def _finished(values: Values, problems: Iterable[Problem], *, lenient: bool) -> tuple[Problem, ...]:
    """The problems once each, with their places, and milder where leniency was asked for."""
    unique: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        placed = values.placed(problem)
        if lenient and placed.rule in LENIENT_RULES and placed.severity == "error":
            placed = evolve(placed, severity="warning")
        unique.setdefault((placed.path, placed.message), placed)
    order = {source: number for number, source in enumerate(values.sources)}
    return tuple(sorted(unique.values(), key=lambda problem: (order.get(problem.source, len(order)), problem.line)))


def render(
    files: Sequence[str | Path],
    *,
    release: str = "release",
    namespace: str | None = None,
    chart: ChartVersion | None = None,
    lenient: bool = False,
    sets: Iterable[str] = (),
    set_strings: Iterable[str] = (),
    accept: Mapping[str, str] | None = None,
    stdin: Any = None,
) -> Import:
    """Read values files and options as a model service; see `load_values` and `import_values`."""
    values = load_values(files, sets=sets, set_strings=set_strings, stdin=stdin)
    return import_values(values, release=release, namespace=namespace, chart=chart, lenient=lenient, accept=accept)
