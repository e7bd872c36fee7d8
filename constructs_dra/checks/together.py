"""What the objects of one cluster say about each other: the rules over a whole set, for `check` and for whoever writes one."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from constructs_dra.checks.budgets import budgets
from constructs_dra.checks.cluster import Cluster
from constructs_dra.checks.collect import Item
from constructs_dra.checks.groups import groups
from constructs_dra.checks.monitors import monitors
from constructs_dra.checks.pickers import pickers
from constructs_dra.checks.policies import policies
from constructs_dra.checks.queues import queues
from constructs_dra.checks.references import duplicates, references
from constructs_dra.checks.routing import routing
from constructs_dra.checks.scalers import scalers
from constructs_dra.checks.servers import servers
from constructs_dra.errors import Problem

__all__ = ["disagreements"]

_RULES: Final[tuple[Callable[[Cluster], Iterator[Problem]], ...]] = (
    references,
    pickers,
    routing,
    servers,
    policies,
    scalers,
    queues,
    groups,
    budgets,
    monitors,
)


def disagreements(objects: Sequence[Item], *, complete: bool = False, partial: bool = False) -> Iterator[Problem]:
    """Every disagreement between the objects of one cluster, each with its place.

    Args:
        objects: All of them that are known.
        complete: Whether nothing else exists, so that a reference to anything else is an error.
        partial: Whether others certainly exist, so that nothing is said of what only is not here: of claims that nobody uses, of references whose
            name is like no other, of selectors for pods with labels unlike any here.
    """
    yield from duplicates(objects)
    cluster = Cluster(objects=objects, complete=complete, partial=partial)
    for rule in _RULES:
        yield from rule(cluster)
