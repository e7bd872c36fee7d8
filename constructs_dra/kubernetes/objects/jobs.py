"""Rules of jobs: how often pods run, which failures count, what is success, and when a CronJob starts one."""

import re
from functools import cache
from typing import Any

from constructs_dra.errors import did_you_mean
from constructs_dra.kubernetes.rules import Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text, whole
from constructs_dra.lazy import lazy_pattern
from constructs_dra.lexical import names
from constructs_dra.packaged import packaged_text
from constructs_dra.paths import child

__all__ = ["check_cron_job", "check_job"]

_MOST_INDEXES = 100_000
_MOST_FAILED_OF_MANY = 10_000
_MOST_RULES = 20
_MOST_INDEX_TEXT = 64 * 1024
_COUNTS = (
    "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes",
)  # fmt: skip
_INTERVALS = lazy_pattern(r"\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*\Z", re.ASCII)


def check_job(spec: dict[str, Any], path: str, rules: Rules, *, template: bool = False) -> None:
    """The spec of a Job, or (`template`) of one that a CronJob starts."""
    for key in _COUNTS:
        rules.number(spec, key, path)
    rules.word(spec, "completionMode", ("NonIndexed", "Indexed"), path, empty=False)
    replacements = ("Failed",) if spec.get("podFailurePolicy") is not None else ("TerminatingOrFailed", "Failed")
    rules.word(spec, "podReplacementPolicy", replacements, path, empty=False)
    _check_manager(spec, path, rules)
    _check_indexes(spec, path, rules)
    if isinstance(spec.get("podFailurePolicy"), dict):
        _check_failures(spec, spec["podFailurePolicy"], child(path, "podFailurePolicy"), rules)
    if isinstance(spec.get("successPolicy"), dict):
        _check_success(spec, spec["successPolicy"], child(path, "successPolicy"), rules)
    _check_job_selector(spec, path, rules, template=template)


def _check_job_selector(spec: dict[str, Any], path: str, rules: Rules, *, template: bool) -> None:
    """Jobs select their pods by labels of their own, unless somebody insists."""
    selector, place = spec.get("selector"), child(path, "selector")
    manual = spec.get("manualSelector") is True
    rules.label_selector(selector, place)
    if template:
        if selector is not None:
            rules.value(place, "must be absent; each job gets its own")
        if manual:
            rules.value(child(path, "manualSelector"), "must not be true in a CronJob")
    elif manual and selector is None:
        rules.problems.add(place, "is missing", "manualSelector: true needs it", rule="required")
    elif manual and not rules.selects(selector, at(spec, "template", "metadata", "labels")):
        rules.problems.add(f"{path}.template.metadata.labels", f"are not selected by {place}", rule="selector")
    elif not manual and (mapping(selector).get("matchLabels") or mapping(selector).get("matchExpressions")):
        rules.value(place, "must be absent; the job gets its own", "manualSelector: true keeps it")


def _check_manager(spec: dict[str, Any], path: str, rules: Rules) -> None:
    manager = spec.get("managedBy")
    if not isinstance(manager, str):
        return
    place = child(path, "managedBy")
    if fault := names.domain_path_problem(manager):
        rules.value(place, f"{manager!r} {fault}")
    if len(manager) > 63:
        rules.problems.add(place, f"is {len(manager)} bytes long; at most 63 are allowed", rule="too-long")


def _check_indexes(spec: dict[str, Any], path: str, rules: Rules) -> None:
    """Indexed jobs, of which each index may fail by itself."""
    indexed = spec.get("completionMode") == "Indexed"
    completions, parallel = whole(spec.get("completions")), whole(spec.get("parallelism"))
    failed, limit = whole(spec.get("maxFailedIndexes")), whole(spec.get("backoffLimitPerIndex"))
    if indexed and parallel is not None and parallel > _MOST_INDEXES:
        rules.value(child(path, "parallelism"), f"{parallel} must be at most {_MOST_INDEXES:,} with completionMode Indexed")
    if limit is not None and not indexed:
        rules.value(child(path, "backoffLimitPerIndex"), "needs completionMode Indexed")
    if failed is not None:
        place = child(path, "maxFailedIndexes")
        if limit is None:
            rules.problems.add(child(path, "backoffLimitPerIndex"), "is missing", "maxFailedIndexes needs it", rule="required")
        if completions is not None and failed > completions:
            rules.value(place, f"{failed} must be at most the {completions} completions")
        if failed > _MOST_INDEXES:
            rules.value(place, f"{failed} must be at most {_MOST_INDEXES:,}")
    if limit is not None and completions is not None and completions > _MOST_INDEXES:
        if failed is None:
            rules.problems.add(child(path, "maxFailedIndexes"), f"is missing; more than {_MOST_INDEXES:,} completions need it", rule="required")
        elif failed > _MOST_FAILED_OF_MANY:
            rules.value(child(path, "maxFailedIndexes"), f"must be at most {_MOST_FAILED_OF_MANY:,} of so many completions")
        if parallel is not None and parallel > _MOST_FAILED_OF_MANY:
            rules.value(child(path, "parallelism"), f"must be at most {_MOST_FAILED_OF_MANY:,} of so many completions")


