"""What vLLM's own parser makes of a command line, version by version.

A verdict agrees when both take the line, or both refuse it for the same kind of reason; where both take it, the values that `behaviour.json` shows
must be ours. Files that a line names with `@` are rebuilt from what the parser said about them.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import evolve

from conformance.score import Score
from constructs_dra.engines.catalogue import Entry, dialect
from constructs_dra.engines.preparation import Fault
from constructs_dra.engines.reader import Reading, read
from constructs_dra.engines.start import Start
from constructs_dra.engines.startup import broken_rules
from constructs_dra.engines.versions import columns, versions

_FILES: dict[str, Any] = {
    "@CFG1": {"port": 12323, "tensor-parallel-size": 4, "served-model-name": ["a", "b"], "enforce-eager": True},
    "@CFG2": {"bogus-key": 4},
    "@CFG3": {"model": "m", "kv-transfer-config": {"kv_connector": "NixlConnector", "kv_role": "kv_both"}},
}

_KINDS = (
    (r"unrecognized arguments", ("unknown", "extra")),
    (r"ambiguous option", ("ambiguous",)),
    (r"expected (?:one|at least one) argument", ("missing",)),
    (r"ignored explicit argument", ("explicit",)),
    (r"invalid choice", ("choice",)),
    (r"provide the model|should be provided as the first|No model", ("model",)),
    (r"requires", ("requires",)),
)


def scores(shared: Path) -> Iterator[Score]:
    """One score for verdicts, and one for the values that are shown."""
    file = shared / "facts" / "engine" / "behaviour.json"
    if not file.is_file():
        return
    tests = json.loads(file.read_text(encoding="utf-8"))["tests"]
    verdicts: list[tuple[str, str]] = []
    values: list[tuple[str, str]] = []
    judged = shown = 0
    for line, answers in tests.items():
        for which, ranges in answers.items():
            for entry in ("serve", "api_server") if which == "both" else (which,):
                if line.startswith("RAW ") and entry == "api_server":
                    continue
                for first, last, answer in ranges:
                    for version in versions()[columns()[first] : columns()[last] + 1]:
                        reading = reading_of(line, version, entry)
                        judged += 1
                        name = f"{line} [{entry} {version}]"
                        if difference := _verdict(reading, answer):
                            verdicts.append((name, difference))
                        elif expected := _shown(answer):
                            shown += 1
                            if difference := _values(reading, expected, version):
                                values.append((name, difference))
    yield Score(name="behaviour (verdicts)", passed=judged - len(verdicts), total=judged, short=verdicts, needed=0.98)
    yield Score(name="behaviour (values)", passed=shown - len(values), total=shown, short=values, needed=0.98)


def words_of(line: str) -> list[str]:
    """The arguments of a recorded line, which are joined by single spaces; JSON that holds spaces is put together again."""
    made: list[str] = []
    for word in line.split(" "):
        if made and made[-1].count("{") > made[-1].count("}"):
            made[-1] += f" {word}"
        else:
            made.append(word)
    return made


def reading_of(line: str, version: str, entry: Entry) -> Reading:
    """A recorded line as this library reads it."""
    words = words_of(line)
    names: dict[str, Any] = {}
    for index, word in enumerate(words):
        mark = re.search(r"@CFG\d+", word)
        if mark and mark[0] in _FILES:
            names["t_cfg.yaml"] = _FILES[mark[0]]
            words[index] = word.replace(mark[0], "t_cfg.yaml")
    if words[0] == "RAW":
        words = words[2:]
    elif entry == "serve":
        words = ["m", *words]
    else:
        words = ["--model", "m", *words]
    reading = read(words, dialect(version, entry), files=names.get)
    if reading.faults:
        return reading
    # what the server itself checks before it starts: flags that need another one
    start = Start(dialect=dialect(version, entry), reading=reading, environment={})
    needs = [Fault(kind="requires", words=each.words, index=-1) for each in broken_rules(start) if "requires --" in each.words]
    return evolve(reading, faults=tuple(needs))


def _verdict(reading: Reading, answer: str) -> str:
    refused = not answer.startswith("{") or "requires" in answer.partition('"validate"')[2]
    if not refused:
        return f"we refuse: {reading.faults[0].words}" if reading.faults else ""
    if not reading.faults:
        return f"we accept; vLLM: {answer}"
    kinds = next((kinds for pattern, kinds in _KINDS if re.search(pattern, answer)), ())
    if kinds and not any(fault.kind in kinds for fault in reading.faults):
        return f"ours: {reading.faults[0].words}; vLLM: {answer}"
    return ""


def _shown(answer: str) -> dict[str, Any]:
    """The values an answer shows; none where it is cut short."""
    try:
        found: dict[str, Any] = json.loads(answer)
    except ValueError:
        return {}
    return found.get("set", found) if "validate" in found else found


def _values(reading: Reading, expected: dict[str, Any], version: str) -> str:
    ours = dict(reading.values)
    if reading.model not in {"m", None} or "model_tag" in expected:
        ours["model_tag"] = reading.model
    for name, value in expected.items():
        if name not in ours:
            return f"{name} is not set by us; vLLM: {value!r} in {version}"
        loose = isinstance(value, str) and value.startswith("<")
        loose |= isinstance(value, list) and any(isinstance(each, str) and each.startswith("<") for each in value)
        if not loose and ours[name] != value and str(ours[name]) != str(value):
            return f"{name}: {ours[name]!r}; vLLM: {value!r}"
    return ""
