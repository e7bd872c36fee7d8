"""What is wrong with the command line and the environment of an engine, by the version in its image.

Where the version is known, the engine's own parser decides. Where it is not, every version is asked: what all refuse is an error, what some refuse
is a warning that says which versions take it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from attrs import evolve

from constructs_dra.engines.catalogue import Entry, dialect, flag_spans, retirement
from constructs_dra.engines.finding import UNKNOWN_DEVICES, Devices, Finding
from constructs_dra.engines.images import Image
from constructs_dra.engines.launch import Launch
from constructs_dra.engines.others import other_findings
from constructs_dra.engines.preparation import Fault
from constructs_dra.engines.reader import Given, Reading
from constructs_dra.engines.readings import either, every, one, plain, reading_of, without_numbers
from constructs_dra.engines.starting import memory_findings, start_findings
from constructs_dra.engines.variables import variable_findings
from constructs_dra.engines.versions import number, span_words, spans_of, standing, unknown_version, versions
from constructs_dra.errors import did_you_mean, shown

__all__ = ["findings", "version_findings"]

_RULES = {
    "unknown": "engine-flag-unknown",
    "ambiguous": "engine-flag-ambiguous",
    "extra": "engine-argument-extra",
    "missing": "engine-flag-value",
    "explicit": "engine-flag-value",
    "choice": "engine-flag-choice",
    "json": "engine-flag-json",
    "key": "engine-flag-key",
    "model": "engine-model-place",
    "config": "engine-config-file",
    "help": "engine-flag-help",
}


def version_findings(about: Image) -> Iterator[Finding]:
    """A version that an image is said to hold and the catalogue does not have."""
    if not about.claimed:
        return
    first, last = versions()[0], versions()[-1]
    stands = standing(about.claimed)
    if stands == "never":
        message = f"there is no vLLM {about.claimed}: every release from {first} to {last} is known"
        yield Finding(rule="engine-version", message=message, hint=unknown_version(about.claimed), field="image")
        return
    words = f"newer than {last}, the newest" if stands == "newer" else f"older than {first}, the oldest"
    message = f"vLLM {about.claimed} is {words} version known here, so its command line is judged against every known one"
    hint = "a newer version of this library may know it" if stands == "newer" else "take a newer image"
    yield Finding(rule="engine-version", message=message, hint=hint, severity="warning", field="image")


def findings(launch: Launch, devices: Devices = UNKNOWN_DEVICES) -> tuple[Finding, ...]:
    """Everything that is wrong with a launch. vLLM's command line is known by version; of other engines only a few flags are.

    Args:
        launch: The launch.
        devices: What the container gets. Default: not known.
    """
    if launch.engine != "vllm":
        return tuple(other_findings(launch, devices))
    found: list[Finding] = []
    if launch.fault:
        line, column = launch.fault_place
        found.append(
            Finding(rule="engine-script", message=f"line {line}, column {column} of the script: {launch.fault}", hint="nothing after it is read")
        )
    if launch.stray[0]:
        flag, line = launch.stray
        message = f"line {line} of the script: {_short(flag)} stands as a command of its own, and the server never sees it"
        hint = "end the line before with a backslash, and put no comment between"
        found.append(Finding(rule="engine-script", message=message, hint=hint))
    texts = launch.texts
    found += _mildly(_command_line(without_numbers(plain(texts)), launch.entry, launch.image.version), launch.image)
    found += _unread(launch)
    found += start_findings(launch, devices)
    found += memory_findings(launch, devices)
    found += [
        Finding(rule=rule, message=message, hint=hint, severity=severity, variable=name)
        for rule, name, message, hint, severity in variable_findings(launch.environment, launch.image)
    ]
    return tuple(found)


def _mildly(found: Iterable[Finding], about: Image) -> Iterator[Finding]:
    """What all known versions refuse an unknown older or newer one may take: a warning."""
    unsure = bool(about.claimed) and standing(about.claimed) != "never"
    for each in found:
        yield evolve(each, severity="warning") if unsure else each


def _unread(launch: Launch) -> Iterator[Finding]:
    """Arguments that stand alone and are not known before the container runs: they may hold flags."""
    if not any(argument.opaque for argument in launch.arguments):
        return
    version = launch.image.version or versions()[-1]
    for index in reading_of(launch, version).opaque:
        words = ", ".join(dict.fromkeys(launch.arguments[index].opaque))
        message = f"{words} is known only when the container runs; flags it may hold are not checked"
        yield Finding(rule="engine-unread", message=message, severity="warning", index=index)


def _model_with_flags(texts: Sequence[str]) -> Iterator[Finding]:
    """The model and flags in one argument: all of it is taken for the model's name."""
    for index, text in enumerate(texts):
        if re.match(r"[^-\s]\S*\s+--?[A-Za-z]", text) and (index == 0 or texts[index - 1] == "--model"):
            message = f"the whole argument is taken for the model's name: {shown(text)}"
            yield Finding(rule="engine-argument-extra", message=message, hint="write the model and each flag as arguments of their own", index=index)


