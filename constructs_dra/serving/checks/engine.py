"""The command lines of a pod's containers against the version of the engine in their images."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from attrs import evolve

from constructs_dra.engines.containers import EngineProblem, container_router_problems, engine_problems, judged
from constructs_dra.engines.devices import compute_device
from constructs_dra.engines.finding import UNKNOWN_DEVICES, Devices
from constructs_dra.engines.images import Image, said
from constructs_dra.errors import Problem, join_path
from constructs_dra.lexical.quantity import is_quantity, parse_quantity
from constructs_dra.rules import row
from constructs_dra.serving.checks.containers import repeated
from constructs_dra.serving.checks.view import CheckedPod
from constructs_dra.serving.container import Container
from constructs_dra.serving.findings import finding
from constructs_dra.serving.spoken import SIZES, spoken

__all__ = ["about_image", "engine_findings"]


def about_image(record: Container | None) -> Image | None:
    """What the author says about the image; None: nothing beyond its name."""
    return said(record.image, record.engine_version) if record is not None and record.engine_version else None


def engine_findings(view: CheckedPod) -> Iterator[Problem]:
    """What the engines of one pod refuse, and what they take and should not be written."""
    devices = _devices(view)
    facts = view.context.spec.model.facts
    if facts is not None:
        devices = evolve(devices, model=facts)
    for path, record, made in view.containers():
        serves = record is view.pod.model_container
        starts, problems = judged(made, about_image(record), devices if serves else UNKNOWN_DEVICES)
        if serves:
            yield from _agreement(view, path, record)
        for found in problems:
            if (placed := _placed(view, path, record, made, found)) is not None:
                yield placed
        if not starts:
            yield from _flags(path, record, made)  # of vLLM its own parser says more
    for path, made in view.all_containers():
        if path != "proxy":  # its flags follow from its fields, which have checks of their own
            for where, wrong in container_router_problems(made):
                yield Problem(f"{path}.{where}", wrong.message, wrong.hint, rule=wrong.rule, severity=wrong.severity)
        if "init_containers" in path:
            for found in engine_problems(made):
                yield found.problem(join_path(path, found.path))


def _agreement(view: CheckedPod, path: str, record: Container) -> Iterator[Problem]:
    """What the arguments and the role both say must be the same."""
    parallelism = view.context.role.parallelism
    said_by_role = {
        "tensor_parallel_size": parallelism.tensor,
        "pipeline_parallel_size": parallelism.pipeline,
        "nnodes": parallelism.nodes,
        "data_parallel_size": parallelism.data_parallel_size,
        "data_parallel_size_local": parallelism.data_parallel_size_local,
    }
    values = spoken(record) if view.context.conventions.written_here else {}
    for flag, size in said_by_role.items():
        if flag in values and values[flag][0] != size:
            value, index = values[flag]
            place = f"{path}.args[{index}]" if 0 <= index < len(record.args) else path
            message = f"--{flag.replace('_', '-')} is {value} here, and {view.context.name}.parallelism.{SIZES[flag]} comes to {size}"
            yield finding(place, "engine-parallelism", message, "say it once: in parallelism, or in the arguments")


_PLATFORMS: Final = {
    "gpu.nvidia.com": "cuda",
    "gpu.amd.com": "rocm",
    "gpu.intel.com": "xpu",
    "gaudi.intel.com": "hpu",
    "tpu.google.com": "tpu",
}
"""Device classes, and what vLLM calls their devices."""


def _devices(view: CheckedPod) -> Devices:
    """What the claims of a role say about the devices of its model server: of alternatives the smallest."""
    known: list[Devices] = []
    for used in view.context.claims:
        spec: Any = used.claim.spec
        if not spec.computes:
            continue
        requests = [each for entry in getattr(spec, "requests", ()) for each in getattr(entry, "alternatives", (entry,))]
        known += [_requested(request) for request in requests] or [UNKNOWN_DEVICES]
    if not known:
        accelerator = view.context.role.accelerator_record
        device_class = accelerator.device_class if accelerator is not None else ""
        return Devices(platform=_PLATFORMS.get(device_class or "", ""))
    if any(each.memory is None for each in known):
        platforms = {each.platform for each in known}
        return Devices(platform=platforms.pop()) if len(platforms) == 1 else UNKNOWN_DEVICES
    return min(known, key=lambda each: each.memory or 0)


@lru_cache(maxsize=256)
def _of_product(product: str, memory: str, platform: str) -> Devices:
    least = float(parse_quantity(memory)) / 2**30 if memory and is_quantity(memory) else None
    try:
        device = compute_device(product.replace("_", " ")) if product else None
    except ValueError:
        device = None
    if device is not None:
        return Devices(platform=device.platform, capability=device.capability, memory=least or device.memory, name=device.name)
    return Devices(platform=platform, memory=least)


def _requested(request: Any) -> Devices:
    product = getattr(request, "product_name", None) or getattr(request, "model", None)
    memory = getattr(request, "memory", None)
    texts = [each if isinstance(each, str) else str(each) if isinstance(each, int) else "" for each in (product, memory)]
    return _of_product(*texts, _PLATFORMS.get(getattr(request, "class_name", ""), ""))


def _placed(view: CheckedPod, path: str, record: Container, made: dict[str, Any], found: EngineProblem) -> Problem | None:
    """A problem at the place its author wrote: an argument, or the field that an argument of the library comes from."""
    place = "engine_version" if found.finding.field == "image" and record.engine_version else found.path
    added = len(made.get("args", ())) - len(record.args)
    written = True
    if place.startswith("args["):
        index = int(place[5:-1]) - added
        written = index >= 0
        place = f"args[{index}]" if written else ""
    elif place.startswith("command[") and not record.command:
        place = ""
    if not written and row(found.finding.rule).restated:
        return None
    where = join_path(path, place)
    fields = [SIZES[flag] for flag in found.finding.flags if flag in SIZES]
    if not written and fields:
        where = f"{view.context.name}.parallelism.{fields[0]}"
    if found.finding.rule != "engine-flag-twice":
        return found.problem(where)
    # the library's own argument comes first, so what is written here is the second
    hint = "leave it out: this library gives it already" if added else "once is enough"
    return finding(where, "flag-twice", found.finding.message, hint)


def _flags(path: str, record: Container, made: dict[str, Any]) -> Iterator[Problem]:
    args = made.get("args", [])
    if not record.serves_model and not _plain_command(made):
        return
    several = repeated([arg.partition("=")[0].replace("_", "-") for arg in args if arg.startswith("--") and len(arg) > 2])
    added = {arg for arg in args[: len(args) - len(record.args)] if arg.startswith("--")}
    for flag, count in several.items():
        hint = "leave it out: this library gives it already" if flag in added else "once is enough"
        yield finding(f"{path}.args", "flag-twice", f"{flag} is given {count} times", hint)


def _plain_command(made: dict[str, Any]) -> bool:
    """Whether arguments go to a program itself rather than to a shell."""
    command = made.get("command") or []
    return not any(word in {"-c", "-lc", "-ec"} for word in command)
