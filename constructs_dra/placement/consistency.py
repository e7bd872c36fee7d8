"""What an inventory says that cannot be, or that makes Kubernetes leave something aside: each finding named with its object."""

from collections.abc import Iterator

from constructs_dra.cel.selector import compile_selector
from constructs_dra.errors import Problem, SpecError, did_you_mean
from constructs_dra.placement.contents import Contents
from constructs_dra.placement.devices import DeviceId, InventoryDevice, InventorySlice
from constructs_dra.placement.holdings import Holdings, free_counters
from constructs_dra.placement.nodes import requirement_faults
from constructs_dra.placement.pools import Pool
from constructs_dra.placement.quantities import nanos, quantity_text

__all__ = ["check_inventory"]

_PLACES = {"node_name": "nodeName", "node_selector": "nodeSelector", "all_nodes": "allNodes", "per_device_node_selection": "perDeviceNodeSelection"}


def check_inventory(inventory: Contents) -> Iterator[Problem]:
    """All findings, slice by slice, pool by pool, claim by claim."""
    faults = [problem for each in inventory.slices for problem in _check_slice(each)]
    yield from faults
    if faults:
        return  # what slices say together makes sense only when each makes sense
    pools: dict[tuple[str, str], list[InventorySlice]] = {}
    for each in inventory.slices:
        pools.setdefault((each.driver, each.pool), []).append(each)
    for slices in pools.values():
        yield from _check_pool(slices)
    yield from _check_classes(inventory)
    yield from _check_claims(inventory, pools)
    yield from _check_nodes(inventory)


def _check_nodes(inventory: Contents) -> Iterator[Problem]:
    known = {node.name for node in inventory.nodes}
    strange = [each for each in inventory.slices if known and each.node_name and each.node_name not in known]
    for each in strange[:3]:
        hint = did_you_mean(each.node_name, known, fallback=lambda _: "add the Node, or leave all Nodes out to plan with devices alone")
        yield _warning(each, f"is for node {each.node_name!r}, which is not in the inventory: its devices are not used", hint)
    if len(strange) > 3:
        yield Problem("", f"{len(strange) - 3} more slices are for nodes that are not in the inventory", severity="warning", source="ResourceSlices")


def _warning(each: InventorySlice, message: str, hint: str = "", path: str = "") -> Problem:
    return Problem(path, message, hint, severity="warning", source=f"ResourceSlice/{each.name}")


def _error(each: InventorySlice, message: str, hint: str = "", path: str = "") -> Problem:
    return Problem(path, message, hint, source=f"ResourceSlice/{each.name}")


def _check_slice(each: InventorySlice) -> Iterator[Problem]:
    if not each.driver or not each.pool:
        yield _error(each, f"names no {'driver' if not each.driver else 'pool'}", path="spec")
    places = [spelt for attribute, spelt in _PLACES.items() if getattr(each, attribute)]
    if len(places) != 1:
        said = f"says {' and '.join(places)}" if places else "does not say which nodes its devices are for"
        yield _error(each, said, f"give exactly one of {', '.join(_PLACES.values())}", "spec")
    yield from _check_selector(each, each, "spec.nodeSelector")
    for number, device in enumerate(each.devices):
        path = f"spec.devices[{number}]"
        if not device.name:
            yield _error(each, "a device has no name", path=path)
        yield from _check_selector(each, device, f"{path}.nodeSelector")


def _check_selector(each: InventorySlice, place: InventorySlice | InventoryDevice, path: str) -> Iterator[Problem]:
    for fault in requirement_faults(place.node_selector):
        yield _error(each, f"cannot be read as a node selector: {fault}", path=path)


def _check_pool(slices: list[InventorySlice]) -> Iterator[Problem]:
    newest = max(each.generation for each in slices)
    current = [each for each in slices if each.generation == newest]
    first = current[0]
    pool = f"pool {first.driver}/{first.pool}"
    for each in current[1:]:
        if each.slice_count != first.slice_count:
            message = (
                f"says {pool} has {each.slice_count} slices, but ResourceSlice/{first.name} of the same generation {newest} says {first.slice_count}"
            )
            yield _error(each, message, path="spec.pool.resourceSliceCount")
            return
    if len(current) > first.slice_count:
        yield _error(first, f"says {pool} has {first.slice_count} slices, but there are {len(current)} of generation {newest}", path="spec.pool")
    elif len(current) < first.slice_count:
        yield _warning(first, f"is one of {first.slice_count} slices of {pool}, but only {len(current)} are here: Kubernetes takes no device from it")
    yield from _check_names(current, pool)
    yield from _check_counters(current, pool)


