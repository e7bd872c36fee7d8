"""What is deployed, on one page: a picture, who is wired to whom, which claim takes which devices, what was found."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from attrs import field, frozen

from constructs_dra.checks import Setting, check_manifests
from constructs_dra.checks.collect import collect
from constructs_dra.errors import Problem
from constructs_dra.manifest import Manifest
from constructs_dra.placement.planning import Plan
from constructs_dra.placement.report import HEADINGS, plan_rows, summary_line
from constructs_dra.report.picture import mermaid, plain_text, svg
from constructs_dra.report.wiring import Wiring, wiring
from constructs_dra.rules import rules
from constructs_dra.serving.service import ModelService
from constructs_dra.words import counted, printable
from constructs_dra.yaml.document import Document

__all__ = ["Report", "report"]

_STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 1500px; padding: 1rem; }
.picture { background: #fff; border: 1px solid #8884; border-radius: 8px; overflow-x: auto; }
.wiring { display: block; max-width: 100%; min-width: 900px; height: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8886; padding: .3rem .6rem; text-align: left; vertical-align: top; overflow-wrap: break-word; }
td { overflow-wrap: anywhere; }
caption { text-align: left; padding: .3rem 0; }
td.error, td.warning { overflow-wrap: normal; }
.error { color: #b91c1c; font-weight: 600; }
.warning { color: #92400e; font-weight: 600; }
@media (prefers-color-scheme: dark) { td.error, td.warning { overflow-wrap: normal; }
.error { color: #fca5a5; } .warning { color: #fcd34d; } }
@media print { body { max-width: none; } .picture { overflow: visible; } .wiring { width: 100%; min-width: 0; } tr { break-inside: avoid; } }
"""


@frozen(kw_only=True)
class Report:
    """What there is to say of a set of manifests.

    In a notebook it shows itself.

    Attributes:
        title: What the page is called.
        wiring: The objects and what they refer to.
        objects: Kind, namespace and name of every object.
        findings: What `check` found.
        plan: Where the pods would go. Default: no cluster was given.
    """

    title: str
    wiring: Wiring
    objects: Sequence[tuple[str, str, str]]
    findings: Sequence[Problem]
    plan: Plan | None = field(default=None)

    def svg(self) -> str:
        """The picture as SVG."""
        return svg(self.wiring)

    def mermaid(self) -> str:
        """The picture as a Mermaid flowchart."""
        return mermaid(self.wiring)

    def text(self) -> str:
        """The picture as plain text."""
        return plain_text(self.wiring)

    def html(self) -> str:
        """All of it as one page that needs nothing else."""
        return "\n".join(
            [
                "<!doctype html>",
                '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
                f"<title>{_text(self.title)}</title><style>{_STYLE}</style></head><body><main>",
                f"<h1>{_text(self.title)}</h1>",
                *self._sections(),
                "</main></body></html>",
                "",
            ]
        )

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return "\n".join(
            [f"<style>{_STYLE.replace('body {', '.constructs-dra {')}</style>", '<div class="constructs-dra">', *self._sections(), "</div>"]
        )

    def _sections(self) -> Iterator[str]:
        errors = sum(problem.severity == "error" for problem in self.findings)
        numbers = (counted(len(self.objects), "object"), counted(errors, "error"), counted(len(self.findings) - errors, "warning"))
        yield f"<p>{', '.join(numbers)}.</p>"
        yield f'<h2>Picture</h2><div class="picture">{self.svg()}</div>'
        wires = [(wire.source.title, wire.how, wire.target.title) for wire in self.wiring.wires]
        yield from _table("Who is wired to whom", ("object", "how", "object"), wires)
        yield from _table("Devices", ("claim", "takes", "for"), self._devices())
        yield "<h2>Findings</h2>" if self.findings else "<h2>Findings</h2><p>None.</p>"
        if self.findings:
            yield from _findings(self.findings)
        if self.plan is not None:
            yield from _table("Plan", HEADINGS, plan_rows(self.plan))
            yield "<ul>" + "".join(f"<li>{_text(summary_line(workload))}</li>" for workload in self.plan.workloads) + "</ul>"
        yield from _table("Objects", ("kind", "namespace", "name"), self.objects)

    def _devices(self) -> Iterator[tuple[str, str, str]]:
        for node in self.wiring.nodes:
            if node.kind in {"ResourceClaimTemplate", "ResourceClaim"}:
                users = ", ".join(wire.source.title for wire in self.wiring.wires if wire.target == node)
                yield node.title, "; ".join(node.lines), users or "nobody"


def _findings(findings: Iterable[Problem]) -> Iterator[str]:
    yield _head(("severity", "place", "finding", "why"))
    for each in findings:
        place = f"{each.source}{f':{each.line}' if each.line else ''}"
        rule = rules().get(each.rule)
        why = f"{each.rule}: {rule.why}" if rule else ""
        said = "<br>".join(_text(part) for part in (each.path, each.message, each.hint) if part)
        yield f'<tr><td class="{each.severity}">{each.severity}</td><td>{_text(place)}</td><td>{said}</td><td>{_text(why)}</td></tr>'
    yield "</tbody></table>"


def _table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    lines = list(rows)
    yield f"<h2>{title}</h2>"
    if not lines:
        yield "<p>None.</p>"
        return
    yield _head(headings)
    yield from ("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in lines)
    yield "</tbody></table>"


def _head(headings: Sequence[str]) -> str:
    return "<table><thead><tr>" + "".join(f'<th scope="col">{heading}</th>' for heading in headings) + "</tr></thead><tbody>"


def _text(words: str) -> str:
    return escape(printable(words, lines=True))


def report(
    what: ModelService | Iterable[Document | Manifest],
    *,
    title: str = "",
    setting: Setting | None = None,
    plan: Plan | None = None,
) -> Report:
    """What there is to say of a service, or of any manifests.

    Args:
        what: A model service, documents as `read_files` gives them, or plain objects.
        title: What the page is called. Default: the service's name.
        setting: The cluster they are checked for. Default: Kubernetes as it comes.
        plan: Where the pods would go, as `plan` gives it. Default: nothing is said of it.
    """
    manifests = what.manifests() if isinstance(what, ModelService) else list(what)
    found = [*(what.check() if isinstance(what, ModelService) else ()), *check_manifests(manifests, setting)]
    return Report(
        title=title or (what.name if isinstance(what, ModelService) else "Manifests"),
        wiring=wiring(manifests),
        objects=[(item.kind, item.namespace, item.name) for item in collect(manifests)],
        findings=found,
        plan=plan,
    )
