"""Devices: claims, device plugins and the parallelism among themselves."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from attrs import evolve

from constructs_dra.engines.image_words import IMAGE_DRIVERS
from constructs_dra.engines.images import image
from constructs_dra.errors import Problem, did_you_mean, shown
from constructs_dra.kubernetes.dra.limits import DEVICES_MAX
from constructs_dra.serving.accelerator import ACCELERATORS
from constructs_dra.serving.amounts import extended_place
from constructs_dra.serving.checks.view import CheckedPod
from constructs_dra.serving.context import RoleContext
from constructs_dra.serving.findings import finding
from constructs_dra.serving.parallelism import Parallelism
from constructs_dra.serving.spoken import spoken
from constructs_dra.serving.used_claim import device_classes

__all__ = ["device_problems", "parallelism_findings"]

_CLASS_OF: Final = {item.resource: item.device_class for item in ACCELERATORS.values() if item.resource is not None}
_KNOWN_DRIVERS: Final = frozenset(name for names in IMAGE_DRIVERS.values() for name in names)
_TPU: Final = frozenset({"google.com/tpu", "tpu.google.com"})
"""A TPU chip holds several cores: tensor parallelism counts cores, devices are chips."""


_SOUND: set[tuple[int, ...]] = set()
"""Numbers of devices with the likenesses of claims that bring as many: fleets ask for the same ones over and over."""


def device_problems(view: CheckedPod) -> Iterator[Problem]:
    """Everything about the devices of one pod."""
    yield from _claim_names(view)
    yield from _admin_access(view)
    yield from _counts(view)
    yield from _none(view)
    yield from _both_ways(view)
    yield from _references(view)


def parallelism_findings(context: RoleContext) -> Iterator[Problem]:
    """Does the parallelism divide into nodes, pods and local copies, and are there groups of pods where it needs them?"""
    parallelism, path = context.parallelism, f"{context.name}.parallelism"
    if parallelism.pods_per_replica > 1 and not context.is_multinode:
        message = f"a replica needs {parallelism.pods_per_replica} pods, but the release makes single pods"
        yield finding(f"{path}.workers", "data-parallel", message, "add multinode=LeaderWorkerSet(), or make workers 1")
    if context.conventions.written_here:
        yield from _group_findings(context)
    data, local, workers = parallelism.data, parallelism.data_local, parallelism.workers
    if parallelism.nodes > 1:
        if parallelism.devices_per_copy % parallelism.nodes:
            message = f"{parallelism.nodes} nodes do not divide the {parallelism.devices_per_copy} devices of a model copy"
            yield finding(f"{path}.nodes", "multinode", message, "choose a divisor of tensor times pipeline")
        if parallelism.data_parallel_size > 1 or (workers or 1) > 1:
            message = "a model copy over several nodes is a replica of its own: data, data_local and workers do not go with nodes"
            yield finding(f"{path}.nodes", "multinode", message, "leave them out, and write more copies as replicas of the role")
    elif data is not None and data > 1:
        if local is not None and data % local:
            yield finding(f"{path}.data_local", "data-parallel", f"{local} local copies do not divide data parallelism {data}", "choose a divisor")
        elif workers is not None and local is None and data % workers:
            yield finding(f"{path}.workers", "data-parallel", f"{workers} pods do not divide data parallelism {data}", "choose a divisor")
        elif workers is not None and local is not None and local * workers != data:
            message = f"workers {workers} times data_local {local} is {local * workers}, not data parallelism {data}"
            yield finding(f"{path}.data", "data-parallel", message, "leave one of the three out: it follows from the others")


def _group_findings(context: RoleContext) -> Iterator[Problem]:
    """Has a group as many pods as the parallelism spreads over?"""
    parallelism, group = context.parallelism, context.role.multinode
    needed, size = parallelism.pods_per_replica, group.size if group is not None else None
    if size is not None and needed > 1 and size != needed:
        message = f"a group has {size} pods, but {context.name}.parallelism spreads over {needed}"
        yield finding(f"{context.name}.multinode.size", "multinode", message, "leave it out: it follows from the parallelism")
    several = size if size is not None and needed == 1 else needed
    if several > 1 and parallelism.nodes == 1 and parallelism.data_parallel_size == 1:
        place = f"{context.name}.parallelism.workers" if needed > 1 else f"{context.name}.multinode.size"
        message = f"each of the {several} pods of a group would get {parallelism.devices_per_pod} devices and serve by itself"
        together = evolve(parallelism, workers=None, nodes=several)
        spelling = f"Parallelism(tensor={together.tensor}{f', pipeline={together.pipeline}' if together.pipeline > 1 else ''}, nodes={several})"
        hint = f"write {spelling} to spread one model copy over them, data={several} for a copy in each, or replicas={several} for servers apart"
        yield finding(place, "multinode", message, hint)


def _needs(view: CheckedPod) -> str:
    return f"{view.path}.parallelism needs"


def _sum(parallelism: Parallelism) -> str:
    return f"({parallelism.per_pod_words})"


def _claim_names(view: CheckedPod) -> Iterator[Problem]:
    counts = Counter(used.name for used in view.context.claims)
    for name, count in counts.items():
        if count > 1:
            yield Problem(f"{view.path}.claims", f"{count} claims are called {shown(name)} in the pod", "give each its own name")


def _admin_access(view: CheckedPod) -> Iterator[Problem]:
    for index, used in enumerate(view.context.claims):
        needed = getattr(used.claim.spec, "namespace_labels", {})
        for key, value in needed.items():
            namespace = view.context.spec.namespace or "of the service"
            message = f"claim {shown(used.name)} has admin access: the API server refuses it unless namespace {namespace} carries {key}={value}"
            hint = f"kubectl label namespace {view.context.spec.namespace or 'NAME'} {key}={value}"
            yield finding(f"{view.path}.claims[{index}]", "admin-access", message, hint)


def _counts(view: CheckedPod) -> Iterator[Problem]:
    role = view.context.role
    needed = role.parallelism.devices_per_pod
    specs: list[Any] = [used.claim.spec for used in view.context.claims]
    computing = [index for index, spec in enumerate(specs) if spec.computes]
    place = f"{view.path}.claims[{computing[0]}]" if len(computing) == 1 else f"{view.path}.claims"
    numbers = (needed, *(getattr(spec, "likeness", 0) for spec in specs))
    if computing and (0 in numbers or numbers not in _SOUND) and not any(device_classes(spec) & _TPU for spec in specs):
        from constructs_dra.claims.parallelism import parallelism_problems  # noqa: PLC0415 - only who has claims pays for them

        problems = parallelism_problems(specs, needed, needs=_needs(view))
        if not problems and 0 not in numbers and len(_SOUND) < 10_000:
            _SOUND.add(numbers)
        for found in problems:
            message = f"{found.message} {_sum(role.parallelism)}" if found.rule else found.message
            yield Problem(place, message, found.hint, rule=found.rule, severity=found.severity)
    yield from _foreign_images(view, specs)
    if needed > DEVICES_MAX:
        yield from _too_many(view, specs, needed)
    accelerator = role.accelerator_record
    if accelerator is None or accelerator.resource is None or accelerator.resource in _TPU:
        return
    for path, record, made in view.containers():
        stated = made.get("resources", {}).get("limits", {}).get(accelerator.resource)
        if stated is not None and str(stated).isdigit() and int(stated) != needed:
            message = f"asks for {stated} {accelerator.resource}, but {_needs(view)} {needed} per pod {_sum(role.parallelism)}"
            place = f"{path}.{extended_place(record.resources, accelerator.resource)}"
            yield finding(place, "count-parallelism", message, "leave it out: it follows from the parallelism")


def _none(view: CheckedPod) -> Iterator[Problem]:
    """A server that spreads its model over devices, in a pod that asks for none."""
    context, record = view.context, view.pod.model_container
    if not context.conventions.written_here or context.is_requested or context.claims or view.spec.get("resourceClaims") or record is None:
        return
    # also what its arguments say, where the role says nothing
    tensor = max(context.role.parallelism.tensor, int(spoken(record).get("tensor_parallel_size", (1, 0))[0]))
    if tensor < 2 or image(record.image).platform == "cpu":
        return
    for _, made in view.all_containers():
        resources = made.get("resources", {})
        extended = any("/" in name for kind in ("limits", "requests") for name in resources.get(kind, ()))
        if extended or resources.get("claims") or made.get("securityContext", {}).get("privileged"):
            return  # who is privileged sees the devices of the node
    message = f"the model is spread over {tensor} devices, and the pod asks for none"
    hint = "add claims=[Claim(…)] or accelerator=… to the role"
    yield finding(f"{context.name}.parallelism.tensor", "devices-absent", message, hint)


@lru_cache(maxsize=512)
def _image_words(image: str) -> frozenset[str]:
    return frozenset(re.split(r"[-/._:@]", image))


def _foreign_images(view: CheckedPod, specs: list[Any]) -> Iterator[Problem]:
    """A server's image is built for one kind of device; devices of another driver are of no use to it."""
    drivers = {name for spec in specs for name in getattr(spec, "driver_names", ())}
    computing = drivers & _KNOWN_DRIVERS
    if not computing or not view.context.conventions.written_here:
        return
    for path, record, made in view.containers():
        words = _image_words(made["image"]) & IMAGE_DRIVERS.keys() if record.serves_model else frozenset()
        fitting = {name for word in words for name in IMAGE_DRIVERS[word]}
        if fitting and not fitting & computing:
            given = " and ".join(sorted(computing))
            message = f"the image {shown(made['image'])} is for {' or '.join(sorted(fitting))}, but the claims give devices of {given}"
            yield finding(f"{path}.image", "image-device", message, "take the image for these devices, or claim the devices of this image")


