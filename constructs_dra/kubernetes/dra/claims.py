"""Rules of a claim: requests, alternatives, constraints, configuration."""

from typing import Any

from constructs_dra.errors import Problem, did_you_mean
from constructs_dra.kubernetes.dra.fields import EFFECTS, configuration, qualified_name, selectors
from constructs_dra.kubernetes.dra.limits import CONFIGS_MAX, CONSTRAINTS_MAX, DEVICES_MAX, FIRST_AVAILABLE_MAX, REQUESTS_MAX, TOLERATIONS_MAX
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import items, mapping, pairs, sequence, text, whole
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = ["ADMIN_LABEL", "check_claim_spec", "constraint_problems", "toleration_problems"]

ADMIN_LABEL = "resource.kubernetes.io/admin-access"
"""Label a namespace needs, with the value `true`, before claims in it may ask for admin access."""

_FLAT = "resource.k8s.io/v1beta1"
"""API version whose requests have no `exactly`."""

_BODY_FIELDS = ("deviceClassName", "selectors", "allocationMode", "count", "adminAccess", "tolerations", "capacity")


def check_claim_spec(spec: dict[str, Any], path: str, rules: Rules) -> None:
    """The spec of a ResourceClaim, or the inner one of a ResourceClaimTemplate."""
    devices = mapping(spec.get("devices"))
    path = child(path, "devices")
    if not sequence(devices.get("requests")):
        rules.problems.add(child(path, "requests"), "asks for no device", rule="strict-no-requests", severity="warning")
    if rules.at_most(devices.get("requests"), REQUESTS_MAX, child(path, "requests")):
        for request, place in items(devices, "requests", path):
            _check_request(request, place, rules)
        rules.unique(devices, "requests", path)
    _check_total(devices, path, rules)
    known = _request_names(devices)
    if rules.at_most(devices.get("constraints"), CONSTRAINTS_MAX, child(path, "constraints")):
        for constraint, place in items(devices, "constraints", path):
            _check_constraint(constraint, place, known, rules)
    if rules.at_most(devices.get("config"), CONFIGS_MAX, child(path, "config")):
        for config, place in items(devices, "config", path):
            _check_references(config, place, known, rules)
            _check_reach(config, place, devices, rules)
            configuration(config, place, rules)


def toleration_problems(toleration: dict[str, Any]) -> list[Problem]:
    """What is wrong with one toleration by itself."""
    rules = Rules()
    _check_toleration(toleration, "", rules)
    return list(rules.problems)


def constraint_problems(constraint: dict[str, Any]) -> list[Problem]:
    """What is wrong with one constraint by itself; whether its requests are there is for the claim to say."""
    rules = Rules()
    _check_attribute(constraint, "", rules)
    _check_duplicates(constraint, "", rules)
    return list(rules.problems)


def _request_names(devices: dict[str, Any]) -> set[str]:
    """What constraints and configuration may refer to: `main`, `main/sub`."""
    known: set[str] = set()
    for request in map(mapping, sequence(devices.get("requests"))):
        name = text(request.get("name"))
        known.add(name)
        known.update(f"{name}/{text(mapping(sub).get('name'))}" for sub in sequence(request.get("firstAvailable")))
    return known


def _check_request(request: dict[str, Any], path: str, rules: Rules) -> None:
    _check_name(request.get("name"), child(path, "name"), rules)
    alternatives = sequence(request.get("firstAvailable"))
    exact_fields = _BODY_FIELDS if rules.api_version == _FLAT else ("exactly",)
    whole_request = any(request.get(key) is not None for key in exact_fields)
    if not whole_request and not alternatives:
        if not isinstance(request.get("firstAvailable"), dict | str):
            hint = "write what is asked for under 'exactly'" if rules.api_version != _FLAT else "give a deviceClassName"
            rules.problems.add(path, "asks for nothing", f"{hint}, or alternatives under 'firstAvailable'", rule="required")
    elif whole_request and alternatives:
        rules.problems.add(path, "has both 'exactly' and 'firstAvailable'", "keep one of the two", rule="one-of")
    elif alternatives:
        if not rules.at_most(alternatives, FIRST_AVAILABLE_MAX, child(path, "firstAvailable")):
            return
        for sub, place in items(request, "firstAvailable", path):
            _check_name(sub.get("name"), child(place, "name"), rules)
            _check_body(sub, place, rules)
        rules.unique(request, "firstAvailable", path)
    elif rules.api_version == _FLAT:
        if request.get("deviceClassName") is None:
            rules.problems.add(child(path, "deviceClassName"), "is missing", rule="required")
        _check_body(request, path, rules)
    else:
        _check_body(mapping(request.get("exactly")), child(path, "exactly"), rules)


