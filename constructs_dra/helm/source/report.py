"""What a migration did: carried over, dropped and why, and what the chart does wrong that one named option puts right."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from attrs import evolve

from constructs_dra.helm.checking import can_be_left_out
from constructs_dra.helm.source.app import App
from constructs_dra.serving.release import Fix

if TYPE_CHECKING:
    from constructs_dra.helm.rendering import Import
    from constructs_dra.helm.router.rendering import RouterImport

__all__ = ["FIXES", "migration_report"]

FIXES: Mapping[Fix, str] = {
    "accelerator-env-once": "variables of the accelerator no longer repeat a name that the values set",
    "claim-names-per-release": "names of claim templates hold the release's name, so that two releases fit in a namespace",
    "claims-for-model-container": "only the model server gets devices, not every container of the pod",
    "hf-hub-cache-path": "HF_HUB_CACHE follows the mount path instead of being fixed to /model-cache",
    "proxy-flags-by-version": "the routing proxy's flags are spelt as its version wants them",
    "proxy-in-leader-only": "in a LeaderWorkerSet the routing proxy runs in the leader, not in every worker",
    "proxy-resources": "the routing proxy gets the resources that its record states",
    "replicas-left-to-autoscaler": "Deployments with an autoscaler leave replicas out, so that an upgrade does not set them back",
    "user-env-wins": "the values' variables come after the chart's, so that they are the ones that count",
}
"""Every fix a `HelmRelease` takes, in a sentence."""


def migration_report(imported: "Import | RouterImport", app: App) -> list[str]:
    """The report, line by line."""
    lines = ["carried over:"]
    kinds = Counter(manifest["kind"] for manifest in imported.manifests)
    lines.append("  " + ", ".join(f"{count} {kind}" for kind, count in kinds.items()) + f"; {_count(app.kept, 'comment')}")
    lines += ["dropped:", *_dropped(imported, app)] if list(_dropped(imported, app)) else []
    if fixes := list(_fixes(imported)):
        lines += ["what the chart does wrong, kept until you name it in HelmRelease(…, fixes=[…]):", *fixes]
    return lines


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _dropped(imported: "Import | RouterImport", app: App) -> Iterator[str]:
    for problem in imported.problems:
        if can_be_left_out(problem) or problem.rule == "leftover":
            yield f"  {problem.source}:{problem.line}: {problem.path}: {problem.message}" if problem.line else f"  {problem.path}: {problem.message}"
    for comment in app.dropped:
        yield f"  line {comment.line}: the comment {comment.text!r:.70}: what it speaks of is not said in the app"
    if app.passed:
        yield f"  {_count(app.passed, 'line')} of commented-out values"


def _fixes(imported: "Import | RouterImport") -> Iterator[str]:
    """The fixes that would change something here."""
    service = imported.service
    if service is None or service.release is None:
        return
    before = service.manifests()
    for fix, words in FIXES.items():
        fixed = evolve(service, release=evolve(service.release, fixes=[fix]))
        if fixed.manifests() != before:
            yield f"  {fix}: {words}"