def _check_failures(spec: dict[str, Any], policy: dict[str, Any], path: str, rules: Rules) -> None:
    if at(spec, "template", "spec", "restartPolicy") == "OnFailure":
        rules.value(child(path, "rules"), "need the pods' restartPolicy Never")
    rules.at_most(policy.get("rules"), _MOST_RULES, child(path, "rules"))
    pod = at(spec, "template", "spec")
    containers = {text(container.get("name")) for key in ("containers", "initContainers") for container, _ in items(pod, key, "")}
    for rule, place in items(policy, "rules", path):
        rules.word(rule, "action", ("Count", "FailIndex", "FailJob", "Ignore"), place, required=True)
        if rule.get("action") == "FailIndex" and spec.get("backoffLimitPerIndex") is None:
            rules.value(child(place, "action"), "FailIndex needs spec.backoffLimitPerIndex")
        codes, conditions = rule.get("onExitCodes"), sequence(rule.get("onPodConditions"))
        if (codes is None) != bool(conditions):
            found = "has neither onExitCodes nor onPodConditions" if codes is None else "has both onExitCodes and onPodConditions"
            rules.problems.add(place, found, "give one of the two", rule="one-of")
        if isinstance(codes, dict):
            _check_exit_codes(codes, child(place, "onExitCodes"), rules, containers)
        rules.at_most(conditions, _MOST_RULES, child(place, "onPodConditions"))
        for condition, where in items(rule, "onPodConditions", place):
            rules.name(condition, "type", names.qualified_name_problem, where, required=True)
            if "type" not in condition:
                rules.problems.add(child(where, "type"), "is missing", rule="required")
            rules.word(condition, "status", ("True", "False", "Unknown"), where)


def _check_exit_codes(codes: dict[str, Any], path: str, rules: Rules, containers: set[str]) -> None:
    rules.word(codes, "operator", ("In", "NotIn"), path, required=True)
    name = codes.get("containerName")
    if isinstance(name, str) and name not in containers:
        rules.problems.add(
            child(path, "containerName"), f"there is no container {name!r}", did_you_mean(name, sorted(containers)), rule="local-reference"
        )
    values, place = [value for value in map(whole, sequence(codes.get("values"))) if value is not None], child(path, "values")
    if not values:
        rules.problems.add(place, "is missing", rule="required")
    rules.at_most(values, 255, place)
    rules.distinct(codes, "values", path)
    if values != sorted(values):
        rules.value(place, "must be in ascending order")
    if codes.get("operator") == "In" and 0 in values:
        rules.value(place, "must not hold 0, which is not a failure")


def _check_success(spec: dict[str, Any], policy: dict[str, Any], path: str, rules: Rules) -> None:
    if spec.get("completionMode") != "Indexed":
        rules.value(path, "needs completionMode Indexed")
    entries = sequence(policy.get("rules"))
    if not entries:
        rules.problems.add(child(path, "rules"), "must hold at least one rule", rule="required")
    rules.at_most(entries, _MOST_RULES, child(path, "rules"))
    completions = whole(spec.get("completions"))
    for rule, place in items(policy, "rules", path):
        indexes, count = rule.get("succeededIndexes"), whole(rule.get("succeededCount"))
        if indexes is None and count is None:
            rules.problems.add(place, "has neither succeededIndexes nor succeededCount", rule="required")
        rules.number(rule, "succeededCount", place, low=1)
        if count is not None and completions is not None and count > completions:
            rules.value(child(place, "succeededCount"), f"{count} must be at most the {completions} completions")
        if isinstance(indexes, str):
            _check_succeeded(indexes, count, completions, place, rules)


