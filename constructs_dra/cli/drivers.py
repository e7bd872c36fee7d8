"""`constructs-dra drivers`: the catalogue, as text or JSON."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

import click
from attrs import asdict

from constructs_dra.catalogue.config_model import ConfigField
from constructs_dra.catalogue.device_plugins import DEVICE_PLUGIN_RESOURCES
from constructs_dra.catalogue.model import Attribute, Capacity, Driver
from constructs_dra.catalogue.registry import all_drivers
from constructs_dra.cli.completion import complete_driver
from constructs_dra.cli.output import listing_options
from constructs_dra.errors import did_you_mean

__all__ = ["command"]


@click.command("drivers")
@click.argument("name", required=False, shell_complete=complete_driver)
@listing_options("Everything that is known, for machines.")
def command(name: str | None, *, json_output: bool) -> None:
    """Show the catalogue of DRA drivers, or all about one.

    NAME is a driver (gpu.intel.com), its short name (intel-gpu), one of its device classes (mig.nvidia.com) or a vendor (intel).
    """
    known = all_drivers()
    chosen = _chosen(known, name) if name else list(known)
    if json_output:
        click.echo(json.dumps({"drivers": [{**asdict(record), "resources": _resources(record)} for record in chosen]}, indent=2))
    elif name:
        click.echo("\n\n".join("\n".join(_details(record)) for record in chosen))
    else:
        click.echo("\n".join(_overview(chosen)))


def _chosen(known: Iterable[Driver], name: str) -> list[Driver]:
    """Drivers of this name or short name, else those with this class, else those of this vendor."""
    known = list(known)
    wanted = name.casefold()
    tests: tuple[Callable[[Driver], bool], ...] = (
        lambda record: wanted in {record.name.casefold(), record.id.casefold()},
        lambda record: wanted in {published.name.casefold() for published in record.classes},
        lambda record: wanted in {record.vendor.split(" ")[0].casefold(), record.id.split("-")[0]},
    )
    for test in tests:
        if found := [record for record in known if test(record)]:
            return found
    names = [word for record in known for word in (record.name, record.id, *(published.name for published in record.classes))]
    near = get_close_matches(wanted, {part for word in names for part in re.split(r"[.-]", word.casefold())}, n=1, cutoff=0.75)
    parts = [word for word in dict.fromkeys(names) if {wanted, *near} & set(re.split(r"[.-]", word.casefold()))]  # `tpu` is a part of tpu.google.com
    hint = (
        f"did you mean {' or '.join(map(repr, parts[:3]))}?"
        if parts
        else did_you_mean(name, names, fallback=lambda _: "constructs-dra drivers lists them all")
    )
    raise click.BadParameter(f"no driver, class or vendor {name!r} is known; {hint}", param_hint="NAME")


def _overview(records: list[Driver]) -> Iterator[str]:
    rows = [("NAME", "DRIVER", "KIND", "DEVICE CLASSES", "FACTS FROM")]
    rows += [
        (
            record.id,
            record.name,
            record.kind,
            ", ".join(published.name for published in record.classes if published.literal) or "(none)",
            record.verified,
        )
        for record in records
    ]
    yield from _columns(rows)


def _columns(rows: Sequence[tuple[str, ...]], indent: str = "") -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield (indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip()


def _details(record: Driver) -> Iterator[str]:
    yield f"{record.name} ({record.id}): {record.kind} by {record.vendor}"
    if record.status:
        yield f"  {record.status}"
    origin = [source.url or source.repository for source in record.sources if source.url or source.repository]
    version = f", version {record.version_seen}" if record.version_seen else ""
    yield f"  Facts from {record.verified}{version}: {', '.join(dict.fromkeys(origin)) or 'unknown'}"
    for topic, text in record.requirements.items():
        yield f"  Needs ({topic}): {text}"
    if record.kubernetes_gates:
        yield f"  Feature gates of Kubernetes: {'; '.join(record.kubernetes_gates)}"
    yield from _classes(record)
    yield from _published("Attributes", record.attributes, record.attribute_note)
    yield from _published("Capacities", record.capacities, record.capacity_note)
    yield from _sharing(record)
    yield from _configs(record)
    yield from _taints(record)
    resources = _resources(record)
    yield from _list("Other ways to ask for these devices", [f"{entry['resource']}: {entry['meaning']}" for entry in resources])
    yield from _list("Selectors and constraints that work", record.idioms)
    yield from _list("Node labels", record.node_labels)
    yield from _list("Mind", record.traps)


def _classes(record: Driver) -> Iterator[str]:
    yield "  Device classes:" if record.classes else "  Device classes: none"
    for published in record.classes:
        yield f"    {published.name}"
        for selector in published.selectors:
            yield f"      {selector}"
        if published.extended_resource_name:
            condition = f" ({published.extended_resource_condition})" if published.extended_resource_condition else ""
            yield f"      extended resource {published.extended_resource_name}{condition}"
        if published.note:
            yield f"      {published.note}"


def _published(title: str, facts: tuple[Attribute, ...] | tuple[Capacity, ...], note: str) -> Iterator[str]:
    yield f"  {title}:" if facts else f"  {title}: none known"
    rows = [(fact.qualified_name, fact.type if isinstance(fact, Attribute) else fact.quantity, _remarks(fact)) for fact in facts]
    if rows:
        yield from _columns(rows, "    ")
    if note:
        yield f"    {note}"


def _remarks(fact: Attribute | Capacity) -> str:
    remarks: list[str] = []
    if isinstance(fact, Attribute):
        if fact.deprecated:
            remarks.append(f"DEPRECATED: {fact.deprecated}")
        if fact.values:
            kind = "one of" if fact.values_kind == "complete" else "e.g."
            remarks.append(f"{kind} {', '.join(map(repr, fact.values))}")
    elif fact.request_policy:
        remarks.append(f"can be asked for: {fact.request_policy}")
    if fact.published != "always":
        remarks.append(f"published: {fact.published}")
    if fact.applies_to not in {"", "all"}:
        remarks.append(f"on: {fact.applies_to}")
    if fact.note:
        remarks.append(fact.note)
    return "; ".join(remarks)


def _sharing(record: Driver) -> Iterator[str]:
    for title, sharing in (("Can be cut into parts", record.partitionable), ("Can be shared", record.consumable)):
        if sharing is not None:
            yield f"  {title}: {'; '.join(part for part in (sharing.gate, sharing.counters, sharing.note) if part)}"
    if record.every_device:
        yield "  A claim must take every device of the node (allocationMode: All)"
    if record.admin_access:
        yield f"  Admin access: {record.admin_access}"


def _configs(record: Driver) -> Iterator[str]:
    yield "  Opaque configuration:" if record.configs else "  Opaque configuration: none known"
    if record.config_note:
        yield f"    {record.config_note}"
    for config in record.configs:
        name = " ".join(part for part in (config.api_version, config.kind or config.name) if part)
        yield f"    {name}" + (f": do not write it, {config.avoid}" if config.avoid else f" (for {config.applies_to})")
        if config.fields:
            yield from _columns([_field(field) for field in config.fields], "      ")


def _field(field: ConfigField) -> tuple[str, str, str]:
    remarks = ["required"] if field.required else []
    if field.values:
        remarks.append(f"one of {', '.join(map(repr, field.values))}")
    if field.default is not None:
        remarks.append(f"default {field.default}")
    if field.rule:
        remarks.append(field.rule)
    return field.path, field.type, "; ".join(remarks)


def _taints(record: Driver) -> Iterator[str]:
    if record.taints or record.taint_note:
        yield "  Device taints:"
    for taint in record.taints:
        value = f"={taint.value}" if taint.value else ""
        yield f"    {taint.key}{value}:{taint.effect}  {'; '.join(part for part in (taint.when, taint.note) if part)}"
    if record.taint_note:
        yield f"    {record.taint_note}"


def _list(title: str, lines: Iterable[str]) -> Iterator[str]:
    lines = list(lines)
    if lines:
        yield f"  {title}:"
        yield from (f"    - {line}" for line in lines)


def _resources(record: Driver) -> list[dict[str, Any]]:
    """Device-plugin resources of the same vendor."""
    words = {record.vendor.split(" ")[0].casefold()}
    words |= {"huawei"} if record.id == "hami-ascend" else {"intel gaudi"} if record.id == "intel-gaudi" else set()
    if record.id == "intel-gaudi":
        words.discard("intel")
    found = [entry for entry in DEVICE_PLUGIN_RESOURCES if entry.vendor.casefold() in words]
    return [{"resource": entry.resource, "meaning": entry.meaning, "llm_d_type": entry.llm_d_type} for entry in found if record.accelerator]
