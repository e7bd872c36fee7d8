"""Rules of DeviceClass and DeviceTaintRule."""

from typing import Any

from constructs_dra.kubernetes.dra.fields import configuration, driver_name, pool_name, selectors, taint
from constructs_dra.kubernetes.dra.limits import CONFIGS_MAX
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import items, mapping
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = ["check_class", "check_taint_rule", "extended_resource_problem"]


def extended_resource_problem(name: str) -> str:
    """What is wrong with the name of an extended resource, e.g. `intel.com/gpu`; empty when it is fine."""
    if "/" not in name:
        return "needs a domain, like 'example.com/gpu'"
    if "kubernetes.io/" in name:
        return "must not be in the domain kubernetes.io"
    if name.startswith("requests."):
        return "must not start with 'requests.'"
    # quotas count it under 'requests.NAME', which has to be a qualified name too
    return names.qualified_name_problem(name) or names.qualified_name_problem(f"requests.{name}")


def check_class(spec: dict[str, Any], path: str, rules: Rules) -> None:
    """The spec of a DeviceClass."""
    selectors(spec, path, rules)
    if rules.at_most(spec.get("config"), CONFIGS_MAX, child(path, "config")):
        for config, place in items(spec, "config", path):
            configuration(config, place, rules)
    name = spec.get("extendedResourceName")
    if isinstance(name, str):
        rules.named(name, extended_resource_problem(name), child(path, "extendedResourceName"))


def check_taint_rule(spec: dict[str, Any], path: str, rules: Rules) -> None:
    """The spec of a DeviceTaintRule."""
    selector = mapping(spec.get("deviceSelector"))
    place = child(path, "deviceSelector")
    driver_name(selector.get("driver"), child(place, "driver"), rules)
    pool_name(selector.get("pool"), child(place, "pool"), rules)
    for key, rule in (("device", names.dns_label_problem), ("deviceClassName", names.dns_subdomain_problem)):
        if isinstance(value := selector.get(key), str):
            rules.named(value, rule(value), child(place, key))
    selectors(selector, place, rules)  # v1alpha3 had them
    if selector.get("device") and not (selector.get("driver") and selector.get("pool")):
        shown, hint = "names one device only together with driver and pool", "give both, or the rule taints every device of that name"
        rules.problems.add(child(place, "device"), shown, hint, rule="strict-taint-device")
    taint(spec.get("taint"), child(path, "taint"), rules)
