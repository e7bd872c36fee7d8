"""What is wrong with one request: its devices, count, selectors, tolerations, capacities and configuration."""

import json
from collections.abc import Container, Iterator, Mapping

from constructs_dra.claims.request import Request
from constructs_dra.claims.selectors import selector_problems
from constructs_dra.claims.tolerations import Toleration, toleration_of
from constructs_dra.drivers import driver_for_class
from constructs_dra.drivers.config import OpaqueConfig
from constructs_dra.drivers.fields import Devices
from constructs_dra.drivers.model import ConfigKind, Driver
from constructs_dra.errors import Problem, did_you_mean, shown
from constructs_dra.kubernetes.dra.limits import DEVICES_MAX, PARAMETERS_MAX, SELECTORS_MAX, TOLERATIONS_MAX
from constructs_dra.lexical.names import attribute_id_problem, dns_label_problem, dns_subdomain_problem
from constructs_dra.lexical.quantity import is_quantity, parse_quantity

__all__ = ["name_fault", "request_problems"]


def name_fault(name: object) -> str:
    """What is wrong with the name of a claim or request; empty when it is fine."""
    if not isinstance(name, str):
        return f"must be a text, got {shown(name)}"
    fault = dns_label_problem(name)
    return f"{shown(name)}: {fault}" if fault else ""


def request_problems(request: Request, accept: Container[str]) -> Iterator[Problem]:
    """All problems of a request; selectors are checked without the rules in `accept`."""
    if fault := name_fault(request.name):
        yield Problem("name", fault)
    yield from _device_problems(request)
    yield from _count_problems(request)
    for name, own in request.own_conditions().items():
        yield from (problem.under(name) for problem in selector_problems(own, request.driver, request.published_class, accept))
    for index, condition in enumerate(request.where):
        path = f"where[{index}]" if len(request.where) > 1 else "where"
        yield from (problem.under(path) for problem in selector_problems(condition, request.driver, request.published_class, accept))
    if len(request.where) + bool(request.own_conditions()) > SELECTORS_MAX:
        yield Problem("where", f"has {len(request.where)} selectors; a request can have {SELECTORS_MAX}", "join some with &")
    for index, toleration in enumerate(request.tolerations):
        read = toleration_of(toleration)
        yield from (problem.under(f"tolerations[{index}]") for problem in (read.problems() if isinstance(read, Toleration) else [read]))
    if len(request.tolerations) > TOLERATIONS_MAX:
        yield Problem("tolerations", f"are {len(request.tolerations)}; a request can have {TOLERATIONS_MAX}")
    yield from _capacity_problems(request)
    if not isinstance(request.count_reason, str):
        yield Problem("count_reason", f"must be a text, got {shown(request.count_reason)}")
    elif request.count_reason and not request.count_reason.strip():
        yield Problem("count_reason", "needs a reason in words", "say why the count is right here; it is written into an annotation")
    if not isinstance(request.admin_access, bool):
        yield Problem("admin_access", f"must be True or False, got {shown(request.admin_access)}")
    for index, entry in enumerate(request.config):
        yield from (problem.under(f"config[{index}]") for problem in _config_problems(entry, request))


def _device_problems(request: Request) -> Iterator[Problem]:
    if request.device is not None and not isinstance(request.device, Devices | Driver | str):
        hint = "give a namespace of the catalogue (intel.gpu), a Driver or the name of a device class"
        yield Problem("device", f"must name devices, got {shown(request.device)}", hint)
        return
    if not isinstance(request.device_class, str):
        yield Problem("device_class", f"must be a text, got {shown(request.device_class)}")
        return
    name = request.class_name
    if not name:
        if driver := request.driver:
            yield Problem("device_class", f"is needed: the driver {driver.name} ships no device class", "name the one of your cluster")
        else:
            yield Problem("device", "is needed: a request asks for devices of one class", "e.g. intel.gpu, or the name of a device class")
    elif fault := dns_subdomain_problem(name):
        yield Problem("device_class" if request.device_class else "device", f"{shown(name)}: {fault}")
    known = None if request.published_class else driver_for_class(name)
    if known and request.driver and known.name != request.driver.name:
        fault = f"{shown(name)} selects devices of {known.name}, but the request is for {request.driver.name}"
        yield Problem("device_class", fault, "name a class of that driver, or leave it out", rule="strict-class-driver")


