"""Values that deserve a name: what is written twice, texts over several lines, names of secrets."""

import keyword
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from attrs import evolve, frozen

from constructs_dra.helm.calls import Argument, Call, Listed, Named, Tree
from constructs_dra.helm.source.literals import triple_quoted
from constructs_dra.helm.source.writer import Name, flat

__all__ = ["Constant", "extract"]

_SHORTEST = {"image": 8, "model": 8}
_SHORTEST_ELSE = 28
"""A value shorter than this is easier to read where it stands."""

_SHORTEST_CALL = 60

_HINTS = {
    "Container": ("image",),
    "Container.custom": ("image", "command"),
    "Container.image_default": ("image",),
    "Container.vllm": ("image",),
    "ModelArtifacts.hf": ("model",),
    "ModelArtifacts.pvc": ("volume", "model"),
    "ModelArtifacts.pvc_hf": ("volume", "model"),
}
"""What arguments by position are."""

_NAMES = {"token_secret": "HF_CREDENTIALS", "args": "SCRIPT"}
"""Names for what the argument's own name would mislead about."""

_SECRET = re.compile(r"(^|_)(?:TOKEN|SECRET|PASSWORD|PASSPHRASE|PASS|PWD)($|_)")
"""Parts of a name by which linters take its value for a password."""


@frozen(kw_only=True)
class Constant:
    """A value with a name.

    Attributes:
        name: Its name.
        value: The value.
        path: Its place in the values.
    """

    name: str
    value: Tree
    path: str


@frozen
class _Site:
    """A value where it stands."""

    hint: str
    tree: Tree
    path: str


def extract(tree: Call) -> tuple[Call, list[Constant]]:
    """The tree with names where values were, and the named values, in the order they must be written."""
    constants: list[Constant] = []
    taken: set[str] = set()
    while True:
        sites = [site for root in (Argument(tree), *(Argument(one.value, one.path) for one in constants)) for site in _sites(root, "")]
        counts = Counter(_text(site.tree) for site in sites)
        wanted = [site for site in sites if _wants_name(site, counts[_text(site.tree)]) and not any(site.tree is one.value for one in constants)]
        if not wanted:
            return tree, constants[::-1]
        site = max(wanted, key=lambda one: len(_text(one.tree)))
        name = _name(site, taken)
        taken.add(name)
        text = _text(site.tree)
        replaced = _replaced(tree, text, Name(name))
        tree = replaced if isinstance(replaced, Call) else tree
        constants = [evolve(one, value=_replaced(one.value, text, Name(name))) for one in constants]
        constants.append(Constant(name=name, value=site.tree, path=site.path))


def _text(tree: Tree) -> str:
    return flat(tree)


def _wants_name(site: _Site, count: int) -> bool:
    tree = site.tree
    if isinstance(tree, Name) or site.hint in {"labels", "decode", "prefill", "encode", "containers"}:
        return False
    if isinstance(tree, str):
        if site.hint == "token_secret" or triple_quoted(tree):
            return True
        return count > 1 and len(tree) >= _SHORTEST.get(site.hint, _SHORTEST_ELSE)
    if not isinstance(tree, Call | Listed | Named | dict | list):
        return False
    return count > 1 and len(_text(tree)) >= _SHORTEST_CALL


def _sites(argument: Argument, hint: str) -> Iterator[_Site]:
    """Every value below an argument (and itself) with what it is called there."""
    tree = argument.value
    if hint:
        yield _Site(hint, tree, argument.path)
    if isinstance(tree, Name):
        return
    if isinstance(tree, Call):
        hints = _HINTS.get(tree.function, ())
        for number, inner in enumerate(tree.positional):
            yield from _sites(inner, hints[number] if number < len(hints) else "value")
        for name, inner in tree.keywords.items():
            yield from _sites(inner, name)
    elif isinstance(tree, Listed):
        for item in tree.items:
            yield from _sites(item, hint)
    elif isinstance(tree, Named):
        for name, item in tree.items.items():
            yield from _sites(item, name)
    elif isinstance(tree, list):
        flag = ""
        for index, item in enumerate(tree):
            yield from _sites(Argument(item, f"{argument.path}[{index}]"), flag or hint)
            flag = item.lstrip("-") if isinstance(item, str) and re.fullmatch(r"--[a-z][\w-]*", item) else ""
    elif isinstance(tree, dict):
        for name, item in tree.items():
            yield from _sites(Argument(item, f"{argument.path}.{name}"), str(name))


def _name(site: _Site, taken: set[str]) -> str:
    base = (
        (_NAMES.get(site.hint) if isinstance(site.tree, str) else "")
        # Python takes letters that look alike for one name, so only those are kept that cannot
        or re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", site.hint)).strip("_").upper()
        or "VALUE"
    )
    base = _SECRET.sub(r"\1CREDENTIAL\2", base)
    if base[0].isdigit() or keyword.iskeyword(base.lower()):
        base = f"VALUE_{base}"
    role = site.path.partition(".")[0].upper()
    for name in (base, f"{role}_{base}" if role.isidentifier() else base):
        if name not in taken:
            return name
    return next(name for number in range(2, 1000) if (name := f"{base}_{number}") not in taken)


def _replaced(tree: Tree, text: str, name: Name) -> Tree:
    """The tree with the name wherever it holds the value of that text."""
    if isinstance(tree, Name):
        return tree
    if _text(tree) == text:
        return name
    if isinstance(tree, Call):
        positional = tuple(_inside(inner, text, name) for inner in tree.positional)
        return evolve(tree, positional=positional, keywords={key: _inside(inner, text, name) for key, inner in tree.keywords.items()})
    if isinstance(tree, Listed):
        return Listed(tuple(_inside(item, text, name) for item in tree.items))
    if isinstance(tree, Named):
        return Named({key: _inside(item, text, name) for key, item in tree.items.items()})
    plain: Any = tree
    if isinstance(tree, list):
        plain = [_replaced(item, text, name) for item in tree]
    elif isinstance(tree, dict):
        plain = {key: _replaced(item, text, name) for key, item in tree.items()}
    # what holds no name stays the same object, so that it can be told from its copies
    return plain if plain != tree else tree


def _inside(argument: Argument, text: str, name: Name) -> Argument:
    return Argument(_replaced(argument.value, text, name), argument.path)
