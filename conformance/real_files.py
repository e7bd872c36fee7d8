"""What is wrong with the flags of the vLLM containers in real values files, and that nothing else is called an error.

The findings are those of `real_files.json`, looked for in the objects the chart renders from each file. The other containers, those of the guides
too, are held to one thing: no error about flags where the version's parser has none.

Where the version is not known, the records were made with the ranges of `flags.json` alone. Those leave out `--model` of the API server's module in
0.9.0, which `behaviour.json` shows that version to take; such records are a score of their own, and nothing hangs on it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from conformance.score import Score
from constructs_dra.engines.findings import findings
from constructs_dra.engines.launch import Launch, launches
from constructs_dra.engines.readings import accepted
from constructs_dra.engines.versions import spans_of, versions
from constructs_dra.paths import split

_RULES = {"abbreviated": "engine-flag-abbreviated", "twice": "engine-flag-twice", "deprecated": "engine-flag-deprecated"}


_CONTRADICTED = "the record says that 0.9.0 does not take --model of the API server's module; behaviour.json shows that it does"


def scores(shared: Path) -> Iterator[Score]:
    """One score for the recorded findings, one for files without false errors."""
    file = shared / "facts" / "engine" / "real_files.json"
    if not file.is_file():
        return
    recorded = json.loads(file.read_text(encoding="utf-8"))["findings"]
    short = []
    contradicted = []
    total = 0
    for case in recorded:
        objects = shared / "parity" / case["case"] / "expected.yaml"
        if not objects.is_file():
            continue
        name = f"{case['case']} {case['where']} {case['finding']}"
        difference = _difference(case, objects)
        if difference == _CONTRADICTED:
            contradicted.append((name, difference))
            continue
        total += 1
        if difference:
            short.append((name, difference))
    yield Score(name="real_files (findings)", passed=total - len(short), total=total, short=short)
    if contradicted:
        yield Score(name="real_files (records behaviour.json contradicts)", passed=0, total=len(contradicted), short=contradicted, needed=0)
    refused = {(case["case"], case["where"]) for case in recorded if str(case.get("real_parser") or "").startswith("EXIT")}
    yield _false_errors(shared, refused)


def _false_errors(shared: Path, refused: set[tuple[str, str]]) -> Score:
    short = []
    total = 0
    for file in (*sorted((shared / "parity").glob("*/expected.yaml")), *sorted((shared / "guides").rglob("*.yaml"))):
        for manifest, path, container in _containers(file):
            where = f"{manifest.get('kind')}/{(manifest.get('metadata') or {}).get('name')}.{path}"
            for launch in launches(container):
                total += 1
                errors = [finding for finding in findings(launch) if finding.severity == "error"]
                if errors and (file.parent.name, where) not in refused:
                    short.append((f"{file.parent.name}/{file.name} {where}", "; ".join(f"{each.rule}: {each.message}" for each in errors)))
    return Score(name="real_files (containers without a false error)", passed=total - len(short), total=total, short=short)


def _difference(case: Mapping[str, Any], file: Path) -> str:
    identity, _, path = case["where"].partition(".")
    kind, _, name = identity.partition("/")
    for manifest in _documents(file):
        if manifest.get("kind") == kind and (manifest.get("metadata") or {}).get("name") == name:
            container: Any = manifest
            for step in split(path):
                container = container[step]
            found = [_judged(case, launch) for launch in launches(container)]
            return "no engine found in the container" if not found else "" if "" in found else found[0]
    return "no such object"


def _judged(case: Mapping[str, Any], launch: Launch) -> str:
    found = findings(launch)
    if case["finding"] == "parses-only-in":
        expected = json.loads(case["text"].replace("'", '"'))
        ours = [[versions()[first], versions()[last]] for first, last in spans_of(accepted(launch))]
        if ours != expected:
            without = [number for number in accepted(launch) if versions()[number] not in {"0.9.0", "0.9.0.1"}]
            module = any(argument.text.partition("=")[0] == "--model" for argument in launch.arguments) and launch.entry != "serve"
            if module and [[versions()[first], versions()[last]] for first, last in spans_of(without)] == expected:
                return _CONTRADICTED
            return f"taken by {ours}, not by {expected}"
        return "" if any(each.rule == "engine-flag-some-versions" for each in found) else "no finding"
    rule = _RULES.get(case["finding"])
    names = [match.replace("_", "-") for match in re.findall(r"--[a-z0-9_-]+", case["text"])]
    if not names:
        names = [f"--{case['text'].partition(':')[0].replace('_', '-')}"]
    for each in found:
        if (rule is None and each.severity == "error") or (each.rule == rule and set(names) & set(each.flags)):
            return ""
    return f"ours: {'; '.join(f'{each.rule} {each.flags}' for each in found) or 'nothing'}"


def _documents(file: Path) -> Iterator[dict[str, Any]]:
    for document in yaml.load_all(file.read_text(encoding="utf-8"), yaml.CSafeLoader):
        if isinstance(document, dict):
            yield document


def _containers(file: Path) -> Iterator[tuple[dict[str, Any], str, Mapping[str, Any]]]:
    try:
        documents = list(_documents(file))
    except yaml.YAMLError:
        return
    for manifest in documents:
        for path, container in _walk(manifest, ""):
            yield manifest, path, container


def _walk(value: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, dict):
        if isinstance(value.get("image"), str) and ("args" in value or "command" in value):
            yield path, value
        for key, item in value.items():
            yield from _walk(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, f"{path}[{index}]")
