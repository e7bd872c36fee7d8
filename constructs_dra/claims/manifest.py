"""What Kubernetes has under `devices` of a claim, made of records."""

from collections.abc import Container, Iterable, Iterator

from constructs_dra.catalogue.config import OpaqueConfig
from constructs_dra.claims.constraints import Constraint
from constructs_dra.claims.request import FirstAvailable, Request, stored
from constructs_dra.manifest import Manifest

__all__ = ["configurations", "devices_of", "every_request"]


def every_request(entries: Iterable[Request | FirstAvailable]) -> Iterator[tuple[str, Request]]:
    """Every request and alternative with the name that constraints and configuration use for it; for an alternative `request/alternative`."""
    for entry in entries:
        if isinstance(entry, FirstAvailable):
            yield from ((f"{entry.name}/{request.name}", request) for request in entry.alternatives)
        else:
            yield entry.name, entry


def devices_of(
    requests: Iterable[Request | FirstAvailable],
    constraints: Iterable[Constraint],
    config: Iterable[OpaqueConfig],
    *,
    count: int,
    accept: Container[str],
    selectors: bool = True,
    defaults: bool = True,
) -> Manifest:
    """Requests, constraints and configuration.

    Args:
        requests: What is asked for.
        constraints: What the devices must have in common, or must not.
        config: Configuration for all requests of a driver.
        count: How many devices a request without a count gets.
        accept: Rules of this library that do not hold.
        selectors: Whether to write selectors. Default yes; no, where they are looked at by themselves.
        defaults: Whether to write what the API server would fill in. Default yes.

    Raises:
        SpecError: A selector has errors.
    """
    listed = list(requests)
    devices: Manifest = {"requests": [_entry(entry, count, accept, selectors=selectors, defaults=defaults) for entry in listed]}
    if constrained := [constraint.manifest() for constraint in constraints]:
        devices["constraints"] = constrained
    if configs := list(configurations(listed, config)):
        devices["config"] = configs
    return devices


def _entry(entry: Request | FirstAvailable, count: int, accept: Container[str], *, selectors: bool, defaults: bool) -> Manifest:
    def body(request: Request) -> Manifest:
        return request.body(count if request.computes else 1, accept, selectors=selectors, defaults=defaults)

    if isinstance(entry, Request):
        return {"name": entry.name, "exactly": body(entry)}
    return {"name": entry.name, "firstAvailable": [{"name": request.name, **body(request)} for request in entry.alternatives]}


def configurations(requests: Iterable[Request | FirstAvailable], config: Iterable[OpaqueConfig]) -> Iterator[Manifest]:
    """Configuration of each request, then that of the claim.

    Drivers compare names literally: an alternative is `request/alternative`, and `request` alone would be ignored.
    """
    for name, request in every_request(requests):
        yield from ({"requests": [name], "opaque": opaque} for opaque in request.configurations())
    yield from ({"opaque": {"driver": entry.driver, "parameters": stored(entry.parameters())}} for entry in config)