def _check_name(name: Any, path: str, rules: Rules) -> None:
    if isinstance(name, str):
        rules.named(name, names.dns_label_problem(name), path)


def _check_body(body: dict[str, Any], path: str, rules: Rules) -> None:
    """What `exactly` and the alternatives have in common."""
    device_class = body.get("deviceClassName")
    if device_class == "":
        rules.required(child(path, "deviceClassName"))
    elif isinstance(device_class, str):
        rules.named(device_class, names.dns_subdomain_problem(device_class), child(path, "deviceClassName"))
    selectors(body, path, rules)
    _check_count(body, path, rules)
    rules.at_most(body.get("tolerations"), TOLERATIONS_MAX, child(path, "tolerations"), rule="strict-tolerations-limit")
    for toleration, place in items(body, "tolerations", path):
        _check_toleration(toleration, place, rules)
    for name, _, place in pairs(body.get("capacity"), "requests", child(path, "capacity")):
        _, _, identifier = name.rpartition("/")
        if fault := names.c_identifier_problem(identifier):
            rules.problems.add(place, f"{identifier!r} {fault}", rule="strict-capacity-name")
    if body.get("adminAccess") is True:
        _check_admin(child(path, "adminAccess"), rules)


def _check_count(body: dict[str, Any], path: str, rules: Rules) -> None:
    place = child(path, "count")
    mode, count = body.get("allocationMode") or "ExactCount", whole(body.get("count"))
    if mode == "All":
        if count:
            rules.problems.add(place, f"{count} must not stand beside allocationMode 'All'", "leave one of the two out", rule="count")
    elif mode == "ExactCount":
        if count is not None and count < 0:
            rules.problems.add(place, f"{count} must be greater than zero", rule="count")
        elif count == 0:
            rules.problems.add(place, "0 counts as 1", "write 1, or leave the request out", rule="strict-count-zero")
        elif count is not None and count > DEVICES_MAX:
            hint = f"split it over several claims; one holds at most {DEVICES_MAX} devices"
            rules.problems.add(place, f"{count} devices can never be allocated", hint, rule="strict-count-limit")
    else:
        rules.word(body, "allocationMode", ("All", "ExactCount"), path)


def _check_total(devices: dict[str, Any], path: str, rules: Rules) -> None:
    """All requests together: an alternative counts with the smallest of them."""
    total, counts = 0, []
    for request in map(mapping, sequence(devices.get("requests"))):
        bodies = list(map(mapping, sequence(request.get("firstAvailable")))) or [
            request if rules.api_version == _FLAT else mapping(request.get("exactly"))
        ]
        count = min(1 if body.get("allocationMode") == "All" else max(whole(body.get("count")) or 1, 1) for body in bodies)
        counts.append(count)
        total += count
    if total > DEVICES_MAX and all(count <= DEVICES_MAX for count in counts) and len(counts) <= REQUESTS_MAX:
        shown = f"{total} devices in all can never be allocated"
        rules.problems.add(child(path, "requests"), shown, f"one claim holds at most {DEVICES_MAX} devices; split it", rule="strict-count-limit")


def _check_toleration(toleration: dict[str, Any], path: str, rules: Rules) -> None:
    if key := text(toleration.get("key")):
        rules.named(key, names.label_key_problem(key), child(path, "key"))
    operator, value = toleration.get("operator") or "Equal", text(toleration.get("value"))
    rules.word(toleration, "operator", ("Equal", "Exists"), path)
    if operator == "Exists" and value:
        rules.problems.add(child(path, "value"), f"{value!r} must be empty, since operator 'Exists' fits any value", rule="value")
    elif operator == "Equal":
        rules.named(value, names.label_value_problem(value), child(path, "value"))
        if not toleration.get("operator") and not value and not toleration.get("key"):
            hint = "write operator: Exists to fit any value"
            rules.problems.add(path, "fits only taints whose value is empty", hint, rule="strict-toleration-value", severity="warning")
        elif not toleration.get("key"):
            hint = "name the taint's key, or leave out value and operator to tolerate every taint"
            rules.problems.add(child(path, "key"), "is needed to compare a value", hint, rule="strict-toleration-key")
    rules.word(toleration, "effect", EFFECTS, path)
    if toleration.get("tolerationSeconds") is not None and text(toleration.get("effect")) in {"NoSchedule", "None"}:
        shown = f"has no meaning with the effect {toleration['effect']}"
        hint = "use the effect NoExecute, or leave it out"
        rules.problems.add(child(path, "tolerationSeconds"), shown, hint, rule="strict-toleration-seconds")


