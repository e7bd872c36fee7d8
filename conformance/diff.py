"""What a real control plane did with changes (`diff/cases.yaml`), against what `differences` says of them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from conformance.score import Score
from constructs_dra.kubernetes.api import custom_kinds
from constructs_dra.report.differences import compare
from constructs_dra.yaml.documents import read_files


def scores(shared: Path) -> Iterable[Score]:
    """One score for the file `diff/cases.yaml`: a case per change."""
    path = shared / "diff" / "cases.yaml"
    if not path.is_file():
        return
    documents, _ = read_files([path])
    cases: list[Mapping[str, Any]] = documents[0].value
    short = []
    for case in cases:
        try:
            found = compare(case["old"], case["new"]).verdict
        except Exception as error:  # noqa: BLE001  (whatever goes wrong is this case's shortfall)
            found = f"{type(error).__name__}: {error}"  # type: ignore[assignment]
        if found == "restart" and f"{case['new']['apiVersion']} {case['new']['kind']}" in custom_kinds():
            found = "in place"  # no controller of custom resources was there, so nothing came of what the server took
        if found != case["verdict"]:
            short.append((case["name"], f"{case['verdict']} in the cluster, {found} here"))
    yield Score(name="diff", passed=len(cases) - len(short), total=len(cases), short=short)