def _too_many(view: CheckedPod, specs: list[Any], needed: int) -> Iterator[Problem]:
    for index, spec in enumerate(specs):
        following = [entry for entry in getattr(spec, "requests", ()) if getattr(entry, "follows_parallelism", False)]
        if following:
            message = f"{_needs(view)} {needed} devices per pod {_sum(view.context.role.parallelism)}; one claim can give {DEVICES_MAX}"
            yield Problem(f"{view.path}.claims[{index}]", message, "spread the model over several pods: nodes, or data_local")


def _both_ways(view: CheckedPod) -> Iterator[Problem]:
    specs = [used.claim.spec for used in view.context.claims]
    if not specs:
        return
    computing = [spec for spec in specs if spec.computes]
    if not computing:
        return
    classes = set().union(*(device_classes(spec) for spec in computing))
    accelerator = view.context.role.accelerator_record
    class_of = dict(_CLASS_OF)
    if accelerator is not None and accelerator.resource is not None:
        class_of[accelerator.resource] = accelerator.device_class
    for path, record, made in view.containers():
        resources = made.get("resources", {})
        if not resources.get("claims"):
            continue
        for name in resources.get("limits", {}):
            if name in class_of and (not classes or class_of[name] in classes or len(computing) == len(specs)):
                yield _doubled(f"{path}.{extended_place(record.resources, name)}", name, computing, sure=bool(classes))