@lru_cache(maxsize=4096)
def _command_line(texts: tuple[str, ...], entry: Entry | None, version: str | None) -> tuple[Finding, ...]:
    return (*_model_with_flags(texts), *_parsed(texts, entry, version))


def _parsed(texts: tuple[str, ...], entry: Entry | None, version: str | None) -> tuple[Finding, ...]:
    if version is not None:
        reading = one(texts, version, entry) if entry else either(texts, version)
        return tuple(_of_version(reading, version))
    return tuple(_of_any(texts, entry))


def _of_version(reading: Reading, version: str) -> Iterator[Finding]:
    for fault in _without_echoes(reading.faults):
        yield _finding(fault, version)
    yield from _style(reading, f"vLLM {version}")


def _without_echoes(faults: Sequence[Fault]) -> list[Fault]:
    """Without the value after a flag that is not known, which the parser takes for one argument too many."""
    unknown = {fault.index for fault in faults if fault.kind == "unknown"}
    return [fault for fault in faults if fault.kind != "extra" or fault.index - 1 not in unknown]


def _finding(fault: Fault, version: str) -> Finding:
    """What a parser refuses, in words for people."""
    rule = _RULES.get(fault.kind, "engine-flag-value")
    if fault.kind == "unknown":
        return _unknown(fault, version)
    message = fault.words if fault.kind in {"model", "config", "help"} else f"vLLM {version} refuses it: {fault.words}"
    if fault.kind == "extra":
        message = f"vLLM {version} takes no further argument: {shown(fault.value)}"
        hint = "a value that belongs to a flag stands right after it"
        if fault.value.startswith("-") and " " in fault.value:
            hint = "one argument holds both the flag and its value: write them as two, or with = between"
        return Finding(rule=rule, message=message, hint=hint, index=fault.index)
    return Finding(rule=rule, message=message, hint=fault.hint, index=fault.index, flags=(fault.flag,) if fault.flag else ())


def _unknown(fault: Fault, version: str) -> Finding:
    """A flag the version does not have: because none has it, or because others do."""
    name = fault.flag
    spans = flag_spans(name)
    message = f"vLLM {version} has no flag {_short(name)}"
    if not spans:
        hint = did_you_mean(name, dialect(version).options, fallback=lambda _: "") or "no version has it"
        return Finding(rule="engine-flag-unknown", message=message, hint=hint, index=fault.index, flags=(name,))
    instead = _instead(name)
    known = f"versions that have it: {span_words(spans)}"
    return Finding(rule="engine-flag-version", message=message, hint="; ".join(filter(None, (known, instead))), index=fault.index, flags=(name,))


def _instead(name: str) -> str:
    """What replaces a flag, in words; empty where nothing is known."""
    use = retirement(name)
    return "nothing replaces it" if use.startswith("none") else f"instead: {use}" if use else ""


def _style(reading: Reading, who: str) -> Iterator[Finding]:
    """What the parser takes and people should not write."""
    seen: dict[str, Given] = {}
    for given in reading.given:
        flag = given.flag
        if given.index < 0:
            continue
        if given.abbreviated:
            message = f"{given.written} is an abbreviation of {given.spelling}"
            hint = f"write {given.spelling}: a version with another flag that begins so refuses it as ambiguous"
            yield Finding(rule="engine-flag-abbreviated", message=message, hint=hint, severity="warning", index=given.index, flags=(given.spelling,))
        if flag.deprecated:
            message = f"{given.spelling} is deprecated in {who}"
            yield Finding(
                rule="engine-flag-deprecated",
                message=message,
                hint=_instead(flag.name),
                severity="warning",
                index=given.index,
                flags=(given.spelling,),
            )
        if flag.dest == "config":
            message = f"{who} ignores a file given as --config=FILE, in silence"
            yield Finding(
                rule="engine-config-ignored", message=message, hint="write --config FILE, as two arguments", severity="warning", index=given.index
            )
        if (earlier := seen.get(flag.dest)) is not None and flag.kind != "append":
            message = f"{given.spelling} is given twice: {_shown(earlier)}, then {_shown(given)}; the last one wins"
            yield Finding(
                rule="engine-flag-twice",
                message=message,
                hint="keep one of them",
                severity="warning",
                index=given.index,
                flags=(given.spelling, earlier.spelling, flag.name),
            )
        seen[flag.dest] = given


