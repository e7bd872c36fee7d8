"""Agreement with the loader of the endpoint picker on configurations that have one mistake each, version by version.

Three questions: does the picker start, what does it say where it does not, and is something reported where it starts and does not do what was meant.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from conformance.score import Score
from constructs_dra.picker.judging import Judgement, judge_text
from constructs_dra.picker.versions import versions

__all__ = ["scores"]

_QUIET = {"accepted", "accepted-defaults-injected", "correct"}
"""Verdicts on configurations that do what they say."""

_PLACE = re.compile(r"in scheme .*")
_OLD_GROUP = "inference.networking.x-k8s.io/v1alpha1"


def scores(shared: Path) -> Iterable[Score]:
    """One score for each question."""
    file = shared / "facts" / "router" / "mistakes.yaml"
    if not file.is_file():
        return
    cases = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    yield _score("mistakes (the picker starts or not, each version)", cases, _starts)
    yield _score("mistakes (its words)", [case for case in cases if case["verdict"] == "error"], _words)
    yield _score("mistakes (what is said of those it starts with)", [case for case in cases if case["verdict"].startswith(("acc", "corr"))], _said)


def _score(name: str, cases: list[dict[str, Any]], check: Any) -> Score:
    short = []
    for case in cases:
        try:
            differences = list(check(case))
        except Exception as error:  # noqa: BLE001 - one crash is one case, not the end of the score
            differences = [f"{type(error).__name__}: {error}"]
        if differences:
            short.append((case["name"], "\n    ".join(differences)))
    return Score(name=name, passed=len(cases) - len(short), total=len(cases), short=short)


def _named(version: str) -> list[str]:
    """The versions an entry is about: one, or a range; `newer than …` is the last."""
    if version.startswith("newer"):
        return ["newer"]
    first, _, last = (re.sub(r"(v0\.\d+)\.0", r"\1", part) for part in version.partition("-"))
    known = list(versions())
    return known[known.index(first) : known.index(last or first) + 1]


def _judge(case: dict[str, Any], version: str) -> Judgement:
    text = case["config"]
    if version == "v0.8" and "v08_note" in case:
        text = text.replace("apiVersion: llm-d.ai/v1alpha1", f"apiVersion: {_OLD_GROUP}")
    return judge_text(text, version=version, flags=case.get("flags") or ())


def _expected(case: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each version on record with what its picker says; empty where it starts."""
    by_version = case.get("by_version")
    own = case.get("message", "") if case["verdict"] in {"error", "crash"} else ""
    if isinstance(by_version, dict):
        yield from ((_named(version)[0], "" if said == "ok" else said) for version, said in by_version.items())
    else:
        names = re.findall(r"v0\.\d+|main", by_version) if by_version else _named(case["version"])
        yield from ((name, own) for name in names)


def _starts(case: dict[str, Any]) -> Iterator[str]:
    for version, said in _expected(case):
        judged = _judge(case, version)
        if judged.loads is bool(said):
            yield f"{version}: {'we let it start' if judged.loads else f'we refuse: {judged.words}'}; the picker: {said or 'starts'}"


def _words(case: dict[str, Any]) -> Iterator[str]:
    expected = list(_expected(case))
    for version, said in expected[:1] if case["how"] == "source" else expected:
        ours = _judge(case, version).words
        if said and not _alike(ours, said):
            yield f"{version}: {ours}\n      instead of {said}"


def _alike(ours: str, theirs: str) -> bool:
    """Whether the words agree; `…` in ours stands for anything, and the order of names that a map gives is left aside."""
    theirs, ours = _PLACE.sub("in scheme …", theirs), _PLACE.sub("in scheme …", ours)
    if theirs.endswith("..."):
        theirs, ours = theirs[:-3].strip(), ours[: len(theirs) + 40]
    pattern = ".*".join(re.escape(part) for part in ours.split("…"))
    return re.search(pattern, theirs, re.DOTALL) is not None or theirs in ours or _words_of(theirs) == _words_of(ours)


def _words_of(text: str) -> set[str]:
    """The words of a string, however often and in whichever order: names that come from a map swap."""
    return set(re.findall(r"[\w-]+", text))


def _said(case: dict[str, Any]) -> Iterator[str]:
    judged = _judge(case, _named(case["version"])[0])
    warned = bool(judged.findings)
    if warned is (case["verdict"] in _QUIET):
        yield f"{case['verdict']}; ours: {'; '.join(map(str, judged.problems)) or 'nothing'}"
