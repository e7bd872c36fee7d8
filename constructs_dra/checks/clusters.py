"""Which objects of a set are for one cluster: folders that hold the same objects side by side are layouts of several clusters."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import PurePath

from constructs_dra.checks.collect import Item

__all__ = ["clusters"]

_Parts = tuple[str, ...]


def clusters(objects: Sequence[Item], folders: Iterable[str] | None = None) -> list[list[Item]]:
    """The objects of each cluster, in the order given; the objects of no cluster's folder come first, as one of their own.

    Args:
        objects: All of them. Those without a file belong to no folder.
        folders: Folders of which each sub-folder is a cluster. Default: sub-folders of one folder that hold an object of the same kind, namespace and
            name are one cluster each.
    """
    if folders is None and len({item.document.source if item.document is not None else item.file for item in objects}) <= 1:
        return [list(objects)] if objects else []
    roots = _repeating(objects) if folders is None else None
    depths = {PurePath(folder).parts: len(PurePath(folder).parts) for folder in folders or ()}
    found: dict[_Parts, list[Item]] = {(): []}
    for item in objects:
        way = _folder(item)
        if roots is None:
            depth = next((depth for base, depth in depths.items() if way[:depth] == base and len(way) > depth), 0)
            root = way[: depth + 1] if depth else ()
        else:
            root = next((way[:depth] for depth in range(1, len(way) + 1) if way[:depth] in roots), ())
        found.setdefault(root, []).append(item)
    return [items for items in found.values() if items]


def _folder(item: Item) -> _Parts:
    return _parts(item.document.source if item.document is not None else item.file)


@lru_cache(maxsize=4096)
def _parts(source: str) -> _Parts:
    return PurePath(source).parent.parts


def _repeating(objects: Sequence[Item]) -> set[_Parts]:
    """Folders beside others that hold the same object."""
    homes: dict[tuple[str, str, str, str], set[_Parts]] = {}
    for item in objects:
        if item.kind and item.name and (item.document is not None or item.file):
            homes.setdefault((item.group, item.kind, item.namespace, item.name), set()).add(_folder(item))
    roots: set[_Parts] = set()
    for ways in {frozenset(ways) for ways in homes.values() if len(ways) > 1}:
        first, last = min(ways), max(ways)
        shared = next((depth for depth, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), min(len(first), len(last)))
        beside = {way[: shared + 1] for way in ways if len(way) > shared}
        if len(beside) > 1:
            roots |= beside
    return roots