def _check_succeeded(indexes: str, count: int | None, completions: int | None, path: str, rules: Rules) -> None:
    place = child(path, "succeededIndexes")
    if len(indexes) > _MOST_INDEX_TEXT:
        rules.problems.add(place, f"has {len(indexes):,} characters; at most {_MOST_INDEX_TEXT:,} are allowed", rule="too-long")
        return
    if (indexes and not _INTERVALS.match(indexes)) or any(len(number) > 9 for number in re.split("[,-]", indexes)):
        rules.value(place, f"{indexes!r} is not a list of indexes like '0-1,3'")
        return
    total, last = 0, -1
    for part in filter(None, indexes.split(",")):
        first, _, end = part.partition("-")
        low, high = int(first), int(end or first)
        if low <= last or high < low:
            rules.value(place, f"{indexes!r} must be in ascending order")
            return
        total, last = total + high - low + 1, high
    if completions is not None and last >= completions:
        rules.value(place, f"{last} is not an index of {completions} completions")
    if count is not None and count > total:
        rules.value(child(path, "succeededCount"), f"{count} must be at most the {total} indexes of succeededIndexes")


_DESCRIPTORS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_DURATION = lazy_pattern(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h)(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))*\Z", re.ASCII)
_MONTHS: dict[str, int] = dict(zip(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), range(1, 13), strict=True))
_DAYS: dict[str, int] = dict(zip(("sun", "mon", "tue", "wed", "thu", "fri", "sat"), range(7), strict=True))
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}), ("hour", 0, 23, {}), ("day of month", 1, 31, {}), ("month", 1, 12, _MONTHS), ("day of week", 0, 6, _DAYS),
)  # fmt: skip


def check_cron_job(spec: dict[str, Any], rules: Rules) -> None:
    """The spec of a CronJob and of the jobs it starts."""
    schedule = text(spec.get("schedule"))
    rules.word(spec, "concurrencyPolicy", ("Allow", "Forbid", "Replace"), "spec")
    for key in ("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        rules.number(spec, key, "spec")
    if not schedule:
        rules.needed(spec, "spec", "schedule")
    elif "TZ" in schedule:
        rules.value("spec.schedule", "must not hold a time zone", "use spec.timeZone")
    elif fault := _schedule_problem(schedule):
        rules.value("spec.schedule", f"{schedule!r} {fault}", "minute hour day-of-month month day-of-week, like '0 3 * * *'")
    zone = spec.get("timeZone")
    if isinstance(zone, str) and zone not in _zones():
        rules.value("spec.timeZone", f"{zone!r} is not a time zone" if zone else "must not be empty", _near_zone(zone))
    check_job(mapping(at(spec, "jobTemplate", "spec")), "spec.jobTemplate.spec", rules, template=True)


@cache
def _zones() -> frozenset[str]:
    """Names of the IANA time zone database."""
    return frozenset(packaged_text(__file__, "../data/time-zones.txt").split())


def _near_zone(zone: str) -> str:
    return did_you_mean(zone, sorted(_zones()), fallback=lambda _: "a name of the IANA database, like Europe/Berlin or Etc/UTC") if zone else ""


def _schedule_problem(schedule: str) -> str:
    """What is wrong with a schedule, as the library cron of Kubernetes reads it."""
    if schedule.startswith("@"):
        if schedule.startswith("@every "):
            return "" if _DURATION.match(schedule.removeprefix("@every ")) else "has no duration like 1h30m"
        return "" if schedule in _DESCRIPTORS else "is not a schedule"
    parts = schedule.split()
    if len(parts) != len(_FIELDS):
        return "is not a schedule of five fields"
    for part, (name, low, high, words) in zip(parts, _FIELDS, strict=True):
        for entry in filter(None, part.split(",")):
            if fault := _range_problem(entry, low, high, words):
                return f"is not a schedule: {name} {entry!r} {fault}"
    return ""


def _range_problem(entry: str, low: int, high: int, words: dict[str, int]) -> str:
    span, *steps = entry.split("/")
    ends = span.split("-")
    if len(steps) > 1 or len(ends) > 2:
        return "has too many parts"
    step = steps[0] if steps else "1"
    if not (step.isascii() and step.isdigit()) or len(step) > 9 or int(step) == 0:
        return f"has the step {step!r}, which is not a number greater than 0"
    if ends[0] in {"*", "?"}:
        return "" if len(ends) == 1 else "is not a range"
    numbers = [words.get(end.lower(), int(end) if end.isascii() and end.isdigit() and len(end) < 10 else None) for end in ends]
    first, last = numbers[0], numbers[-1]
    if first is None or last is None:
        return "is neither a number nor a name"
    if len(numbers) == 1 and steps:
        last = high
    if first < low or last > high:
        return f"must lie between {low} and {high}"
    return "" if first <= last else "ends before it begins"
