"""Rules of what makes pods: Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob, LeaderWorkerSet."""

import re
from typing import Any

from constructs_dra.kubernetes.kinds import pod_templates
from constructs_dra.kubernetes.metadata import check_template_metadata
from constructs_dra.kubernetes.objects.pods import check_pod_spec
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text
from constructs_dra.paths import child

__all__ = ["check_workload"]

_SELECTING = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"}
_PERCENT = re.compile(r"[0-9]+%\Z")
_FIELD = r"(?:\*|[0-9A-Za-z]+(?:-[0-9A-Za-z]+)?)(?:/[0-9]+)?"
_CRON = re.compile(rf"(?:{_FIELD}|\?)(?:,{_FIELD})*\Z")


def check_workload(manifest: dict[str, Any], rules: Rules) -> None:
    """Everything about the pods an object makes, and how it makes them."""
    kind = text(manifest.get("kind"))
    spec = mapping(manifest.get("spec"))
    claimed = {text(at(claim, "metadata", "name")) for claim in sequence(spec.get("volumeClaimTemplates"))}
    for template, path in pod_templates(manifest):
        if path:
            check_template_metadata(template.get("metadata"), child(path, "metadata"), rules.problems)
        if isinstance(template.get("spec"), dict):
            check_pod_spec(template["spec"], child(path, "spec") if path else "spec", rules, more_volumes=claimed)
        elif path == "":
            rules.problems.add("spec", "is missing", rule="required")
        if at(template, "spec", "ephemeralContainers") and not at(manifest, "metadata", "uid"):
            hint = "kubectl debug adds them to a pod that runs"
            place = child(child(path, "spec") if path else "spec", "ephemeralContainers")
            rules.problems.add(place, "cannot be there from the start", hint, rule="value")
        _check_restart(kind, template, path, rules)
    if kind in _SELECTING:
        _check_selector(spec, rules)
    if kind in {"Deployment", "StatefulSet", "ReplicaSet"}:
        rules.number(spec, "replicas", "spec")
    for key in ("minReadySeconds", "revisionHistoryLimit", "parallelism", "completions", "backoffLimit", "ttlSecondsAfterFinished"):
        rules.number(spec, key, "spec")
    if kind == "Deployment":
        _check_strategy(mapping(spec.get("strategy")), "spec.strategy", rules)
    elif kind == "StatefulSet":
        rules.word(spec, "podManagementPolicy", ("OrderedReady", "Parallel"), "spec")
        rules.word(mapping(spec.get("updateStrategy")), "type", ("RollingUpdate", "OnDelete"), "spec.updateStrategy")
    elif kind == "DaemonSet":
        rules.word(mapping(spec.get("updateStrategy")), "type", ("RollingUpdate", "OnDelete"), "spec.updateStrategy")
    elif kind == "CronJob":
        _check_cron(spec, rules)


def _check_restart(kind: str, template: dict[str, Any], path: str, rules: Rules) -> None:
    """Which restart policies a kind of workload allows."""
    policy = at(template, "spec", "restartPolicy")
    place = f"{path}.spec.restartPolicy"
    if kind in {"Job", "CronJob"}:
        if text(policy) not in {"OnFailure", "Never"} and isinstance(template.get("spec"), dict):
            found = "is missing" if policy is None else f"{policy!r} is not allowed"
            rules.problems.add(place, found, f"a {kind} needs OnFailure or Never", rule="value" if policy else "required")
    elif kind in _SELECTING:
        if policy not in (None, "", "Always") and isinstance(policy, str):
            hint = f"the pods of a {kind} always restart; use a Job for work that ends"
            rules.problems.add(place, f"{policy!r} is not allowed", hint, rule="value")
        if at(template, "spec", "activeDeadlineSeconds") is not None and kind != "StatefulSet":
            rules.problems.add(f"{path}.spec.activeDeadlineSeconds", f"is not allowed in a {kind}", rule="value")


def _check_selector(spec: dict[str, Any], rules: Rules) -> None:
    selector, labels = spec.get("selector"), at(spec, "template", "metadata", "labels")
    rules.label_selector(selector, "spec.selector")
    if not isinstance(selector, dict):
        return
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        rules.problems.add("spec.selector", "selects nothing", "repeat the template's labels that tell its pods apart", rule="selector")
    elif not rules.selects(selector, labels):
        wanted = mapping(selector.get("matchLabels"))
        off = [f"{key}: {value}" for key, value in wanted.items() if mapping(labels).get(key) != value]
        hint = f"add {', '.join(off)} to the template's labels" if off else "make the labels fit the expressions"
        rules.problems.add("spec.template.metadata.labels", "are not selected by spec.selector", hint, rule="selector")


def _is_zero(value: Any) -> bool:
    return value in (0, "0", "0%") and not isinstance(value, bool)


def _check_strategy(strategy: dict[str, Any], path: str, rules: Rules) -> None:
    rules.word(strategy, "type", ("RollingUpdate", "Recreate"), path)
    rolling, place = strategy.get("rollingUpdate"), child(path, "rollingUpdate")
    if strategy.get("type") == "Recreate" and rolling is not None:
        rules.problems.add(place, "must be absent with type Recreate", rule="one-of")
        return
    for key in ("maxSurge", "maxUnavailable"):
        value = mapping(rolling).get(key)
        if isinstance(value, str) and not _PERCENT.match(value):
            rules.problems.add(child(place, key), f"{value!r} is neither a whole number nor a percentage like '25%'", rule="value")
        rules.number(mapping(rolling), key, place)
    if isinstance(rolling, dict) and _is_zero(rolling.get("maxSurge")) and _is_zero(rolling.get("maxUnavailable")):
        rules.problems.add(child(place, "maxUnavailable"), "must not be 0 where maxSurge is 0", rule="value")


def _check_cron(spec: dict[str, Any], rules: Rules) -> None:
    schedule = text(spec.get("schedule"))
    rules.word(spec, "concurrencyPolicy", ("Allow", "Forbid", "Replace"), "spec")
    if not schedule:
        rules.needed(spec, "spec", "schedule")
    elif schedule.startswith("@"):
        if not schedule.startswith("@every ") and schedule not in {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}:
            rules.problems.add("spec.schedule", f"{schedule!r} is no schedule", rule="value")
    elif "TZ=" in schedule:
        rules.problems.add("spec.schedule", "must not hold a time zone", "use spec.timeZone", rule="value")
    elif len(schedule.split()) != 5 or not all(map(_CRON.match, schedule.split())):
        hint = "minute hour day-of-month month day-of-week, like '0 3 * * *'"
        rules.problems.add("spec.schedule", f"{schedule!r} is no schedule of five fields", hint, rule="value")


def container_port_names(template: dict[str, Any]) -> set[str]:
    """Names of all ports of a pod template."""
    spec = mapping(template.get("spec"))
    return {
        text(port.get("name"))
        for key in ("containers", "initContainers")
        for container, place in items(spec, key, "")
        for port, _ in items(container, "ports", place)
    } - {""}
