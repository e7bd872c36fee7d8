"""What Kubernetes' rules say of a manifest, said of the record it was made from: the record's names for places, fields and values."""

from attrs import evolve

from constructs_dra.catalogue.claims import check_configurations
from constructs_dra.errors import Problem
from constructs_dra.kubernetes.dra import check_dra
from constructs_dra.lexical.versions import NEWEST_VERSION
from constructs_dra.manifest import Manifest
from constructs_dra.paths import split
from constructs_dra.records.kubernetes import kubernetes_names
from constructs_dra.records.places import in_python

__all__ = ["judged", "spoken"]


def spoken(problem: Problem, kind: type) -> Problem:
    """A problem of one record's manifest, which has just the record's fields."""
    names = kubernetes_names(kind)
    head, *rest = split(problem.path) or [""]
    tail = problem.path[len(str(head)) :] if rest else ""
    path = f"{names.get(str(head), head)}{tail}"
    return evolve(problem, path=path, message=in_python(problem.message, names), hint=in_python(problem.hint, names))


def judged(manifest: Manifest) -> list[Problem]:
    """What Kubernetes' rules and the drivers' say of a class, a taint rule or a slice; selectors aside, which are looked at by themselves."""
    found = check_dra(manifest, version=NEWEST_VERSION, expressions=False)
    if manifest["kind"] == "DeviceClass":
        found += check_configurations(manifest["spec"], "spec")
    return found
