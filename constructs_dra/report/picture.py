"""The wiring as a picture: SVG, Mermaid or plain text.

Pictures show what requests pass through and what pods stand on. What looks on (autoscalers, monitors, budgets, policies) and what is read (Secrets,
ConfigMaps) are lines in the boxes of what they belong to; the plain text has every object and every wire.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final

from attrs import frozen

from constructs_dra.report.wiring import LAYERS, Node, Wire, Wiring
from constructs_dra.words import printable

__all__ = ["mermaid", "plain_text", "svg"]

_OF_TARGET: Final[Mapping[str, str]] = {
    "scales": "scaled by",
    "scrapes": "scraped by",
    "guards": "guarded by",
    "keeps up": "kept up by",
    "ranks": "ranked by",
    "renames models of": "models renamed by",
    "configures": "configured by",
}
"""Wires that are a line in the box of their target, and how the line begins."""

_OF_SOURCE: Final = frozenset({"reads"})
"""Wires that are a line in the box of their source."""


@frozen
class _Box:
    """A node that is drawn, with all lines of its box."""

    node: Node
    lines: tuple[str, ...]


def _boxes(drawn: Wiring) -> tuple[list[_Box], list[Wire]]:
    """What is drawn as boxes, and the wires between them."""
    wires = [wire for wire in drawn.wires if wire.how not in _OF_TARGET and wire.how not in _OF_SOURCE]
    # an onlooker with a target, and what is read, are lines of other boxes; what nobody refers to keeps a box of its own
    inside = {wire.source if wire.how in _OF_TARGET else wire.target for wire in drawn.wires if wire not in wires}
    inside -= {wire.target for wire in drawn.wires if wire.how in _OF_TARGET} | {end for wire in wires for end in (wire.source, wire.target)}
    boxes = [_Box(node, (*node.lines, *_attached(node, drawn))) for node in drawn.nodes if node not in inside]
    return boxes, wires


def _attached(node: Node, drawn: Wiring) -> Iterator[str]:
    """Lines of what looks on and what is read."""
    for wire in drawn.wires:
        if wire.target == node and wire.how in _OF_TARGET:
            own = "" if wire.source.name == node.name else f" {wire.source.name}"
            yield f"{_OF_TARGET[wire.how]} {wire.source.kind}{own}"
    for wire in drawn.wires:
        if wire.source == node and wire.how in _OF_SOURCE:
            yield f"{wire.how} {wire.target.title}{'' if wire.target.given else ' (not here)'}"


_MARGIN: Final = 20
_TOP: Final = 36
_LINE: Final = 17
_PORT: Final = 17
"""Room between two wires that leave a box on one side, so that their words stand below each other."""
_NARROWEST: Final = 170
_MOST_CHARACTERS: Final = 46
_FILL: Final = ("#f3f4f6", "#eef2ff", "#eef2ff", "#e0f2fe", "#ecfdf5", "#fff7ed")


@frozen
class _Place:
    """Where a box stands."""

    x: int
    y: int
    width: int
    height: int


def svg(drawn: Wiring) -> str:
    """The picture as one SVG element, with a title and a description for those who do not see it."""
    boxes, wires = _boxes(drawn)
    places, lefts = _places(boxes, wires)
    width = max((place.x + place.width for place in places.values()), default=0) + _MARGIN + _words_at_the_edge(wires, places)
    height = max((place.y + place.height for place in places.values()), default=0) + _MARGIN
    words = escape(printable("; ".join(f"{wire.source.title} {wire.how} {wire.target.title}" for wire in drawn.wires) or "no wires"))
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="wiring" role="img" aria-labelledby="wiring-title wiring-words" '
            f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="system-ui, sans-serif" font-size="12">'
        ),
        '<title id="wiring-title">Who is wired to whom</title>',
        f'<desc id="wiring-words">{words}</desc>',
        (
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse">'
            '<path d="M0 0 8 4 0 8z" fill="#5b6472"/></marker></defs>'
        ),
        f'<rect width="{width}" height="{height}" fill="#ffffff" class="paper"/>',
    ]
    parts += [f'<text x="{left}" y="22" fill="#5b6472" font-weight="600">{LAYERS[layer]}</text>' for layer, left in lefts.items()]
    parts += _curves(wires, places)
    parts += [_drawn(box, places[box.node]) for box in boxes]
    return "\n".join([*parts, "</svg>"])


def _places(boxes: Sequence[_Box], wires: Sequence[Wire]) -> tuple[dict[Node, _Place], dict[int, int]]:
    """The place of each box, and where each column begins: columns by layer, boxes near those that lead to them."""
    columns = {layer: [box for box in boxes if box.node.layer == layer] for layer in sorted({box.node.layer for box in boxes})}
    places: dict[Node, _Place] = {}
    lefts: dict[int, int] = {}
    left = _MARGIN
    for layer, column in columns.items():
        lefts[layer] = left
        width = max(_width(box) for box in column)
        top = _TOP
        for box in sorted(column, key=lambda box: _wish(box.node, wires, places)):
            height = max(44 + _LINE * len(box.lines), 18 + _PORT * max(len(_leaving(box.node, wires)), 1))
            places[box.node] = _Place(left, top, width, height)
            top += height + 24
        back = (wire.how for wire in wires if wire.source.layer > layer and wire.target.layer == layer)
        left += width + 56 + max((_long(how) for hows in (back, *(_leaving(box.node, wires) for box in column)) for how in hows), default=0)
    return places, lefts


def _wish(node: Node, wires: Sequence[Wire], places: Mapping[Node, _Place]) -> float:
    """How far down a box would stand to be level with those it is wired to, of the columns that are placed."""
    others = [
        places[end] for wire in wires for here, end in ((wire.target, wire.source), (wire.source, wire.target)) if here == node and end in places
    ]
    return sum(place.y for place in others) / len(others) if others else float("inf")


def _leaving(node: Node, wires: Sequence[Wire]) -> list[str]:
    """The words of the wires that leave a box; wires of the same words leave together."""
    return list(dict.fromkeys(wire.how for wire in wires if wire.source == node))


def _long(words: str) -> int:
    """Pixels of small words, about."""
    return round(5.8 * len(words))


def _width(box: _Box) -> int:
    wide = max([7.4 * len(_cut(box.node.name)), 6.2 * len(box.node.kind), *(6.7 * len(_cut(line)) for line in box.lines)])
    return max(_NARROWEST, round(wide) + 26)


def _words_at_the_edge(wires: Sequence[Wire], places: Mapping[Node, _Place]) -> int:
    """Room for wires within the last column, which go around its right side."""
    last = max((place.x for place in places.values()), default=0)
    return max((50 + _long(wire.how) for wire in wires if places[wire.source].x == last == places[wire.target].x), default=0)


def _drawn(box: _Box, place: _Place) -> str:
    node = box.node
    dashed = "" if node.given else ' stroke-dasharray="5 4"'
    x, y = place.x + 12, place.y
    lines = [f'<text x="{x}" y="{y + 36}" fill="#111827" font-weight="600">{_safe(node.name)}</text>']
    lines += [f'<text x="{x}" y="{y + 37 + _LINE * number}" fill="#374151">{_safe(line)}</text>' for number, line in enumerate(box.lines, 1)]
    whole = escape(printable("\n".join((node.title, *box.lines)), lines=True))
    return (
        f'<g><title>{whole}</title><rect x="{place.x}" y="{y}" width="{place.width}" height="{place.height}" rx="6" fill="{_FILL[node.layer]}" '
        f'stroke="#5b6472"{dashed}/><text x="{x}" y="{y + 18}" fill="#374151" font-size="11">{_safe(node.kind)}</text>{"".join(lines)}</g>'
    )


def _curves(wires: Sequence[Wire], places: Mapping[Node, _Place]) -> Iterator[str]:
    """Every wire, its words once where it leaves its box."""
    said: set[tuple[Node, str, bool]] = set()
    arriving: dict[Node, list[Wire]] = {}
    for wire in wires:
        arriving.setdefault(wire.target, []).append(wire)
    for wire in wires:
        source, target = places[wire.source], places[wire.target]
        leaving = _leaving(wire.source, wires)
        start_y = source.y + source.height * (leaving.index(wire.how) + 1) // (len(leaving) + 1)
        there = arriving[wire.target]
        end_y = target.y + target.height * (there.index(wire) + 1) // (len(there) + 1)
        back = target.x < source.x
        start_x = source.x if back else source.x + source.width
        end_x = target.x + target.width if target.x <= source.x else target.x
        pull = 46 if target.x == source.x else max(abs(end_x - start_x) // 2, 30)
        first = start_x - pull if back else start_x + pull
        second = end_x + pull if target.x <= source.x else end_x - pull
        path = f"M{start_x} {start_y} C{first} {start_y} {second} {end_y} {end_x} {end_y}"
        yield f'<path d="{path}" fill="none" stroke="#5b6472" marker-end="url(#tip)"/>'
        if (wire.source, wire.how, back) not in said:
            said.add((wire.source, wire.how, back))
            x, anchor = (start_x - 6, "end") if back else (start_x + 6, "start")
            yield (
                f'<text x="{x}" y="{start_y - 4}" fill="#374151" font-size="10" text-anchor="{anchor}" paint-order="stroke" '
                f'stroke="#ffffff" stroke-width="3">{escape(wire.how)}</text>'
            )


def _cut(words: str) -> str:
    safe = printable(words)
    return safe if len(safe) <= _MOST_CHARACTERS else f"{safe[: _MOST_CHARACTERS // 2]}…{safe[-(_MOST_CHARACTERS // 2 - 1) :]}"


def _safe(words: str) -> str:
    return escape(_cut(words))


def mermaid(drawn: Wiring) -> str:
    """The picture as a Mermaid flowchart, which GitHub and GitLab draw."""
    boxes, wires = _boxes(drawn)
    names = {box.node: f"n{number}" for number, box in enumerate(boxes)}
    lines = ["flowchart LR"]
    for box in boxes:
        words = "<br/>".join(_quoted(line) for line in (box.node.kind, box.node.name, *box.lines))
        lines.append(f'  {names[box.node]}["{words}"]' if box.node.given else f'  {names[box.node]}(["{words}"])')
    lines += [f"  {names[wire.source]} -->|{wire.how}| {names[wire.target]}" for wire in wires]
    return "\n".join([*lines, ""])


def _quoted(words: str) -> str:
    """Text inside the quotation marks of a Mermaid node."""
    return escape(printable(words), quote=False).replace('"', "#quot;")


def plain_text(drawn: Wiring) -> str:
    """Indented lines: each object, what is to be said of it, and where its wires lead."""
    lines: list[str] = []
    for node in drawn.nodes:
        lines.append(printable(f"{node.title}{f' in {node.namespace}' if node.namespace else ''}"))
        lines += [f"  {printable(line)}" for line in node.lines]
        lines += [printable(f"  {wire.how} {wire.target.title}") for wire in drawn.wires if wire.source == node]
    return "\n".join([*lines, ""])
