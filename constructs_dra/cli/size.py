"""`constructs-dra size`: which devices, and how many of them, serve a model."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from constructs_dra.cli.output import listing_options, show
from constructs_dra.cli.writing import is_there
from constructs_dra.engines.devices import DEVICES, ComputeDevice, compute_device
from constructs_dra.engines.fitting import Size, shown_gib, sizes
from constructs_dra.engines.models import ModelFacts, model_facts, model_names
from constructs_dra.engines.versions import known, unknown_version
from constructs_dra.errors import SpecError, did_you_mean

__all__ = ["command"]

_HEADINGS = ("device", "memory", "devices", "tensor", "pipeline", "experts", "weights", "cache", "requests", "replicas")


@click.command(name="size")
@click.argument("model", metavar="MODEL")
@click.option("--device", "-d", "devices", multiple=True, metavar="DEVICE", help="Only these devices, e.g. H100; may be given again.")
@click.option("--inventory", "-i", "inventories", multiple=True, metavar="FILE", help="The devices of a cluster: its ResourceSlices.")
@click.option("--length", type=click.IntRange(min=1), metavar="TOKENS", help="Longest request.  [default: the model's, at most 32768]")
@click.option("--concurrency", type=click.IntRange(min=1), metavar="N", help="Requests of that length to serve at the same time.")
@click.option("--vllm", "version", metavar="VERSION", help="Version of vLLM.  [default: the newest known]")
@listing_options("One JSON object.")
def command(
    model: str,
    *,
    devices: Sequence[str],
    inventories: Sequence[str],
    length: int | None,
    concurrency: int | None,
    version: str | None,
    json_output: bool,
) -> None:
    """Say what serves a model: for each kind of device the smallest number that holds it, and what is left for requests.

    MODEL is a name from Hugging Face (Qwen/Qwen3-32B) or the config.json of any model. Weights and cache follow from the model's shape; what a step
    needs besides is an estimate. Exit 1 when nothing fits.
    """
    if version is not None and known(version) is None:
        raise click.BadParameter(f"{version!r} is not a version of vLLM that is known here; {unknown_version(version)}", param_hint="--vllm")
    facts = _model(model)
    limit = facts.max_position
    if length and limit and length > limit:
        raise click.BadParameter(f"{facts.name} takes at most {limit} tokens", param_hint="--length")
    kinds, counts = _devices(devices, inventories)
    found = list(sizes(facts, kinds, length=length, concurrency=concurrency, version=version))
    if json_output:
        click.echo(json.dumps({"model": facts.name, "sizes": [_as_json(size, counts) for size in found]}, indent=2))
    else:
        _print(facts, found, counts, concurrency=concurrency)
    sys.exit(0 if found else 1)


def _model(name: str) -> ModelFacts:
    if name.endswith(".json") or is_there(Path(name)):
        try:
            return ModelFacts.from_config(name)
        except SpecError as error:
            show(error.problems)
            sys.exit(1)
    facts = model_facts(name)
    if facts is None:
        near = did_you_mean(name, model_names(), fallback=lambda _: "give its config.json instead")
        raise click.BadParameter(f"nothing is known of a model {name!r}; {near}", param_hint="MODEL")
    return facts


def _devices(names: Iterable[str], inventories: Sequence[str]) -> tuple[list[ComputeDevice], Mapping[str, int]]:
    """The kinds to look at, and how many of each a cluster has."""
    chosen = []
    for name in names:
        try:
            chosen.append(compute_device(name))
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--device") from None
    if not inventories:
        return chosen or list(DEVICES.values()), {}
    from constructs_dra.placement.compute import devices_of_files  # noqa: PLC0415  (placement takes 100 ms, and only with an inventory)

    try:
        there = devices_of_files(inventories)
    except SpecError as error:
        show(error.problems)
        sys.exit(1)
    wanted = {device.name for device in chosen}
    kinds = [kind for kind in there if not wanted or kind.name in wanted]
    return kinds, {kind.name: there[kind] for kind in kinds}


def _row(size: Size, counts: Mapping[str, int]) -> tuple[str, ...]:
    there = f" of {counts[size.device.name]}" if size.device.name in counts else ""
    return (
        size.device.name,
        f"{size.device.memory:.0f} GiB",
        f"{size.spread.devices}{there}",
        str(size.spread.tensor),
        str(size.spread.pipeline),
        "parallel" if size.spread.expert else "-",
        shown_gib(size.memory.weights),
        shown_gib(max(size.memory.cache, 0)),
        "?" if size.requests is None else f"{size.requests:.1f}",
        "-" if size.replicas is None else str(size.replicas),
    )


def _as_json(size: Size, counts: Mapping[str, int]) -> dict[str, Any]:
    return {
        "device": size.device.name,
        "devices": size.spread.devices,
        "tensor": size.spread.tensor,
        "pipeline": size.spread.pipeline,
        "expertParallel": size.spread.expert,
        "weightsBytes": int(size.memory.weights),
        "cacheBytes": int(max(size.memory.cache, 0)),
        "length": size.length,
        "requests": size.requests,
        "replicas": size.replicas,
        **({"available": counts[size.device.name]} if size.device.name in counts else {}),
    }


def _print(facts: ModelFacts, found: Sequence[Size], counts: Mapping[str, int], *, concurrency: int | None) -> None:
    if not found:
        click.echo(f"{facts.name}: fits none of the devices", err=True)
        return
    length = found[0].length
    click.echo(
        f"{facts.name}: one copy on the fewest devices that hold requests of {length} tokens" + (f", {concurrency} of them" if concurrency else "")
    )
    rows = [_row(size, counts) for size in found]
    if sys.stdout.isatty():
        from constructs_dra.cli.table import print_table  # noqa: PLC0415  (rich takes 60 ms, and only terminals get colours)

        print_table(_HEADINGS, rows, style=lambda _: "")
        return
    widths = [max(len(row[column]) for row in (_HEADINGS, *rows)) for column in range(len(_HEADINGS))]
    for row in (tuple(heading.upper() for heading in _HEADINGS), *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
