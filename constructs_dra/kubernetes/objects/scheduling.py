"""Rules of where a pod may run: tolerations, affinity, spread, gates, priority."""

from typing import Any

from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import items, mapping, sequence, text, whole
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = ["check_scheduling", "check_toleration"]


def check_scheduling(spec: dict[str, Any], path: str, rules: Rules, *, bare: bool) -> None:
    """Where a pod may run; `bare`: it is a Pod by itself, not a template."""
    for toleration, place in items(spec, "tolerations", path):
        check_toleration(toleration, place, rules)
    _check_affinity(mapping(spec.get("affinity")), child(path, "affinity"), rules)
    _check_spread(spec, path, rules)
    rules.word(spec, "preemptionPolicy", ("PreemptLowerPriority", "Never"), path, empty=False)
    gates: set[str] = set()
    for gate, place in items(spec, "schedulingGates", path):
        name = text(gate.get("name"))
        if fault := names.qualified_name_problem(name):
            rules.problems.add(child(place, "name"), f"{name!r} {fault}", rule="name")
        elif name in gates:
            rules.problems.add(child(place, "name"), f"{name!r} appears twice", "leave one out", rule="duplicate")
        gates.add(name)
    if bare and gates and spec.get("nodeName"):
        rules.value(child(path, "nodeName"), "must be absent while there are schedulingGates")
    if bare and whole(spec.get("priority")) and not spec.get("priorityClassName"):
        shown = f"{spec['priority']} cannot be written into a pod; it comes from the priority class"
        rules.value(child(path, "priority"), shown, "name a class in priorityClassName")


def check_toleration(toleration: dict[str, Any], path: str, rules: Rules) -> None:
    """One toleration of a pod or a claim's request."""
    rules.name(toleration, "key", names.label_key_problem, path)
    operator, place = toleration.get("operator") or "Equal", child(path, "operator")
    comparing = rules.on("TaintTolerationComparisonOperators")
    rules.word(toleration, "operator", ("Equal", "Exists", "Lt", "Gt") if comparing else ("Equal", "Exists"), path)
    if not toleration.get("key") and operator != "Exists":
        rules.value(place, "must be 'Exists' where there is no key")
    if operator == "Exists" and toleration.get("value"):
        rules.value(place, "'Exists' fits any value, and a value is given", "leave the value out, or write operator: Equal")
    elif operator == "Equal":
        rules.name(toleration, "value", names.label_value_problem, path)
    elif text(operator) in {"Lt", "Gt"} and comparing and not text(toleration.get("value")).removeprefix("-").isdigit():
        rules.value(child(path, "value"), f"must be a whole number in quotes with operator {operator!r}")
    rules.word(toleration, "effect", ("NoSchedule", "PreferNoSchedule", "NoExecute"), path)
    if toleration.get("tolerationSeconds") is not None and toleration.get("effect") != "NoExecute":
        rules.value(child(path, "effect"), "must be 'NoExecute' beside tolerationSeconds")


def _check_affinity(affinity: dict[str, Any], path: str, rules: Rules) -> None:
    node, place = mapping(affinity.get("nodeAffinity")), child(path, "nodeAffinity")
    required = node.get("requiredDuringSchedulingIgnoredDuringExecution")
    if isinstance(required, dict):
        where = f"{place}.requiredDuringSchedulingIgnoredDuringExecution"
        if required.get("nodeSelectorTerms") == []:
            rules.problems.add(child(where, "nodeSelectorTerms"), "must hold at least one term", rule="required")
        for term, term_place in items(required, "nodeSelectorTerms", where):
            rules.node_term(term, term_place)
    for preferred, where in items(node, "preferredDuringSchedulingIgnoredDuringExecution", place):
        rules.number(preferred, "weight", where, low=1, high=100)
        rules.node_term(mapping(preferred.get("preference")), child(where, "preference"), values_judged=False)
    for key in ("podAffinity", "podAntiAffinity"):
        pods, place = mapping(affinity.get(key)), child(path, key)
        for term, where in items(pods, "requiredDuringSchedulingIgnoredDuringExecution", place):
            _check_pod_term(term, where, rules)
        for preferred, where in items(pods, "preferredDuringSchedulingIgnoredDuringExecution", place):
            rules.number(preferred, "weight", where, low=1, high=100)
            _check_pod_term(mapping(preferred.get("podAffinityTerm")), child(where, "podAffinityTerm"), rules)


def _check_pod_term(term: dict[str, Any], path: str, rules: Rules) -> None:
    rules.name(term, "topologyKey", names.label_key_problem, path, required=True)
    for key in ("labelSelector", "namespaceSelector"):
        rules.label_selector(term.get(key), child(path, key))
    rules.texts(term, "namespaces", path, names.dns_label_problem)
    for key in ("matchLabelKeys", "mismatchLabelKeys"):
        _check_label_keys(term, key, path, rules)
    shared = {*map(text, sequence(term.get("matchLabelKeys")))} & {*map(text, sequence(term.get("mismatchLabelKeys")))}
    for key in sorted(shared - {""}):
        rules.value(child(path, "matchLabelKeys"), f"{key!r} is in mismatchLabelKeys too")


def _check_label_keys(owner: dict[str, Any], key: str, path: str, rules: Rules) -> None:
    """Keys of the pod's own labels that a selector takes over."""
    keys, place = sequence(owner.get(key)), child(path, key)
    if keys and owner.get("labelSelector") is None:
        rules.value(place, "must be absent where there is no labelSelector")
    rules.texts(owner, key, path, names.label_key_problem)
    selector = mapping(owner.get("labelSelector"))
    used = {text(expression.get("key")) for expression in map(mapping, sequence(selector.get("matchExpressions")))} | set(
        mapping(selector.get("matchLabels"))
    )
    for index, name in enumerate(keys):
        if text(name) in used and key == "matchLabelKeys" and name:
            rules.value(child(place, index), f"{name!r} is in the labelSelector too")


def _check_spread(spec: dict[str, Any], path: str, rules: Rules) -> None:
    seen: set[tuple[str, str]] = set()
    for constraint, place in items(spec, "topologySpreadConstraints", path):
        rules.number(constraint, "maxSkew", place, low=1)
        rules.number(constraint, "minDomains", place, low=1)
        key = text(constraint.get("topologyKey"))
        rules.needed(constraint, place, "topologyKey")
        if key and (fault := names.label_key_problem(key)):
            # the API server only looks whether it is there; no node can have such a label
            rules.problems.add(child(place, "topologyKey"), f"{key!r} {fault}", rule="strict-name")
        rules.word(constraint, "whenUnsatisfiable", ("DoNotSchedule", "ScheduleAnyway"), place, empty=False)
        rules.label_selector(constraint.get("labelSelector"), child(place, "labelSelector"))
        for policy in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
            rules.word(constraint, policy, ("Honor", "Ignore"), place, empty=False)
        _check_label_keys(constraint, "matchLabelKeys", place, rules)
        pair = (key, text(constraint.get("whenUnsatisfiable")))
        if pair in seen:
            rules.problems.add(place, f"repeats {pair[0]} with {pair[1]}", "merge the two", rule="duplicate")
        seen.add(pair)
        if constraint.get("minDomains") is not None and pair[1] != "DoNotSchedule":
            rules.problems.add(child(place, "minDomains"), "needs whenUnsatisfiable: DoNotSchedule", rule="value")