def _check_admin(path: str, rules: Rules) -> None:
    labels = rules.namespace_labels
    if labels is not None and labels.get(ADMIN_LABEL) == "true":
        return
    hint = f"label the namespace: kubectl label namespace NAMESPACE {ADMIN_LABEL}=true"
    if labels is None:
        rules.problems.add(path, f'needs the label {ADMIN_LABEL}: "true" on its namespace', hint, rule="admin-access", severity="warning")
    else:
        shown = f'is forbidden in a namespace without the label {ADMIN_LABEL}: "true"'
        rules.problems.add(path, shown, hint, rule="admin-access", severity="error")


def _check_references(owner: dict[str, Any], path: str, known: set[str], rules: Rules) -> None:
    place = child(path, "requests")
    if not rules.at_most(owner.get("requests"), REQUESTS_MAX, place):
        return
    for index, name in enumerate(sequence(owner.get("requests"))):
        if not isinstance(name, str):
            continue
        parts = name.split("/")
        faults = [f"{part!r} {fault}" for part in parts if (fault := names.dns_label_problem(part))] if len(parts) < 3 else []
        for fault in faults:
            rules.problems.add(f"{place}[{index}]", fault, rule="name")
        if name not in known and not faults:
            hint = did_you_mean(name, sorted(known))
            rules.problems.add(f"{place}[{index}]", f"{name!r} is not a request of this claim", hint, rule="local-reference")
    _check_duplicates(owner, path, rules)


def _check_duplicates(owner: dict[str, Any], path: str, rules: Rules) -> None:
    seen: set[str] = set()
    for index, name in enumerate(sequence(owner.get("requests"))):
        if isinstance(name, str) and name in seen:
            rules.problems.add(f"{child(path, 'requests')}[{index}]", f"{name!r} appears twice", "leave one of the two out", rule="duplicate")
        seen.add(text(name))


def _check_constraint(constraint: dict[str, Any], path: str, known: set[str], rules: Rules) -> None:
    _check_references(constraint, path, known, rules)
    _check_attribute(constraint, path, rules)


def _check_attribute(constraint: dict[str, Any], path: str, rules: Rules) -> None:
    match, distinct = constraint.get("matchAttribute"), constraint.get("distinctAttribute")
    if match is not None and distinct is not None:
        place = child(path, "distinctAttribute")
        rules.problems.add(place, "is ignored beside matchAttribute", "make it a constraint of its own", rule="strict-constraint-both")
    if match is None and distinct is None:
        rules.problems.add(path, "names no attribute", "give it a matchAttribute or a distinctAttribute", rule="required")
        return
    key, value = ("matchAttribute", match) if match is not None else ("distinctAttribute", distinct)
    if not isinstance(value, str):
        return
    qualified_name(value, child(path, key), rules, full=True)
    domain = value.partition("/")[0]
    if domain != domain.lower() and not names.dns_subdomain_problem(domain.lower()):
        hint = f"did you mean '{domain.lower()}'?"
        rules.problems.add(child(path, key), f"no driver publishes attributes of {domain!r}", hint, rule="strict-attribute-name", severity="warning")


def _check_reach(config: dict[str, Any], path: str, devices: dict[str, Any], rules: Rules) -> None:
    """Whether a configuration for a request with alternatives reaches them."""
    with_alternatives = {
        text(request.get("name")): [text(mapping(sub).get("name")) for sub in sequence(request.get("firstAvailable"))]
        for request in map(mapping, sequence(devices.get("requests")))
        if sequence(request.get("firstAvailable"))
    }
    for index, name in enumerate(sequence(config.get("requests"))):
        if isinstance(name, str) and name in with_alternatives:
            place = f"{child(path, 'requests')}[{index}]"
            wanted = ", ".join(f"{name}/{sub}" for sub in with_alternatives[name])
            shown = f"{name!r} has alternatives, and drivers look for 'REQUEST/ALTERNATIVE'"
            rules.problems.add(place, shown, f"name them: {wanted}", rule="strict-config-request", severity="warning")
