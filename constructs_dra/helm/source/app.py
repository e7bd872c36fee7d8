"""A whole app: docstring, imports, named values, the chart and its service."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from constructs_dra.helm.calls import Argument, Call, Listed, Named, Tree, calls_in
from constructs_dra.helm.source.comments import Comment, header, line_comments
from constructs_dra.helm.source.constants import Constant, extract
from constructs_dra.helm.source.literals import WIDTH, text_literal, triple_quoted
from constructs_dra.helm.source.writer import Name, Remarks, Writer, places
from constructs_dra.paths import child, split

if TYPE_CHECKING:
    from constructs_dra.helm.rendering import Import
    from constructs_dra.helm.router.rendering import RouterImport

__all__ = ["App", "app_source"]


@frozen(kw_only=True)
class App:
    """A Python app and what became of the comments.

    Attributes:
        source: The app's text.
        kept: Remarks of the values that are in it.
        dropped: Remarks that speak of something the app does not say.
        passed: Commented-out values, which are not taken over.
    """

    source: str
    kept: int = 0
    dropped: list[Comment] = field(factory=list)
    passed: int = 0


def app_source(imported: "Import | RouterImport", *, namespace: str | None = None) -> App:
    """The app that makes the objects of a release.

    Args:
        imported: The release's values, read without errors.
        namespace: Namespace of its objects.
    """
    if imported.call is None:
        raise ValueError("values that were refused have no source")
    tree, constants = extract(_deployment(imported.call, imported.release))
    texts = imported.values.texts()
    comments, passed = [], 0
    for source, text in texts:
        found, off = line_comments(text)
        comments += [(source, comment) for comment in found]
        passed += off
    remarks, dropped = _placed(imported, tree, constants, comments)
    top = [row for _, text in texts for row in header(text)]
    dropped = [comment for comment in dropped if comment.text not in top]
    writer = Writer(remarks)
    roots = (tree, *(one.value for one in constants))
    called = {call.function.partition(".")[0] for root in roots for call in calls_in(root) if not isinstance(call, Name)}
    names = sorted({"App", "Chart"} | called, key=_import_order)
    _docstring(writer, imported, top)
    _imports(writer, names, typed=any("Any" in _annotation(one.value) for one in constants))
    for constant in constants:
        _constant(writer, constant)
    writer.lines += ["", "app = App()"] if constants else ["app = App()"]
    chart = f"chart = Chart(app, {text_literal(imported.release)}"
    writer.lines.append(f"{chart}, namespace={text_literal(namespace)})" if namespace else f"{chart})")
    writer.write(tree)
    writer.lines.append("app.synth()")
    return App(source="\n".join(writer.lines) + "\n", kept=len(comments) - len(dropped), dropped=dropped, passed=passed)


def _deployment(service: Call, release: str) -> Call:
    """The service, or the router, as a construct in a chart."""
    keywords = dict(service.keywords)
    keywords.pop("namespace", None)
    if service.function == "Router":
        fields = {"name": Argument(release), **keywords}
        return Call("RouterDeployment", (Argument(Name("chart")), Argument("router")), fields, service.path)
    named = keywords.pop("release").value
    if isinstance(named, Call):
        keywords["release"] = Argument(evolve(named, positional=(Argument(release),)))
    return Call("ModelServiceDeployment", (Argument(Name("chart")), Argument(release)), keywords)


def _import_order(name: str) -> tuple[int, str]:
    """Constants, classes, functions: as import sorters do."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def _docstring(writer: Writer, imported: "Import | RouterImport", top: list[str]) -> None:
    files = ", ".join(source.rpartition("/")[2] if source != "-" else "standard input" for source in imported.values.sources)
    first = f"Release {imported.release} of chart {imported.chart_name}, taken over from {files}."
    rows = [first.replace("\\", "/").replace('"', "'")]
    if top:
        rows += ["", *(row.replace("\\", "\\\\").replace('"""', "'''") for row in top)]
    closing = '"""' if not rows[-1].endswith('"') else ' """'
    writer.lines.append('"""' + rows[0] + (closing if len(rows) == 1 else ""))
    if len(rows) > 1:
        writer.lines += [*rows[1:], '"""']
    writer.lines.append("")