def _shown(given: Given) -> str:
    return _short(" ".join((given.written, *given.words)))


def _short(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:70]}…{text[-20:]}"


def _of_any(texts: tuple[str, ...], entry: Entry | None) -> Iterator[Finding]:
    """Judged against every version."""
    readings = every(texts, entry)
    good = [version for version, reading in readings.items() if not reading.faults]
    if good:
        if len(good) < len(readings):
            yield from _refused_by_some(readings, good)
        yield from _style(readings[good[-1]], "some versions of vLLM" if _deprecated_in_some(readings, good) else f"vLLM {good[-1]}")
        return
    # every version refuses: what all refuse is wrong for sure, else the newest one's word
    newest = versions()[-1]
    common = _common(readings)
    for fault in _without_echoes(common or readings[newest].faults):
        finding = _finding(fault, newest)
        if common:
            finding = evolve(finding, message=_of_all(finding.message, newest))
        else:
            finding = evolve(finding, hint="; ".join(part for part in (finding.hint, "every version of vLLM refuses this command line") if part))
        yield finding
    yield from _style(readings[newest], f"vLLM {newest}")


def _of_all(message: str, version: str) -> str:
    """What one version is said to do, said of all."""
    if message.startswith(f"vLLM {version} has no "):
        return message.replace(f"vLLM {version} has no ", "no version of vLLM has a ", 1)
    if message.startswith(f"vLLM {version} takes no "):
        return message.replace(f"vLLM {version} takes no ", "no version of vLLM takes a ", 1)
    return message.replace(f"vLLM {version} refuses", "every version of vLLM refuses", 1)


def _deprecated_in_some(readings: Mapping[str, Reading], good: Sequence[str]) -> bool:
    return any(not given.flag.deprecated for version in good for given in readings[version].given if given.flag.name)


def _common(readings: Mapping[str, Reading]) -> list[Fault]:
    """The faults at arguments that every version refuses."""
    places = [{fault.index for fault in reading.faults} for reading in readings.values()]
    shared = set.intersection(*places) if places else set()
    last = list(readings.values())[-1]
    return [fault for fault in last.faults if fault.index in shared]


_NAMED = 4
"""Arguments named one by one in a warning about versions."""


def _refused_by_some(readings: Mapping[str, Reading], good: Iterable[str]) -> Iterator[Finding]:
    """One warning for a command line that some versions refuse, at the argument that the newest versions refuse."""
    by_place: dict[int, dict[str, Fault]] = {}
    for version, reading in readings.items():
        for fault in _without_echoes(reading.faults):
            by_place.setdefault(fault.index, {}).setdefault(version, fault)
    if not by_place:
        return
    taking = [number(version) for version in good]
    ordered = sorted(by_place.items(), key=lambda each: (-number(list(each[1])[-1]), -len(each[1]), each[0]))
    reasons = [_reason(faults) for _, faults in ordered[:_NAMED]]
    more = f"; and {len(ordered) - _NAMED} more" if len(ordered) > _NAMED else ""
    message = f"the version of vLLM in the image is not known, and not every version takes this command line: {'; '.join(reasons)}{more}"
    hint = f"the whole of it is taken by {span_words(spans_of(taking))}; an image whose tag names the version says which it is"
    index, faults = ordered[0]
    fault = list(faults.values())[-1]
    instead = _instead(fault.flag) if fault.kind == "unknown" else ""
    hint = "; ".join(filter(None, (instead, hint)))
    flags = tuple(dict.fromkeys(each.flag for _, refused in ordered for each in refused.values() if each.flag))
    yield Finding(rule="engine-flag-some-versions", message=message, hint=hint, severity="warning", index=index, flags=flags)


def _reason(faults: Mapping[str, Fault]) -> str:
    """What the newest version that refuses an argument says, and which versions do."""
    fault = list(faults.values())[-1]
    refusing = span_words(spans_of(number(version) for version in faults))
    if fault.kind == "unknown":
        return f"{_short(fault.flag)} is not there in {refusing}"
    return f"{refusing} refuse {_short(fault.flag or fault.value or 'it')} ({_short(fault.words)})"
