"""`constructs-dra cel`: check one selector; with devices, evaluate it on each."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from constructs_dra.catalogue.registry import all_drivers, driver, driver_for_class
from constructs_dra.cel.values import CelEvaluationError
from constructs_dra.cli.completion import complete_driver, complete_file
from constructs_dra.cli.input import standard_input
from constructs_dra.cli.options import gates_option, version_option
from constructs_dra.cli.output import finish, output_options, show
from constructs_dra.errors import Problem, did_you_mean
from constructs_dra.kubernetes.gates import GATES, gate_state
from constructs_dra.lexical.versions import KubernetesVersion
from constructs_dra.rules import row
from constructs_dra.selectors import readings
from constructs_dra.selectors.check import check_selector, compile_for
from constructs_dra.yaml.documents import read_files

__all__ = ["command"]


@click.command("cel")
@click.argument("expression", metavar="EXPR")
@click.option(
    "--driver",
    "driver_name",
    metavar="D",
    shell_complete=complete_driver,
    help="The driver whose devices are selected, e.g. gpu.intel.com; checks what it publishes.",
)
@click.option("--class", "device_class", metavar="C", default="", help="The DeviceClass asked for, where it narrows the kinds of devices.")
@click.option(
    "--device", "file", metavar="FILE", shell_complete=complete_file, help="Evaluate on a device or ResourceSlices (YAML or JSON; - is stdin)."
)
@version_option
@gates_option
@output_options("Print one JSON object.")
def command(
    *,
    expression: str,
    driver_name: str | None,
    device_class: str,
    file: str | None,
    version: KubernetesVersion,
    gates: dict[str, bool],
    json_output: bool,
) -> None:
    """Check the CEL selector EXPR as Kubernetes does, and against what drivers publish.

    With --device it is evaluated as well: match, no match, or the error that would stop the allocation; the exit status is 1 when no device matches.
    """
    known = driver(driver_name) if driver_name else driver_for_class(device_class) if device_class else None
    if driver_name and known is None:
        hint = did_you_mean(driver_name, [name for each in all_drivers() for name in (each.name, each.id)])
        raise click.BadParameter(f"no driver {driver_name!r} in the catalogue; {hint}", param_hint="--driver")
    devices = list(_devices(file, known.name if known else driver_name or "")) if file is not None else []

    problems = check_selector(expression, driver=known, device_class=device_class, kubernetes=version)
    if any(row(problem.rule).subject == "cel" and problem.severity == "error" for problem in problems):
        finish(problems, json_output=json_output)  # it does not compile, so there is nothing to evaluate
    selector = compile_for(expression, version)
    problems += [_off(gate, version) for gate in selector.gates if not gates.get(gate, GATES[gate].on(version))]
    reads = list(dict.fromkeys((reading.kind, f"{reading.domain}/{reading.name}") for reading in readings(selector.tree)))
    results = [_evaluated(selector, name, device) for name, device in devices]
    problems += [Problem(result["device"], result["error"], rule="cel-runtime") for result in results if "error" in result]
    if not json_output:
        word = "checked" if any(problem.severity == "error" for problem in problems) else "ok"
        click.echo(f"{word}: costs at most {selector.max_cost} of 1000000")
        for kind, name in reads:
            click.echo(f"reads {kind} {name}")
        for gate in selector.gates:
            click.echo(f"needs feature gate {gate}")
        for result in results:
            click.echo(f"{result['device']}: {result['result']}" + (f": {result['error']}" if "error" in result else ""))
    references = [{"kind": kind, "name": name} for kind, name in reads]
    unmatched = bool(results) and not any(result["result"] == "match" for result in results)
    finish(
        problems,
        unmatched,
        json_output=json_output,
        cost=selector.max_cost,
        references=references,
        gates=list(selector.gates),
        devices=results,
    )


def _off(gate: str, version: KubernetesVersion) -> Problem:
    """A gate the selector needs that is not on."""
    return Problem(
        "",
        f"needs the feature gate {gate} for {GATES[gate].purpose}, which is {gate_state(gate, version)} in Kubernetes {version}; "
        "the API server refuses the selector",
        f"turn it on (constructs-dra kubeadm prints how), then check with --feature-gates {gate}=true",
        rule="feature-gate",
    )


def _evaluated(selector: Any, name: str, device: Mapping[str, Any]) -> dict[str, str]:
    try:
        return {"device": name, "result": "match" if selector.matches(device) else "no match"}
    except CelEvaluationError as error:
        return {"device": name, "result": "error", "error": str(error)}


def _devices(file: str, driver_name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The devices in a file, each with a name for the output."""
    documents, problems = read_files([file], stdin=standard_input)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise click.BadParameter("\n".join(map(str, errors)), param_hint="--device")
    show(problems)
    for document in documents:
        yield from _devices_in(document.value, file, driver_name)


def _devices_in(document: object, file: str, driver_name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if not isinstance(document, dict):
        raise _wrong(file, "a device is a mapping with `attributes` and `capacity`; a ResourceSlice is fine too")
    kind = document.get("kind")
    if isinstance(kind, str) and kind.endswith("List"):
        items = document.get("items") or []
        if not isinstance(items, list):
            raise _wrong(file, "`items` must be a list")
        for item in items:
            yield from _devices_in(item, file, driver_name)
        return
    if kind == "ResourceSlice":
        spec = document.get("spec")
        devices = spec.get("devices") if isinstance(spec, dict) else None
        if not isinstance(spec, dict) or not isinstance(devices or [], list):
            raise _wrong(file, "its ResourceSlice has no spec with devices")
        for device in devices or []:
            yield _checked(device, file, str(spec.get("driver") or driver_name))
        return
    if kind is not None:
        raise _wrong(file, f"it holds a {kind}; a device or a ResourceSlice is needed")
    yield _checked(document, file, driver_name)


def _checked(device: object, file: str, driver_name: str) -> tuple[str, dict[str, Any]]:
    """A device as the evaluation takes it, or what is wrong with its shape."""
    body = device.get("basic", device) if isinstance(device, dict) else None  # v1beta1 has one level more
    if not isinstance(device, dict) or not isinstance(body, dict):
        raise _wrong(file, f"a device must be a mapping, found {type(device).__name__}")
    for field in ("attributes", "capacity"):
        entries = body.get(field) or {}
        if not isinstance(entries, dict) or not all(isinstance(name, str) for name in entries):
            raise _wrong(file, f"`{field}` must map names to values")
    named = str(device.get("driver") or driver_name)
    names = [*(body.get("attributes") or {}), *(body.get("capacity") or {})]
    if not named and any("/" not in name for name in names):
        raise _wrong(file, "the device does not say which driver it belongs to; add `driver:` or pass --driver")
    name = str(device.get("name") or "device")
    return name if name.isprintable() else repr(name), {**body, "driver": named}


def _wrong(file: str, message: str) -> click.BadParameter:
    return click.BadParameter(f"{file}: {message}", param_hint="--device")
