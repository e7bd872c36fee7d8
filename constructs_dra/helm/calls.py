"""A description in Python, before it is Python: calls of this library's constructors with the place in the values each argument came from.

The same tree is built into records (`build`), translates places in records back to places in values (`origin`), and is written as source code.
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, TypeAlias

from attrs import field, frozen

from constructs_dra.errors import Problem, SpecError
from constructs_dra.paths import child, split

__all__ = ["HOMES", "Argument", "Call", "Listed", "Named", "Tree", "build", "call", "calls_in", "listed", "named", "origin", "plain", "with_keyword"]


@frozen
class Call:
    """A call: `Container.vllm("image", args=[…])`.

    Attributes:
        function: What is called.
        positional: Its arguments by position.
        keywords: Its arguments by name.
        path: Place in the values it stands for.
    """

    function: str
    positional: tuple["Argument", ...] = ()
    keywords: Mapping[str, "Argument"] = field(factory=dict)
    path: str = ""


@frozen
class Listed:
    """A list of trees."""

    items: tuple["Argument", ...]


@frozen
class Named:
    """A mapping of trees."""

    items: Mapping[str, "Argument"]


Tree: TypeAlias = Call | Listed | Named | str | int | float | bool | dict[str, Any] | list[Any] | None
"""A call, a list or mapping with calls in it, or a plain JSON-like value."""


@frozen
class Argument:
    """A value and the place in the values it came from, empty when from none."""

    value: Tree
    path: str = ""


def call(function: str, *positional: Argument | Tree, at: str = "", **keywords: Argument | Tree) -> Call:
    """A call that stands for the place `at` in the values; arguments without a place are plain values, those that are None are left out."""
    return Call(
        function,
        tuple(map(_argument, positional)),
        {name: argument for name, value in keywords.items() if (argument := _argument(value)).value is not None},
        at,
    )


def _argument(value: Argument | Tree) -> Argument:
    if isinstance(value, Argument):
        return value
    return Argument(value, value.path if isinstance(value, Call) else "")


def listed(items: Sequence[Argument | Tree], path: str) -> Argument:
    """A list with calls in it."""
    return Argument(Listed(tuple(map(_argument, items))), path)


def named(items: Mapping[str, Argument | Tree], path: str) -> Argument:
    """A mapping with calls (or values with places of their own) in it."""
    return Argument(Named({name: _argument(value) for name, value in items.items()}), path)


def plain(value: Tree) -> Any:
    """The tree as a plain value; calls stay calls."""
    if isinstance(value, Listed):
        return [plain(item.value) for item in value.items]
    if isinstance(value, Named):
        return {name: plain(item.value) for name, item in value.items.items()}
    return value


def calls_in(tree: Tree) -> Iterator[Call]:
    """Every call in a tree, outer ones first."""
    if isinstance(tree, Call):
        yield tree
        for argument in (*tree.positional, *tree.keywords.values()):
            yield from calls_in(argument.value)
    elif isinstance(tree, Listed):
        for item in tree.items:
            yield from calls_in(item.value)
    elif isinstance(tree, Named):
        for item in tree.items.values():
            yield from calls_in(item.value)


def with_keyword(tree: Tree, function: str, name: str, value: Tree) -> Tree:
    """The tree with one more argument for every call of a function."""

    def argument(held: Argument) -> Argument:
        return Argument(with_keyword(held.value, function, name, value), held.path)

    if isinstance(tree, Call):
        keywords = {key: argument(held) for key, held in tree.keywords.items()}
        more = {name: Argument(value, tree.path)} if tree.function == function else {}
        return Call(tree.function, tuple(map(argument, tree.positional)), {**keywords, **more}, tree.path)
    if isinstance(tree, Listed):
        return Listed(tuple(map(argument, tree.items)))
    if isinstance(tree, Named):
        return Named({key: argument(held) for key, held in tree.items.items()})
    return tree


HOMES = {
    "Accelerator": "serving.accelerator",
    "AcceleratorTypes": "serving.accelerator",
    "Claim": "claims.claim",
    "Container": "serving.container",
    "ExistingClaim": "claims.existing",
    "ExistingClaimTemplate": "claims.existing",
    "EndpointPicker": "routing.endpoint_picker",
    "EnvoyProxy": "routing.around",
    "HelmRelease": "serving.release",
    "HttpRoute": "routing.around",
    "InferenceObjective": "routing.around",
    "InferencePool": "routing.around",
    "Istio": "routing.around",
    "LatencyPredictor": "routing.endpoint_picker",
    "LeaderWorkerSet": "serving.leaderworkerset",
    "ModelArtifacts": "serving.model",
    "ModelService": "serving.service",
    "Parallelism": "serving.parallelism",
    "PickerMonitor": "routing.around",
    "PickerTracing": "routing.endpoint_picker",
    "PodMonitor": "serving.monitoring",
    "Port": "serving.container",
    "Request": "claims.request",
    "Requester": "serving.requester",
    "Role": "serving.role",
    "RoleClaim": "serving.claims",
    "Router": "routing.router",
    "RouterDeployment": "constructs.router",
    "RouterRelease": "routing.release",
    "Routing": "routing.router",
    "RoutingProxy": "serving.proxy",
    "ServiceAccount": "serving.account",
    "Tracing": "serving.tracing",
    "config_map_key_ref": "serving.env",
    "field_ref": "serving.env",
    "resource_field_ref": "serving.env",
    "secret_key_ref": "serving.env",
}
"""Where each name that a tree calls lives, inside this package."""

_POSITIONAL = {
    "Accelerator": ("type",),
    "Claim": ("name", "requests[0]"),
    "Container": ("image",),
    "Container.custom": ("image", "command"),
    "Container.image_default": ("image",),
    "Container.vllm": ("image",),
    "ExistingClaim": ("object_name",),
    "ExistingClaimTemplate": ("object_name",),
    "ModelArtifacts.hf": ("uri|model",),
    "ModelArtifacts.oci": ("uri|reference",),
    "ModelArtifacts.pvc": ("uri|claim", "uri|path"),
    "ModelArtifacts.pvc_hf": ("uri|claim", "uri|model"),
    "ModelService": ("name",),
    "Port": ("number",),
    "Request": ("name", "device"),
    "RoleClaim": ("spec",),
    "Router": ("name",),
}
"""What arguments by position are called in problems; `|` parts several names."""


def build(tree: Tree, problems: list[Problem]) -> Any:
    """The records a tree describes; what they refuse is added to `problems` with its place in the values, and None stands for it."""
    if isinstance(tree, Listed):
        return [build(item.value, problems) for item in tree.items]
    if isinstance(tree, Named):
        return {name: build(item.value, problems) for name, item in tree.items.items()}
    if not isinstance(tree, Call):
        return tree
    before = len(problems)
    positional = [build(argument.value, problems) for argument in tree.positional]
    keywords = {name: build(argument.value, problems) for name, argument in tree.keywords.items()}
    if len(problems) > before:
        return None  # what holds a refused record would only say that it is missing
    name, _, method = tree.function.partition(".")
    function = getattr(import_module(f"constructs_dra.{HOMES[name]}"), name)
    if method:
        function = getattr(function, method)
    try:
        return function(*positional, **keywords)
    except SpecError as error:
        problems += [
            Problem(origin(tree, found.path), found.message, found.hint, rule=found.rule, severity=found.severity) for found in error.problems
        ]
        return None


def origin(tree: Tree, path: str) -> str:
    """The place in the values that a place in the records came from; the nearest one around it when it has none of its own."""
    place = tree.path if isinstance(tree, Call) else ""
    steps = split(path.replace("requests[0]", "requests", 1) if isinstance(tree, Call) and tree.function == "Claim" else path)
    for number, step in enumerate(steps):
        argument = _inner(tree, step)
        if argument is None:
            # below a plain value, the records' places are the values' own
            return _below(place, steps[number:]) if not isinstance(tree, Call | Listed | Named) else place
        tree = argument.value
        place = argument.path or place
    return place


def _inner(tree: Tree, step: str | int) -> Argument | None:
    if isinstance(tree, Call):
        names = _POSITIONAL.get(tree.function, ())
        for name, argument in zip(names, tree.positional, strict=False):
            if step in name.partition("[")[0].split("|"):
                return argument
        return tree.keywords.get(str(step))
    if isinstance(tree, Listed) and isinstance(step, int) and step < len(tree.items):
        return tree.items[step]
    if isinstance(tree, Named):
        return tree.items.get(str(step)) or (list(tree.items.values())[step] if isinstance(step, int) and step < len(tree.items) else None)
    return None


def _below(place: str, steps: Sequence[str | int]) -> str:
    for step in steps:
        place = child(place, step)
    return place
