"""The catalogue of drivers as pages: one for each driver, and the list of them."""

from collections.abc import Iterable, Iterator, Sequence

from constructs_dra.catalogue.model import Attribute, Capacity, Driver
from constructs_dra.catalogue.registry import all_drivers

__all__ = ["driver_pages", "table"]


def driver_pages() -> dict[str, str]:
    """Each driver's page by its path, and `drivers/index.md` first."""
    drivers = sorted(all_drivers(), key=lambda each: each.id)
    rows = [
        (f"[{each.name}]({each.id}.md)", each.kind, ", ".join(f"`{name.name}`" for name in each.classes if name.literal), each.verified)
        for each in drivers
    ]
    index = "# Catalogue of drivers\n\nEvery public DRA driver whose facts could be read. `constructs-dra drivers NAME` prints the same.\n\n"
    listed = "\n".join(table(("driver", "devices", "device classes", "facts from"), rows))
    return {"drivers/index.md": f"{index}{listed}\n"} | {f"drivers/{each.id}.md": "\n".join(_page(each)) for each in drivers}


def _page(record: Driver) -> Iterator[str]:
    yield f"# {record.name}\n\n{record.kind} by {record.vendor}. {record.status}\n"
    sources = dict.fromkeys(_address(source.url or source.repository) for source in record.sources if source.url or source.repository)
    version = f", version {record.version_seen}" if record.version_seen else ""
    yield f"Facts from {record.verified}{version}: {', '.join(sources) or 'unknown'}.\n"
    yield from _items("Needs", [f"{topic}: {text}" for topic, text in record.requirements.items()])
    if record.classes:
        yield "## Device classes\n"
        rows = [
            (f"`{each.name}`", "<br>".join(f"`{_cell(text)}`" for text in each.selectors), each.extended_resource_name, each.note)
            for each in record.classes
        ]
        yield from table(("class", "selects", "extended resource", "note"), rows)
    yield from _facts("Attributes", record.attributes, record.attribute_note)
    yield from _facts("Capacities", record.capacities, record.capacity_note)
    if record.configs or record.config_note:
        yield f"\n## Configuration\n\n{record.config_note}\n"
    for config in record.configs:
        use = f"do not write it, {config.avoid}" if config.avoid else f"for {config.applies_to}"
        yield f"### {config.kind or config.name}\n\n`{config.api_version}`: {use}\n"
        fields = [
            (f"`{each.path}`", each.type, ", ".join(f"`{value}`" for value in each.values), "yes" if each.required else "", each.rule)
            for each in config.fields
        ]
        yield from table(("field", "type", "values", "required", "rule"), fields)
    if record.taints or record.taint_note:
        yield f"\n## Device taints\n\n{record.taint_note}\n"
        yield from table(
            ("taint", "effect", "when"), [(f"`{each.key}`", each.effect, "; ".join(filter(None, (each.when, each.note)))) for each in record.taints]
        )
    yield from _items(
        "Selectors and constraints that work", [f"`{text}`" if "device." in text and "`" not in text else text for text in record.idioms]
    )
    yield from _items("Mind", record.traps)


def _address(text: str) -> str:
    return f"<{text}>" if text.startswith("http") else text


def _facts(title: str, facts: Sequence[Attribute] | Sequence[Capacity], note: str) -> Iterator[str]:
    if not facts and not note:
        return
    yield f"\n## {title}\n\n{note}\n"
    rows = []
    for fact in facts:
        values = ", ".join(f"`{value}`" for value in fact.values) if isinstance(fact, Attribute) else fact.request_policy
        if isinstance(fact, Attribute) and fact.values and fact.values_kind != "complete":
            values = f"e.g. {values}"
        remarks = [f"**deprecated**: {fact.deprecated}" if isinstance(fact, Attribute) and fact.deprecated else "", fact.note]
        kind = fact.type if isinstance(fact, Attribute) else fact.quantity
        rows.append((f"`{fact.qualified_name}`", kind, values, fact.published, "; ".join(filter(None, remarks))))
    yield from table(("name", "type", "values", "published", "note"), rows)


def _items(title: str, items: Iterable[str]) -> Iterator[str]:
    listed = [f"- {item}" for item in items]
    if listed:
        yield f"\n## {title}\n"
        yield from listed


def table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A table in Markdown, without columns that are empty everywhere; nothing where there are no rows."""
    lines = [[_cell(str(cell)) for cell in row] for row in rows]
    if not lines:
        return
    kept = [index for index in range(len(headings)) if any(line[index] for line in lines)]  # a column that says nothing is left out
    yield "| " + " | ".join(headings[index] for index in kept) + " |"
    yield "|" + "---|" * len(kept)
    for line in lines:
        yield "| " + " | ".join(line[index] for index in kept) + " |"


def _cell(text: str) -> str:
    return text.replace("\\|", "|").replace("|", "\\|").replace("\n", " ")
