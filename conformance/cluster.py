"""What a real scheduler did with small clusters (`cluster/*`), against the plan: as many replicas placed, and the same causes for the rest."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from conformance.score import Score
from constructs_dra.placement.features import Features
from constructs_dra.placement.inventory import Inventory
from constructs_dra.placement.planning import Plan, plan
from constructs_dra.yaml.documents import read_files


def scores(shared: Path) -> Iterable[Score]:
    """One score for the folder `cluster`: a case per cluster."""
    folders = sorted(path.parent for path in (shared / "cluster").glob("*/outcome.yaml"))
    if not folders:
        return
    short = []
    for folder in folders:
        try:
            difference = _difference(folder)
        except Exception as error:  # noqa: BLE001  (whatever goes wrong is this case's shortfall)
            difference = f"{type(error).__name__}: {error}"
        if difference:
            short.append((folder.name, difference))
    yield Score(name="cluster", passed=len(folders) - len(short), total=len(folders), short=short)


def _documents(path: Path) -> list[Any]:
    documents, _ = read_files([path])
    return [document.value for document in documents]


def _difference(folder: Path) -> str:
    expected: Mapping[str, Any] = _documents(folder / "outcome.yaml")[0]
    inventory = Inventory.from_files([folder / "inventory.yaml"])
    given = plan(_documents(folder / "workloads.yaml"), inventory, features=Features(known_defects=True))
    return "; ".join(filter(None, (_compare(name, outcome, given) for name, outcome in expected.items())))


def _compare(name: str, outcome: Mapping[str, Any], given: Plan) -> str:
    workload = next((each for each in given.workloads if each.name == name), None)
    if workload is None:
        return f"{name}: not planned"
    if workload.replicas_placed != outcome["placed"]:
        return f"{name}: {outcome['placed']} placed in the cluster, {workload.replicas_placed} in the plan ({_messages(given, name)})"
    expected = {cause for message in outcome.get("message") or () if not _PASSING.search(message) for cause in _causes(message)}
    found = {cause for message in _messages(given, name) for cause in _causes(message)}
    return "" if expected == found else f"{name}: causes {sorted(expected)} in the cluster, {sorted(found)} in the plan"


_PASSING = re.compile(r"ResourceClaim not created yet")
"""A pod that the scheduler met before the controller had made its claim is tried again: what it said then tells how busy the machine was."""


def _messages(given: Plan, name: str) -> list[str]:
    return [pod.message for workload in given.workloads if workload.name == name for pod in workload.unplaced]


def _causes(message: str) -> list[str]:
    """The reasons of a scheduler's message without numbers of nodes and names of pods and claims."""
    reasons = re.search(r"nodes are available: (.*?)\.(?: |$)", message)
    if reasons is None:
        return [re.sub(r"claim \S+?([:,])", r"claim\1", message)]
    return [re.sub(r"^\d+ ", "", reason) for reason in reasons.group(1).split(", ")]
