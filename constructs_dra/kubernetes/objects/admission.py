"""Rules of what judges other objects: webhooks, and ValidatingAdmissionPolicies with their bindings."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from constructs_dra.kubernetes.metadata import path_segment_problem
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import items, mapping, sequence, text
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = ["CHECKS"]

_POLICIES = ("Fail", "Ignore")
_MATCHES = ("Exact", "Equivalent")
_OPERATIONS = ("CREATE", "UPDATE", "DELETE", "CONNECT", "*")
_SCOPES = ("Cluster", "Namespaced", "*")
_REASONS = ("Forbidden", "Invalid", "RequestEntityTooLarge")
_ACTIONS = ("Deny", "Warn", "Audit")
_REVIEWS = ("v1", "v1beta1")
_MOST_CONDITIONS = 64
_MOST_AUDITS = 20
_LONGEST_AUDIT = 5 * 1024


def _webhooks(manifest: dict[str, Any], rules: Rules) -> None:
    rules.unique(manifest, "webhooks", "")
    for hook, place in items(manifest, "webhooks", ""):
        _check_hook(hook, place, rules)
        if manifest.get("kind") == "MutatingWebhookConfiguration":
            rules.word(hook, "reinvocationPolicy", ("Never", "IfNeeded"), place, empty=False)


def _check_hook(hook: dict[str, Any], path: str, rules: Rules) -> None:
    rules.name(hook, "name", _full_name_problem, path, required=True)
    rules.word(hook, "failurePolicy", _POLICIES, path, empty=False)
    rules.word(hook, "matchPolicy", _MATCHES, path, empty=False)
    rules.word(hook, "sideEffects", ("None", "NoneOnDryRun"), path, required=True)
    rules.number(hook, "timeoutSeconds", path, low=1, high=30)
    for key in ("namespaceSelector", "objectSelector"):
        rules.label_selector(hook.get(key), child(path, key))
    versions, place = sequence(hook.get("admissionReviewVersions")), child(path, "admissionReviewVersions")
    rules.distinct(hook, "admissionReviewVersions", path)
    rules.texts(hook, "admissionReviewVersions", path, names.dns1035_label_problem)
    if not set(_REVIEWS) & set(map(text, versions)):
        rules.value(place, f"must hold one of {', '.join(_REVIEWS)}")
    _check_client(mapping(hook.get("clientConfig")), child(path, "clientConfig"), rules)
    for rule, where in items(hook, "rules", path):
        _check_rule(rule, where, rules)
    _check_conditions(hook, path, rules)


def _full_name_problem(name: str) -> str:
    return names.dns_subdomain_problem(name) or ("" if name.count(".") > 1 else "must be a domain of three parts at least, like check.example.com")


def _check_client(client: dict[str, Any], path: str, rules: Rules) -> None:
    kind = rules.one_of(client, ("url", "service"), path, "address")
    if kind == "url":
        try:
            url = urlsplit(text(client["url"]))
            right = url.scheme == "https" and url.hostname and not (url.username or url.password or url.query or url.fragment)
        except ValueError:
            right = False
        if not right:
            rules.value(child(path, "url"), "must be an address that begins with https://, without user, query and fragment")
    elif kind == "service":
        service, place = mapping(client["service"]), child(path, "service")
        rules.needed(service, place, "namespace", "name")
        rules.number(service, "port", place, low=1, high=65535)
        route = service.get("path")
        if isinstance(route, str) and not _is_route(route):
            rules.value(child(place, "path"), f"{route!r} must be a path like /check")


def _is_route(route: str) -> bool:
    """Whether a text is a path of names that a webhook may be reached at."""
    parts = route.removeprefix("/").removesuffix("/").split("/")
    return route.startswith("/") and (route == "/" or not any(map(names.dns_subdomain_problem, parts)))


def _check_rule(rule: dict[str, Any], path: str, rules: Rules) -> None:
    rules.missing(rule, path, "operations", "apiGroups", "apiVersions", "resources")
    rules.words(rule, "operations", _OPERATIONS, path)
    rules.word(rule, "scope", _SCOPES, path, empty=False)
    for key in ("operations", "apiGroups", "apiVersions"):
        values = sequence(rule.get(key))
        if "*" in values and len(values) > 1:
            rules.value(child(path, key), "'*' must stand alone")
    for key in ("apiVersions", "resources"):
        rules.texts(rule, key, path, lambda value: "" if value else "must not be empty")
    _check_resources(rule, path, rules)
    rules.distinct(rule, "resourceNames", path)
    rules.texts(rule, "resourceNames", path, path_segment_problem)


def _check_resources(rule: dict[str, Any], path: str, rules: Rules) -> None:
    """Resources and their parts, none of them covered by another."""
    resources, place = list(map(text, sequence(rule.get("resources")))), child(path, "resources")
    plain = [name for name in resources if "/" not in name]
    if ("*" in plain and plain[-1] != "*") or ("*/*" in resources and len(resources) > 1):
        rules.value(place, "'*' and '*/*' must stand alone")
    for index, name in enumerate(resources):
        resource, slash, part = name.partition("/")
        wider = {f"{resource}/*", f"*/{part}"} & set(resources[:index]) if slash else None
        if wider:
            rules.value(child(place, index), f"{name!r} is part of {min(wider)!r}")


def _check_conditions(owner: dict[str, Any], path: str, rules: Rules) -> None:
    rules.at_most(owner.get("matchConditions"), _MOST_CONDITIONS, child(path, "matchConditions"))
    rules.unique(owner, "matchConditions", path)
    for condition, place in items(owner, "matchConditions", path):
        rules.name(condition, "name", names.qualified_name_problem, place, required=True)
        _check_expression(condition, "expression", place, rules)


def _check_expression(owner: dict[str, Any], key: str, path: str, rules: Rules) -> None:
    """An expression that is there; what it says is for the API server."""
    if isinstance(owner.get(key), str) and not owner[key].strip():
        rules.required(child(path, key))


def _check_matched(resources: dict[str, Any], path: str, rules: Rules) -> None:
    rules.word(resources, "matchPolicy", _MATCHES, path, empty=False)
    for key in ("namespaceSelector", "objectSelector"):
        rules.label_selector(resources.get(key), child(path, key))
    for key in ("resourceRules", "excludeResourceRules"):
        for rule, place in items(resources, key, path):
            _check_rule(rule, place, rules)


def _check_kind(kind: dict[str, Any], path: str, rules: Rules) -> None:
    rules.missing(kind, path, "apiVersion", "kind")
    group, slash, version = text(kind.get("apiVersion")).rpartition("/")
    if kind.get("apiVersion") and (names.dns1035_label_problem(version) or (slash and names.dns_subdomain_problem(group))):
        rules.value(child(path, "apiVersion"), f"{text(kind.get('apiVersion'))!r} is not a version of an API, like apps/v1")
    if kind.get("kind") and names.dns1035_label_problem(text(kind.get("kind")).lower()):
        rules.value(child(path, "kind"), f"{text(kind.get('kind'))!r} is not the name of a kind")


def _policy(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    rules.word(spec, "failurePolicy", _POLICIES, "spec", empty=False)
    if isinstance(spec.get("paramKind"), dict):
        _check_kind(spec["paramKind"], "spec.paramKind", rules)
    rules.missing(spec, "spec", "matchConstraints")
    constraints = mapping(spec.get("matchConstraints"))
    if constraints:
        rules.missing(constraints, "spec.matchConstraints", "resourceRules")
        _check_matched(constraints, "spec.matchConstraints", rules)
    if not spec.get("validations") and not spec.get("auditAnnotations"):
        rules.problems.add("spec.validations", "is missing", "give validations or auditAnnotations", rule="required")
    _check_conditions(spec, "spec", rules)
    rules.unique(spec, "variables", "spec")
    for variable, place in items(spec, "variables", "spec"):
        rules.name(variable, "name", names.c_identifier_problem, place, required=True)
        _check_expression(variable, "expression", place, rules)
    for validation, place in items(spec, "validations", "spec"):
        _check_expression(validation, "expression", place, rules)
        for key in ("message", "messageExpression"):
            if text(validation.get(key)) and not validation[key].strip():
                rules.value(child(place, key), "must not be blank")
        rules.word(validation, "reason", _REASONS, place, empty=False)
        if any(end in text(validation.get("message")).strip() for end in "\r\n"):
            rules.value(child(place, "message"), "must be one line")
    rules.at_most(spec.get("auditAnnotations"), _MOST_AUDITS, "spec.auditAnnotations")
    rules.unique(spec, "auditAnnotations", "spec", "key")
    for annotation, place in items(spec, "auditAnnotations", "spec"):
        rules.name(annotation, "key", names.qualified_name_problem, place, required=True)
        _check_expression(annotation, "valueExpression", place, rules)
        if len(text(annotation.get("valueExpression")).encode(errors="replace")) > _LONGEST_AUDIT:
            rules.problems.add(child(place, "valueExpression"), f"may have at most {_LONGEST_AUDIT:,} bytes", rule="too-long")


def _policy_binding(manifest: dict[str, Any], rules: Rules) -> None:
    spec = mapping(manifest.get("spec"))
    rules.needed(spec, "spec", "policyName")
    rules.name(spec, "policyName", names.dns_subdomain_problem, "spec")
    rules.missing(spec, "spec", "validationActions")
    rules.words(spec, "validationActions", _ACTIONS, "spec")
    rules.distinct(spec, "validationActions", "spec")
    if {"Deny", "Warn"} <= set(map(text, sequence(spec.get("validationActions")))):
        rules.value("spec.validationActions", "must not hold both Deny and Warn, since a refusal warns already")
    reference, place = spec.get("paramRef"), "spec.paramRef"
    if isinstance(reference, dict):
        rules.one_of({key: reference.get(key) or None for key in ("name", "selector")}, ("name", "selector"), place, "reference")
        rules.word(reference, "parameterNotFoundAction", ("Allow", "Deny"), place, required=True)
        rules.label_selector(reference.get("selector"), child(place, "selector"))
    _check_matched(mapping(spec.get("matchResources")), "spec.matchResources", rules)


CHECKS: dict[str, Callable[[dict[str, Any], Rules], None]] = {
    "ValidatingWebhookConfiguration": _webhooks,
    "MutatingWebhookConfiguration": _webhooks,
    "ValidatingAdmissionPolicy": _policy,
    "ValidatingAdmissionPolicyBinding": _policy_binding,
}
"""The check of each kind of this file."""
