"""The wiring as a picture: SVG, Mermaid or plain text, from one layout."""

from collections.abc import Iterator
from html import escape
from typing import Final

from constructs_dra.report.wiring import LAYERS, Node, Wiring
from constructs_dra.words import printable

__all__ = ["mermaid", "plain_text", "svg"]

_WIDTH: Final = 250
_GAP: Final = 110
_LINE: Final = 18
_CHARACTERS: Final = 34
"""What fits into a box at 12 px."""


def svg(drawn: Wiring) -> str:
    """The picture as one SVG element, with a title and a description for those who do not see it."""
    places = dict(_places(drawn))
    columns = sorted({node.layer for node in drawn.nodes})
    width = 20 + len(columns) * _WIDTH + max(len(columns) - 1, 0) * _GAP + 20
    height = max((y + tall for _, y, tall in places.values()), default=0) + 20
    words = escape("; ".join(f"{wire.source.title} {wire.how} {wire.target.title}" for wire in drawn.wires) or "no wires")
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
    ]
    for column, layer in enumerate(columns):
        parts.append(f'<text x="{20 + column * (_WIDTH + _GAP)}" y="20" fill="#5b6472" font-weight="600">{LAYERS[layer]}</text>')
    parts += [_curve(places, wire.source, wire.target, wire.how) for wire in drawn.wires]
    parts += [_box(node, *places[node]) for node in drawn.nodes]
    return "\n".join([*parts, "</svg>"])


def _places(drawn: Wiring) -> Iterator[tuple[Node, tuple[int, int, int]]]:
    """Left, top and height of each box: columns from left to right, boxes in the order of their nodes."""
    columns = sorted({node.layer for node in drawn.nodes})
    tops = dict.fromkeys(columns, 34)
    for node in drawn.nodes:
        tall = 46 + _LINE * len(node.lines)
        yield node, (20 + columns.index(node.layer) * (_WIDTH + _GAP), tops[node.layer], tall)
        tops[node.layer] += tall + 22


def _box(node: Node, x: int, y: int, tall: int) -> str:
    dashed = "" if node.given else ' stroke-dasharray="5 4"'
    lines = [f'<text x="{x + 12}" y="{y + 36 + 2}" fill="#111827" font-weight="600">{_short(node.name)}</text>']
    lines += [f'<text x="{x + 12}" y="{y + 38 + _LINE * number}" fill="#374151">{_short(line)}</text>' for number, line in enumerate(node.lines, 1)]
    return (
        f'<g><title>{escape(printable(node.title))}</title><rect x="{x}" y="{y}" width="{_WIDTH}" height="{tall}" rx="6" fill="{_FILL[node.layer]}" '
        f'stroke="#5b6472"{dashed}/><text x="{x + 12}" y="{y + 18}" fill="#374151" font-size="11">{_short(node.kind)}</text>{"".join(lines)}</g>'
    )


_FILL: Final = ("#eef2ff", "#e0f2fe", "#ecfdf5", "#fff7ed")


def _curve(places: dict[Node, tuple[int, int, int]], source: Node, target: Node, how: str) -> str:
    (left, top, tall), (right, low, deep) = places[source], places[target]
    start, end = (left + _WIDTH, top + tall // 2), (right, low + deep // 2)
    if right < left:  # back to the left
        start, end = (left, top + tall // 2), (right + _WIDTH, low + deep // 2)
    elif right == left:  # within the column: around the right side
        end = (right + _WIDTH, low + deep // 2)
    bend = _GAP // 2 if right >= left else -_GAP // 2
    second = end[0] + bend if right == left else end[0] - bend
    middle = ((start[0] + end[0]) // 2 + (bend if right == left else 0), (start[1] + end[1]) // 2 - 4)
    return (
        f'<path d="M{start[0]} {start[1]} C{start[0] + bend} {start[1]} {second} {end[1]} {end[0]} {end[1]}" fill="none" stroke="#5b6472" '
        f'marker-end="url(#tip)"/><text x="{middle[0]}" y="{middle[1]}" fill="#374151" font-size="10" text-anchor="middle" paint-order="stroke" '
        f'stroke="#ffffff" stroke-width="3">{escape(how)}</text>'
    )


def _short(words: str) -> str:
    safe = printable(words)
    return escape(safe if len(safe) <= _CHARACTERS else f"{safe[: _CHARACTERS // 2]}…{safe[-(_CHARACTERS // 2 - 1) :]}")


def mermaid(drawn: Wiring) -> str:
    """The picture as a Mermaid flowchart, which GitHub and GitLab draw."""
    names = {node: f"n{number}" for number, node in enumerate(drawn.nodes)}
    lines = ["flowchart LR"]
    for node, name in names.items():
        text = "<br/>".join(_quoted(line) for line in (node.kind, node.name, *node.lines))
        lines.append(f'  {name}["{text}"]' if node.given else f'  {name}(["{text}"])')
    lines += [f"  {names[wire.source]} -->|{wire.how}| {names[wire.target]}" for wire in drawn.wires]
    return "\n".join([*lines, ""])


def _quoted(words: str) -> str:
    """Text inside the quotation marks of a Mermaid node."""
    return escape(printable(words), quote=False).replace('"', "#quot;")


def plain_text(drawn: Wiring) -> str:
    """The picture as indented lines: each object, what is to be said of it, and where its wires lead."""
    lines: list[str] = []
    for node in drawn.nodes:
        lines.append(printable(f"{node.title}{f' in {node.namespace}' if node.namespace else ''}"))
        lines += [f"  {printable(line)}" for line in node.lines]
        lines += [printable(f"  {wire.how} {wire.target.title}") for wire in drawn.wires if wire.source == node]
    return "\n".join([*lines, ""])
