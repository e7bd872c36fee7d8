"""Rules of ResourceSlice: pools, devices, attributes, capacities, counters, taints."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from constructs_dra.kubernetes.dra.fields import binding_conditions, driver_name, pool_name, qualified_name, taint
from constructs_dra.kubernetes.dra.limits import (
    ATTRIBUTE_VALUE_MAX,
    CONSUMED_COUNTERS_MAX,
    COUNTER_SETS_MAX,
    COUNTERS_MAX,
    DEVICE_ATTRIBUTES_MAX,
    DEVICE_VALUES_MAX,
    POLICY_VALUES_MAX,
    SLICE_DEVICES_MAX,
    SLICE_DEVICES_MAX_ADVANCED,
    TAINTS_MAX,
)
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, pairs, sequence, whole
from constructs_dra.lexical import names
from constructs_dra.lexical.quantity import is_quantity, parse_quantity
from constructs_dra.lexical.semver import is_semver
from constructs_dra.lexical.versions import KubernetesVersion
from constructs_dra.paths import child

__all__ = ["check_slice"]

_SCALARS = ("bool", "int", "string", "version")
_LISTS = ("bools", "ints", "strings", "versions")
_PLACES = ("nodeName", "nodeSelector", "allNodes", "perDeviceNodeSelection")
_COUNTERS_APART = KubernetesVersion(1, 35)


def check_slice(spec: dict[str, Any], path: str, rules: Rules) -> None:
    """The spec of a ResourceSlice."""
    problems = rules.problems
    driver_name(spec.get("driver"), child(path, "driver"), rules)
    pool, place = mapping(spec.get("pool")), child(path, "pool")
    pool_name(pool.get("name"), child(place, "name"), rules)
    if (count := whole(pool.get("resourceSliceCount"))) is not None and count <= 0:
        problems.add(child(place, "resourceSliceCount"), f"{count} must be greater than zero", rule="value")
    if (generation := whole(pool.get("generation"))) is not None and generation < 0:
        problems.add(child(place, "generation"), f"{generation} must not be negative", rule="value")
    _check_place(spec, path, _PLACES, rules)
    terms = at(spec, "nodeSelector", "nodeSelectorTerms")
    if isinstance(terms, list) and len(terms) > 1:
        problems.add(f"{path}.nodeSelector.nodeSelectorTerms", f"has {len(terms)} entries; exactly one is needed", rule="value")
    if spec.get("sharedCounters") is not None and spec.get("devices") is not None and rules.version.release >= _COUNTERS_APART:
        problems.add(path, "has both sharedCounters and devices", "put the counters into a slice of their own in the same pool", rule="one-of")
    devices = [mapping(device) for device in sequence(spec.get("devices"))]
    bodies = [mapping(device.get("basic")) if "basic" in device else device for device in devices]
    advanced = any(body.get("taints") or body.get("consumesCounters") or _has_lists(body) for body in bodies)
    if rules.at_most(devices, SLICE_DEVICES_MAX_ADVANCED if advanced else SLICE_DEVICES_MAX, child(path, "devices")):
        for (device, place), body in zip(items(spec, "devices", path), filter(None, bodies), strict=False):
            _check_device(device, body, place if body is device else child(place, "basic"), spec, rules)
        rules.unique(spec, "devices", path)
    if rules.at_most(spec.get("sharedCounters"), COUNTER_SETS_MAX, child(path, "sharedCounters")):
        for counters, place in items(spec, "sharedCounters", path):
            _check_counters(counters, "name", place, rules)
        rules.unique(spec, "sharedCounters", path)


def _has_lists(body: dict[str, Any]) -> bool:
    return any(key in mapping(attribute) for attribute in mapping(body.get("attributes")).values() for key in _LISTS)


def _check_place(owner: dict[str, Any], path: str, keys: tuple[str, ...], rules: Rules) -> None:
    """Exactly one of the ways to say on which nodes devices are."""
    set_keys = []
    for key in keys:
        value = owner.get(key)
        if value is False:
            rules.problems.add(child(path, key), "must be true or absent", rule="value")
        elif value == "":
            rules.required(child(path, key))
        elif value is not None:
            set_keys.append(key)
    if at(owner, "nodeSelector", "nodeSelectorTerms") == []:
        rules.required(f"{path}.nodeSelector.nodeSelectorTerms")
    for term, place in items(owner.get("nodeSelector"), "nodeSelectorTerms", child(path, "nodeSelector")):
        rules.node_term(term, place)
    if isinstance(node := owner.get("nodeName"), str) and node:
        rules.named(node, names.dns_subdomain_problem(node), child(path, "nodeName"))
    if len(set_keys) != 1:
        found = f"has {' and '.join(set_keys)}" if set_keys else "does not say which nodes reach the devices"
        rules.problems.add(path, found, f"exactly one of {', '.join(keys)} is needed", rule="one-of")


def _check_device(device: dict[str, Any], body: dict[str, Any], path: str, spec: dict[str, Any], rules: Rules) -> None:
    problems = rules.problems
    if isinstance(name := device.get("name"), str):
        rules.named(name, names.dns_label_problem(name), child(path, "name"))
    attributes, capacity = mapping(body.get("attributes")), mapping(body.get("capacity"))
    if (count := len(attributes) + len(capacity)) > DEVICE_ATTRIBUTES_MAX:
        problems.add(path, f"has {count} attributes and capacities; at most {DEVICE_ATTRIBUTES_MAX} are allowed", rule="too-many")
    values = sum(sum(len(sequence(mapping(attribute).get(key))) for key in _LISTS) or 1 for attribute in attributes.values())
    if values > DEVICE_VALUES_MAX:
        problems.add(path, f"has {values} attribute values; at most {DEVICE_VALUES_MAX} are allowed", rule="too-many")
    for name, attribute, place in pairs(body, "attributes", path):
        qualified_name(name, child(path, "attributes"), rules, full=False)
        _check_attribute(mapping(attribute), place, rules)
    for name, amount, place in pairs(body, "capacity", path):
        qualified_name(name, child(path, "capacity"), rules, full=False)
        _check_policy(mapping(amount), place, body.get("allowMultipleAllocations") is True, rules)
    if rules.at_most(body.get("taints"), TAINTS_MAX, child(path, "taints")):
        for entry, place in items(body, "taints", path):
            taint(entry, place, rules)
    if rules.at_most(body.get("consumesCounters"), CONSUMED_COUNTERS_MAX, child(path, "consumesCounters")):
        for consumption, place in items(body, "consumesCounters", path):
            _check_counters(consumption, "counterSet", place, rules)
        rules.unique(body, "consumesCounters", path, name="counterSet")
    own_place = ("nodeName", "nodeSelector", "allNodes")
    if spec.get("perDeviceNodeSelection") is True:
        _check_place(body, path, own_place, rules)
    elif any(body.get(key) is not None for key in own_place):
        problems.add(path, "may name its nodes only where the slice sets perDeviceNodeSelection: true", rule="one-of")
    binding_conditions(body, path, rules)


def _check_attribute(attribute: dict[str, Any], path: str, rules: Rules) -> None:
    given = [key for key in (*_SCALARS, *_LISTS) if attribute.get(key) is not None]
    if len(given) != 1:
        found = " and ".join(given) or "no value"
        rules.problems.add(path, f"has {found}", f"exactly one of {', '.join(_SCALARS)} is needed", rule="one-of")
    for key in given:
        place = child(path, key)
        values = (
            [(attribute[key], place)] if key in _SCALARS else [(item, f"{place}[{index}]") for index, item in enumerate(sequence(attribute[key]))]
        )
        if key in _LISTS and attribute[key] == []:
            rules.required(place)
        for value, value_path in values:
            if not isinstance(value, str):
                continue
            if key.startswith("version") and not is_semver(value):
                rules.problems.add(value_path, f"{value!r} is not a valid semantic version", "three numbers, like '1.2.0'", rule="value")
            if (size := len(value.encode(errors="replace"))) > ATTRIBUTE_VALUE_MAX:
                rules.problems.add(value_path, f"is {size} bytes long; at most {ATTRIBUTE_VALUE_MAX} are allowed", rule="too-long")


def _check_counters(owner: dict[str, Any], key: str, path: str, rules: Rules) -> None:
    if owner.get(key) == "":
        rules.required(child(path, key))
    elif isinstance(name := owner.get(key), str):
        rules.named(name, names.dns_label_problem(name), child(path, key))
    if owner.get("counters") == {}:
        rules.required(child(path, "counters"))
    elif rules.at_most(owner.get("counters"), COUNTERS_MAX, child(path, "counters")):
        for name in mapping(owner.get("counters")):
            rules.named(name, names.dns_label_problem(name), child(path, "counters"))


def _amount(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not is_quantity(value):
        return None
    amount = parse_quantity(value)
    return amount if amount.adjusted() < 60 else None  # beyond that exact arithmetic costs too much, and no device is that large


def _check_policy(capacity: dict[str, Any], path: str, shared: bool, rules: Rules) -> None:
    """Which parts of a capacity may be requested."""
    policy = capacity.get("requestPolicy")
    if not isinstance(policy, dict):
        return
    problems = rules.problems
    path = child(path, "requestPolicy")
    if not shared:
        problems.add(path, "is allowed only on devices with allowMultipleAllocations: true", rule="one-of")
        return
    total, default = _amount(capacity.get("value")), _amount(policy.get("default"))
    values, limits = sequence(policy.get("validValues")), policy.get("validRange")
    if values and limits is not None:
        problems.add(path, "has both validValues and validRange", "keep one of the two", rule="one-of")
        return
    if (values or limits is not None) and policy.get("default") is None:
        problems.add(child(path, "default"), "is missing", rule="required")
        return
    if values:
        _check_values(list(map(_amount, values)), default, total, child(path, "validValues"), rules)
    elif isinstance(limits, dict):
        _check_range(limits, default, total, child(path, "validRange"), rules)


def _check_values(values: list[Decimal | None], default: Decimal | None, total: Decimal | None, path: str, rules: Rules) -> None:
    if not rules.at_most(values, POLICY_VALUES_MAX, path):
        return
    previous: Decimal | None = None
    for index, value in enumerate(values):
        place = f"{path}[{index}]"
        if value is None:
            continue
        if previous is not None and value <= previous:
            fault = "appears twice" if value == previous else "is smaller than the one before it"
            rules.problems.add(place, f"{value} {fault}", "list them in rising order", rule="duplicate" if value == previous else "value")
        if total is not None and value > total:
            rules.problems.add(place, f"{value} is more than the capacity {total}", rule="value")
        previous = value
    if default is not None and default not in values:
        rules.problems.add(path, f"does not hold the default {default}", rule="value")


def _check_range(limits: dict[str, Any], default: Decimal | None, total: Decimal | None, path: str, rules: Rules) -> None:
    low, high, step = (_amount(limits.get(key)) for key in ("min", "max", "step"))
    faults: list[tuple[str, str]] = []
    if limits.get("min") is None:
        faults.append(("min", "is missing"))
    if low is None:
        low = Decimal(0)
    if total is not None and low > total:
        faults.append(("min", f"{low} is more than the capacity {total}"))
    if high is not None and low > high:
        faults.append(("max", f"{high} is less than min {low}"))
    if high is not None and total is not None and high > total:
        faults.append(("max", f"{high} is more than the capacity {total}"))
    if default is not None and (default < low or (high is not None and default > high)):
        faults.append(("default", f"{default} is not in the range"))
    if step is not None and step <= 0:
        faults.append(("step", f"{step} must be greater than zero"))
    elif step is not None:
        if total is not None and Fraction(low) + Fraction(step) > total:
            faults.append(("step", f"one step from {low} is more than the capacity {total}"))
        off = [value for value in (default, high) if value is not None and (Fraction(value) - Fraction(low)) % Fraction(step)]
        faults += [("step", f"{value} is not a multiple of {step} from {low}") for value in off]
    for key, fault in faults:
        rules.problems.add(child(path, key), fault, rule="required" if fault == "is missing" else "value")