def _check_names(slices: list[InventorySlice], pool: str) -> Iterator[Problem]:
    homes: dict[str, InventorySlice] = {}
    for each in slices:
        for number, device in enumerate(each.devices):
            other = homes.setdefault(device.name, each)
            if other is not each or any(device.name == earlier.name for earlier in each.devices[:number]):
                where = "again" if other is each else f"as does ResourceSlice/{other.name}"
                message = f"publishes device {device.name!r} {where}: Kubernetes takes no device from {pool}"
                yield _warning(each, message, "device names are unique in a pool", f"spec.devices[{number}]")


def _check_counters(slices: list[InventorySlice], pool: str) -> Iterator[Problem]:
    sets = {}
    for each in slices:
        for counter_set in each.shared_counters:
            if counter_set.name in sets:
                yield _warning(each, f"has counter set {counter_set.name!r} a second time: Kubernetes takes no device from {pool}")
            sets[counter_set.name] = counter_set
    for each in slices:
        for number, device in enumerate(each.devices):
            path = f"spec.devices[{number}].consumesCounters"
            for consumption in device.consumes_counters:
                found = sets.get(consumption.counter_set)
                if found is None:
                    message = f"device {device.name!r} consumes counters of {consumption.counter_set!r}, which {pool} does not have"
                    yield _warning(each, f"{message}: Kubernetes takes no device from it", did_you_mean(consumption.counter_set, sets), path)
                    continue
                for counter, amount in consumption.counters.items():
                    if counter not in found.counters:
                        message = f"device {device.name!r} consumes counter {counter!r}, which set {found.name!r} of {pool} does not have"
                        yield _warning(each, f"{message}: Kubernetes takes no device from it", did_you_mean(counter, found.counters), path)
                    elif nanos(amount) > nanos(found.counters[counter]):
                        message = f"device {device.name!r} consumes {amount} of {counter!r}, but {found.name!r} holds {found.counters[counter]}"
                        yield _warning(each, f"{message}: it can never be allocated", path=path)


def _check_classes(inventory: Contents) -> Iterator[Problem]:
    for device_class in inventory.classes:
        for number, selector in enumerate(device_class.selectors):
            try:
                compile_selector(selector, stored=True)
            except SpecError as error:
                for problem in error.problems:
                    yield Problem(
                        f"spec.selectors[{number}].cel.expression",
                        f"{problem.message}: claims that ask for the class get an error",
                        problem.hint,
                        severity="warning",
                        source=f"DeviceClass/{device_class.name}",
                    )


def _check_claims(inventory: Contents, pools: dict[tuple[str, str], list[InventorySlice]]) -> Iterator[Problem]:
    holders: dict[DeviceId, str] = {}
    holdings = Holdings()
    devices = {
        DeviceId(driver, pool, device.name): device
        for (driver, pool), slices in pools.items()
        for each in slices
        if each.generation == max(other.generation for other in slices)
        for device in each.devices
    }
    for claim in inventory.claims:
        source = f"ResourceClaim/{claim.spec.label}"
        for fault in requirement_faults(claim.allocation.node_selector if claim.allocation else None):
            yield Problem("status.allocation.nodeSelector", fault, source=source)
        for given in claim.allocation.devices if claim.allocation else ():
            if given.id not in devices:
                yield Problem("status.allocation", f"holds device {given.id}, which no slice publishes", severity="warning", source=source)
            if given.admin_access or given.share_id:
                continue
            other = holders.setdefault(given.id, claim.spec.label)
            if other != claim.spec.label:
                yield Problem("status.allocation", f"holds device {given.id}, which ResourceClaim/{other} holds too", source=source)
        if claim.allocation:
            holdings.take(claim.allocation.devices)
    for device_id, amounts in holdings.capacity.items():
        capacities = devices[device_id].capacity if device_id in devices else {}
        for name, amount in amounts.items():
            if name in capacities and amount > nanos(capacities[name].value):
                message = f"{quantity_text(amount)} of {name!r} of device {device_id} are allocated, but it has {capacities[name].value}"
                yield Problem("", message, source="ResourceClaims")
    yield from _overdrawn(pools, holdings)


def _overdrawn(pools: dict[tuple[str, str], list[InventorySlice]], holdings: Holdings) -> Iterator[Problem]:
    for (driver, name), slices in pools.items():
        newest = max(each.generation for each in slices)
        current = tuple(each for each in slices if each.generation == newest)
        sets = {counter_set.name: counter_set for each in current for counter_set in each.shared_counters}
        if not sets:
            continue
        pool = Pool(driver=driver, name=name, slices=current, counter_sets=sets)
        try:
            left = free_counters(pool, holdings)
        except (KeyError, ValueError):
            continue  # reported with its slice
        for (counter_set, counter), amount in left.items():
            if amount < 0:
                message = f"devices in use exceed counter {counter!r} of set {counter_set!r} by {quantity_text(-amount)}"
                yield Problem("", message, "a claim holds devices that exclude each other", severity="warning", source=f"pool {driver}/{name}")
