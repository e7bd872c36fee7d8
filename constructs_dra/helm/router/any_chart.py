"""Values files of any chart this library knows: which one they are of, and its importer."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from constructs_dra.errors import Problem
from constructs_dra.helm.rendering import Import, import_values
from constructs_dra.helm.router.rendering import CHART_NAMES, RouterImport, import_router_values, router_chart_of
from constructs_dra.helm.values import load_values

__all__ = ["render_any"]

_NAMESPACE: Final = "default"
"""Helm's own where none is named: names and arguments of the router's charts hold it."""


def render_any(
    files: Sequence[str | Path],
    *,
    release: str = "release",
    namespace: str | None = None,
    chart: Any = None,
    lenient: bool = False,
    sets: Iterable[str] = (),
    set_strings: Iterable[str] = (),
    accept: Mapping[str, str] | None = None,
    stdin: Any = None,
) -> Import | RouterImport:
    """Read values files and options as a model service, or as a router.

    Args:
        files: The files, in order; `-` is standard input.
        release: Name of the Helm release.
        namespace: Namespace of its objects.
        chart: `0.4` or `0.3` of llm-d-modelservice, `router-gateway` or `router-standalone`. Default: recognised by the values.
        lenient: Whether what Helm passes over in silence is a warning and left out.
        sets: `path=value` strings, as `--set` takes them.
        set_strings: The same with every value a string.
        accept: Cross-checks to suppress, each with the reason.
        stdin: Gives the bytes of standard input.
    """
    values = load_values(files, sets=sets, set_strings=set_strings, stdin=stdin)
    router = chart if chart in CHART_NAMES else router_chart_of(values.data) if chart is None else None
    if router is None:
        return import_values(values, release=release, namespace=namespace, chart=chart, lenient=lenient, accept=accept)
    found = import_router_values(values, chart=router, release=release, namespace=namespace or _NAMESPACE, lenient=lenient)
    if accept:
        words = "suppresses checks of model services, and these are values of a router"
        return RouterImport(values=values, chart=router, release=release, problems=(*found.problems, Problem("--accept", words, "leave it out")))
    return found