def _imports(writer: Writer, names: list[str], *, typed: bool) -> None:
    if typed:
        writer.lines += ["from typing import Any", ""]
    line = f"from constructs_dra import {', '.join(names)}"
    writer.lines += [line] if len(line) <= WIDTH else ["from constructs_dra import (", *(f"    {name}," for name in names), ")"]
    writer.lines.append("")


def _constant(writer: Writer, constant: Constant) -> None:
    value = constant.value
    annotation = _annotation(value)
    prefix = f"{constant.name}: {annotation} = " if annotation else f"{constant.name} = "
    if isinstance(value, str) and (text := triple_quoted(value)):
        writer.lines += f"{prefix}{text}".split("\n")
    else:
        writer.write(value, prefix=prefix, path=constant.path)


def _annotation(tree: Tree) -> str:
    """The type that a type checker would not find by itself: of mappings that mix strings and references, or hold something empty."""
    if isinstance(tree, Named | dict):
        values = [item.value for item in tree.items.values()] if isinstance(tree, Named) else list(tree.values())
        mixed = isinstance(tree, Named) and len({_kind(value) for value in values}) > 1
        return "dict[str, Any]" if mixed or any(_has_empty(value) for value in values) else ""
    if isinstance(tree, Listed):
        kinds = {item.value.function.partition(".")[0] if isinstance(item.value, Call) else _kind(item.value) for item in tree.items}
        if kinds <= {"dict", "Named"}:
            return "list[dict[str, Any]]"
        return f"list[{' | '.join(sorted(kinds))}]" if len(kinds) > 1 else ""
    if isinstance(tree, list):
        return "list[dict[str, Any]]" if tree and all(isinstance(item, dict) for item in tree) else ""
    return ""


def _kind(value: Tree) -> str:
    return "str" if isinstance(value, Name) else type(value).__name__


def _has_empty(value: Any) -> bool:
    return isinstance(value, dict | list) and (not value or any(_has_empty(item) for item in (value.values() if isinstance(value, dict) else value)))


def _placed(
    imported: "Import | RouterImport", tree: Call, constants: list[Constant], comments: list[tuple[str, Comment]]
) -> tuple[dict[str, Remarks], list[Comment]]:
    """Each comment at the first place of the source that stands on its line in the values; the others are left over."""
    lines: dict[tuple[str, int], str] = {}
    around: dict[tuple[str, int], str] = {}
    printed = [path for one in constants for path in places(one.value, one.path)] + list(places(tree, ""))
    for path in printed:
        source, line = imported.values.line_of(path)
        if line:
            lines.setdefault((source, line), path)
            for outer in _outer(path):
                around.setdefault(imported.values.line_of(outer), path)
    written = _written(imported) if comments else {}
    known = set(printed)
    remarks: dict[str, Remarks] = {}
    dropped: list[Comment] = []
    kept: set[str] = set()
    for source, comment in comments:
        spot = (source, comment.line)
        exact = lines.get(spot)
        # what is not said word for word is said by what is around it, or by the first thing inside
        inside = next((outer for outer in reversed(list(_outer(written.get(spot, "")))) if outer in known), None)
        home = exact or around.get(spot) or inside
        if home is None:
            dropped.append(comment)
            continue
        kept.add(comment.text)
        place = remarks.setdefault(home, Remarks())
        (place.behind if comment.trailing and exact else place.above).append(comment.text)
    # said once is enough where a value that was written twice has become one
    dropped = [comment for comment in dropped if comment.text not in kept]
    return remarks, dropped


def _written(imported: "Import | RouterImport") -> dict[tuple[str, int], str]:
    """What each line of the values starts to say."""
    found: dict[tuple[str, int], str] = {}
    waiting: list[tuple[str, Any]] = [("", imported.values.data)]
    while waiting:
        path, value = waiting.pop()
        if path:
            found.setdefault(imported.values.line_of(path), path)
        entries = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
        waiting += [(child(path, step), item) for step, item in reversed(entries)]
    return found


def _outer(path: str) -> Iterator[str]:
    """The mappings and lists around a place."""
    known = ""
    for step in split(path)[:-1]:
        known = child(known, step)
        yield known
