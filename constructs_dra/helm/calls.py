"""A description in Python, before it is Python: calls of this library's constructors with the place in the values each argument came from.

The same tree is made into records (`constructs_dra.helm.build`) and written as source code (`constructs_dra.helm.source`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import field, frozen

__all__ = ["HOMES", "Argument", "Call", "Listed", "Named", "Tree", "call", "calls_in", "listed", "named", "plain"]


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
    """A value and the place in the values it came from.

    Attributes:
        value: The value.
        path: The place; empty when it came from none.
        inside: What the places inside it start with, where they are spelt alike. Default: for a plain value the same place, for a call none.
    """

    value: Tree
    path: str = ""
    inside: str = ""


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


HOMES = {
    "Accelerator": "serving.accelerator",
    "AgentgatewayProxy": "routing.around",
    "AcceleratorTypes": "serving.accelerator",
    "Claim": "claims.claim",
    "Container": "serving.container",
    "ExistingClaim": "claims.existing",
    "ExistingClaimTemplate": "claims.existing",
    "EndpointPicker": "routing.endpoint_picker",
    "EnvoyProxy": "routing.around",
    "GoogleGateway": "routing.around",
    "GoogleMonitor": "routing.around",
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
    "Tokenizer": "routing.tokenizer",
    "Tracing": "serving.tracing",
    "config_map_key_ref": "serving.env",
    "field_ref": "serving.env",
    "resource_field_ref": "serving.env",
    "secret_key_ref": "serving.env",
}
"""Where each name that a tree calls lives, inside this package."""
