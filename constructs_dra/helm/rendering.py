"""From values files to Kubernetes objects: everything together."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from constructs_dra.errors import Problem
from constructs_dra.helm.build import Built, build
from constructs_dra.helm.calls import Call
from constructs_dra.helm.charts import CHART_NAME, CHARTS, ChartVersion
from constructs_dra.helm.checking import can_be_left_out, check_values, without
from constructs_dra.helm.importing import service_call
from constructs_dra.helm.naming import has_template
from constructs_dra.helm.refusals import refusals
from constructs_dra.helm.templating import evaluate_templates
from constructs_dra.helm.values import Values, load_values, with_defaults
from constructs_dra.helm.wording import in_words_of_values
from constructs_dra.manifest import Manifest
from constructs_dra.rules import row
from constructs_dra.serving.checks.service import service_problems
from constructs_dra.serving.resolve import resolved
from constructs_dra.suppression import SUPPRESSES_NOTHING, how_to_accept_by_option

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
    def chart_name(self) -> str:
        """The chart's name."""
        return CHART_NAME

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
        accept: Cross-checks to suppress, each with the reason.
    """
    line = chart or chart_of(values.data)
    problems = list(values.problems)
    if chart is None and line == "0.3":
        words = "the values are read as those of chart 0.3; later charts ignore this block"
        problems.append(Problem("dra", words, "--chart 0.4 shows what chart 0.4 makes of them", rule="chart", severity="warning"))
    if any(problem.severity == "error" and not can_be_left_out(problem) for problem in problems):
        return Import(values=values, chart=line, release=release, problems=_finished(values, problems, lenient=lenient))
    evaluated = values.data
    if has_template(evaluated):
        evaluated, found = evaluate_templates(evaluated, line, release=release, namespace=namespace)
        problems += found
    found = check_values(evaluated, line)
    problems += found
    wrong = [problem for problem in problems if not can_be_left_out(problem) and problem.severity == "error"]
    if any(not problem.path or problem.path.endswith("]") for problem in wrong):
        # without it the rest would mean something else
        return Import(values=values, chart=line, release=release, problems=_finished(values, problems, lenient=lenient))
    # what is wrong is left out to see what else is; what follows from leaving it out is not said
    left_out = [problem for problem in found if can_be_left_out(problem)] + wrong
    everything = with_defaults(without(evaluated, left_out), CHARTS[line].defaults)
    tree, found = service_call(everything, line, release=release, namespace=namespace, accept=accept)
    built = build(tree, lenient=lenient)
    broken = [problem for problem in built.problems if problem.severity == "error"]
    # what records say that hold refused ones, and cannot place, is about what they hold
    later = found + built.problems + ([problem for problem in built.following if problem.path] if broken else built.following)
    if built.examined is not None:
        later += _examined(built, lenient=lenient)
    later = [problem for problem in later if not any(_concerns(problem.path, one.path) for one in wrong)]
    problems += [problem for problem in later if problem in built.problems or not any(_concerns(problem.path, one.path) for one in broken)]
    return Import(
        values=values, chart=line, release=release, call=built.call, service=built.value, problems=_finished(values, problems, lenient=lenient)
    )


def _examined(built: Built, *, lenient: bool) -> list[Problem]:
    """What the cross-checks and the API of Kubernetes say of a service, in the words and places of its values."""
    service: ModelService = built.examined
    found = service_problems(resolved(service), strict=not lenient, how=how_to_accept_by_option)
    reasons = [problem for problem in found if problem.rule == SUPPRESSES_NOTHING]
    findings = [in_words_of_values(evolve(problem, path=built.origins.place(problem.path))) for problem in found if problem not in reasons] + reasons
    refused = list(refusals(service, built.origins))
    # what an API server refuses is no matter of opinion: the cross-check that says the same is not said too
    places = {problem.path for problem in refused}
    return [problem for problem in findings if problem.path not in places or not problem.rule] + refused


def _concerns(path: str, other: str) -> bool:
    """Whether one place is the other, around it or in it."""
    return any(one == two or one.startswith((f"{two}.", f"{two}[")) for one, two in ((path, other), (other, path)))


def _finished(values: Values, problems: Iterable[Problem], *, lenient: bool) -> tuple[Problem, ...]:
    """The problems once each, with their places, and milder where leniency was asked for."""
    unique: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        placed = values.placed(problem)
        if lenient and row(placed.rule).leniency and placed.severity == "error":
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