def _count_problems(request: Request) -> Iterator[Problem]:
    if not isinstance(request.allocation_mode, str) or request.allocation_mode not in {"ExactCount", "All"}:
        yield Problem("allocation_mode", f"{shown(request.allocation_mode)} is no mode", did_you_mean(request.allocation_mode, ("ExactCount", "All")))
    if request.count is None:
        pass
    elif not isinstance(request.count, int) or isinstance(request.count, bool):
        yield Problem("count", f"must be a whole number, got {shown(request.count)} ({type(request.count).__name__})")
    elif request.takes_all:
        yield Problem("count", "must be left out when allocation_mode is 'All'", "leave out one of them")
    elif request.count < 1:
        yield Problem("count", f"must be at least 1, got {shown(request.count)}")
    elif request.count > DEVICES_MAX:
        fault = f"asks for {shown(request.count)} devices; one claim can be given {DEVICES_MAX}, so it never could be allocated"
        yield Problem("count", fault, "spread them over several claims or pods", rule="strict-count-limit")
    driver = request.driver
    if driver and driver.every_device and not request.takes_all:
        fault = f"{driver.name} prepares a claim only if it holds every device of the node; with a count, pods do not start"
        yield Problem("allocation_mode", fault, 'pass allocation_mode="All" and leave out count', rule="strict-every-device")


def _capacity_problems(request: Request) -> Iterator[Problem]:
    driver = request.driver
    if not isinstance(request.capacity, Mapping):
        yield Problem("capacity", f"must be a mapping of names to amounts, got {shown(request.capacity)}")
        return
    for name, amount in request.capacity.items():
        path = f"capacity[{shown(name)}]"
        domain, _slash, bare = name.rpartition("/") if isinstance(name, str) else ("", "", "")
        if not isinstance(name, str):
            yield Problem(path, "is no name: it must be a text")
        elif fault := (domain and dns_subdomain_problem(domain)) or attribute_id_problem(bare):
            yield Problem(path, f"{shown(name)}: {fault}")
        elif driver and driver.verified != "unverified":
            yield from _known_capacity_problems(driver, bare, domain, path)
        if isinstance(amount, bool) or not isinstance(amount, str | int) or not is_quantity(amount):
            yield Problem(path, f"{shown(amount)} is not a quantity", "write e.g. '20Gi' or a whole number")
        elif parse_quantity(amount) < 0:
            yield Problem(path, f"{shown(amount)} is less than nothing")
    if driver and driver.name == "dra.cpu" and not request.capacity and not request.admin_access:
        fault = "is needed: without it a claim takes every CPU of the device"
        yield Problem("capacity", fault, 'say how many: capacity={"dra.cpu/cpu": "8"}', rule="strict-whole-device")


def _known_capacity_problems(driver: Driver, name: str, domain: str, path: str) -> Iterator[Problem]:
    capacity = driver.capacity(name, domain)
    if not driver.capacities or driver.consumable is None:
        fault = f"{driver.name} gives devices only whole: no part of a capacity can be asked for"
        yield Problem(path, fault, "select by it instead: where=…", rule="strict-whole-device")
    elif capacity is None:
        cure = did_you_mean(name, [known.name for known in driver.capacities])
        yield Problem(path, f"{driver.name} publishes no capacity {shown(name)}", cure, rule="strict-unknown-capacity")


def _config_problems(entry: object, request: Request) -> Iterator[Problem]:
    driver = request.driver
    if not isinstance(entry, OpaqueConfig | Mapping):
        yield Problem("", f"must be a record of the driver's module or a mapping, got {shown(entry)}")
        return
    if isinstance(entry, OpaqueConfig) and driver and entry.driver != driver.name:
        fault = f"{type(entry).__name__} is for {entry.driver}, but the request is for {driver.name}: nobody would read it"
        yield Problem("", fault, _config_cure(driver))
    elif driver and driver.verified != "unverified" and not driver.config_note.startswith("not read") and not _writable(driver):
        why = "; ".join(dict.fromkeys(config.avoid for config in driver.configs)) or driver.config_note or "leave it out"
        yield Problem("", f"{driver.name} takes no configuration in claims", why, rule="strict-no-config")
    elif isinstance(entry, OpaqueConfig) and entry.kinds and request.device_kinds and not set(entry.kinds) & set(request.device_kinds):
        fault = f"{type(entry).__name__} is for devices of type {' or '.join(entry.kinds)}, but the request gets {' or '.join(request.device_kinds)}"
        yield Problem("", fault, _config_cure(driver))
    parameters = entry.parameters() if isinstance(entry, OpaqueConfig) else entry
    try:
        size = len(json.dumps(parameters, allow_nan=False, default=_no_json, separators=(",", ":"), ensure_ascii=False).encode())
    except (TypeError, ValueError, RecursionError) as error:
        yield Problem("", f"is no JSON: {error}")
        return
    if size > PARAMETERS_MAX:
        yield Problem("", f"has {size} bytes; configuration can have {PARAMETERS_MAX}")
    if any(not isinstance(name, str) for name in parameters):
        yield Problem("", "has a name that is no text")


def _no_json(value: object) -> object:
    raise ValueError(f"{shown(value)} has no spelling in it")


def _config_cure(driver: Driver | None) -> str:
    names = [config.kind or config.name for config in _writable(driver)] if driver else []
    return f"it reads {', '.join(names)}" if names else "leave it out"


def _writable(driver: Driver) -> list[ConfigKind]:
    return [config for config in driver.configs if not config.avoid]