def _doubled(place: str, name: str, specs: list[Any], *, sure: bool) -> Problem:
    claims = ", ".join(repr(spec.name) for spec in specs)
    if sure:
        message = f"{name} is asked for besides claim {claims}: the pod would hold twice as many devices"
        return finding(place, "claim-and-device-plugin", message, "keep one of the two: the claim, or the accelerator")
    message = f"{name} is asked for besides claim {claims}, of which nothing says that it is for other devices"
    hint = "say device_class=… of the existing claim, or keep one of the two"
    return evolve(finding(place, "claim-and-device-plugin", message, hint), severity="warning")


def _references(view: CheckedPod) -> Iterator[Problem]:
    known = {entry["name"] for entry in view.spec.get("resourceClaims", ())}  # parts may have added some
    spelt = {used.claim.spec.name for used in view.context.claims} | known
    requests = {used.name: _request_names(used.claim.spec) for used in view.context.claims}
    for path, made in view.all_containers():
        for index, reference in enumerate(made.get("resources", {}).get("claims", ())):
            name, request = reference.get("name"), reference.get("request")
            if name not in known:
                hint = did_you_mean(name, spelt) if spelt else "add the claim to the role's claims"
                yield Problem(f"{path}.claims[{index}]", f"the role has no claim {shown(name)}", hint)
                continue
            names = requests.get(name)
            if request is not None and names is not None and request not in names:
                yield Problem(f"{path}.claims[{index}]", f"claim {shown(name)} has no request {shown(request)}", did_you_mean(request, names))


def _request_names(spec: Any) -> list[str] | None:
    return [request.name for request in spec.requests] if hasattr(spec, "requests") else None
