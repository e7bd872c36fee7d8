"""Values files of the Helm chart against what the chart renders from them: by `helm render`, and by running what `helm migrate` writes.

Two sets of objects are equal by the rules of `parity/README.md`. Where an API server refuses the chart's own output, its words are in
`refused.yaml`: fields it does not know are left out of what is expected; a value it refuses must be refused here too, at its place in the values
file, and where the value is only too long, the objects must be equal once it is cut to what the API takes.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from attrs import field, frozen

from conformance.score import Score
from constructs_dra.helm.rendering import Import, import_values
from constructs_dra.helm.source import app_source
from constructs_dra.helm.values import load_values
from constructs_dra.lexical.quantity import is_quantity, parse_quantity
from constructs_dra.manifest import Manifest, identity
from constructs_dra.paths import split

_CHART_LABELS = ("helm.sh/chart", "app.kubernetes.io/managed-by", "app.kubernetes.io/version")
_QUANTITIES = {"limits", "requests", "sizeLimit"}
_UNKNOWN = re.compile(r'unknown field "([^"]+)"')
_POD = re.compile(r"^spec\.(?:leaderWorkerTemplate\.workerTemplate|template)\.spec\.")
_INVALID = re.compile(
    r"((?:spec|metadata)[^\s:]+): (?:Invalid|Required|Duplicate|Unsupported) value|((?:spec|metadata)[^\s:]+): (?:Not found|Forbidden|Too \w+)"
)
_TOO_LONG = re.compile(r'((?:spec|metadata)[^\s:]+): Invalid value: "([^"]+)": must be no more than (\d+) characters')


@frozen(kw_only=True)
class Case:
    """One values file and what the chart makes of it.

    Attributes:
        name: Its folder.
        folder: The folder.
        release: Name and namespace of the release.
        expected: The chart's objects.
        unknown: Fields of objects the API does not know: object name and path.
        invalid: Places whose value it refuses: object name and path.
        long: Those among them that are only too long: object name, path, value, longest length.
    """

    name: str
    folder: Path
    release: Mapping[str, str]
    expected: list[Manifest]
    unknown: list[tuple[str, str]] = field(factory=list)
    invalid: list[tuple[str, str]] = field(factory=list)
    long: list[tuple[str, str, str, int]] = field(factory=list)

    @property
    def chart(self) -> Any:
        """The line of charts that rendered it."""
        labels = [manifest["metadata"].get("labels") or {} for manifest in self.expected]
        return "0.3" if any("-v0.3." in one.get("helm.sh/chart", "") for one in labels) else "0.4"

    def imported(self, *, lenient: bool, cut: bool = False) -> Import:
        """The case as this library reads it; with `cut`, values that are too long are shortened first."""
        values = load_values([self.folder / "values.yaml"])
        if cut and self.long:
            with TemporaryDirectory() as folder:
                text = (self.folder / "values.yaml").read_text(encoding="utf-8")
                for _, _, value, limit in self.long:
                    text = text.replace(value, value[:limit])
                (Path(folder) / "values.yaml").write_text(text, encoding="utf-8")
                values = load_values([Path(folder) / "values.yaml"])
                return self._import(values, lenient=lenient)
        return self._import(values, lenient=lenient)

    def _import(self, values: Any, *, lenient: bool) -> Import:
        return import_values(values, release=self.release["name"], namespace=self.release["namespace"], chart=self.chart, lenient=lenient)

    def wanted(self) -> list[Manifest]:
        """The chart's objects without fields the API does not know, and with values that are too long cut."""
        for manifest in self.expected:
            name = manifest["metadata"]["name"]
            for owner, path in self.unknown:
                if owner == name:
                    _edit(manifest, path, None)
            for owner, path, value, limit in self.long:
                if owner == name:
                    _edit(manifest, path, value[:limit])
        return self.expected


def _edit(manifest: Manifest, path: str, value: str | None) -> None:
    *way, last = split(path)
    holder: Any = manifest
    for step in way:
        holder = holder[step]
    if value is None:
        holder.pop(last, None)
    else:
        holder[last] = value


def scores(shared: Path) -> Iterator[Score]:
    """Count the cases that agree."""
    folder = shared / "parity"
    if not folder.is_dir():
        return
    cases = list(_cases(folder))
    with TemporaryDirectory() as scratch:
        yield _score("parity (render)", cases, _render)
        yield _score("parity (migrate)", cases, lambda case: _migrate(case, Path(scratch) / case.name))
    yield _score(
        "parity (invalid values refused with --lenient too)", [case for case in cases if case.invalid], lambda case: _refused(case, lenient=True)
    )
    yield _score(
        "parity (refused without --lenient)", [case for case in cases if case.unknown or case.invalid], lambda case: _refused(case, lenient=False)
    )


def _score(name: str, cases: Iterable[Case], check: Any) -> Score:
    short: list[tuple[str, str]] = []
    total = 0
    for case in cases:
        total += 1
        try:
            differences = list(check(case))
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, the case falls short and the others are still counted
            differences = [f"{type(error).__name__}: {error}"]
        if differences:
            short.append((case.name, "\n    ".join(differences[:10])))
    return Score(name=name, passed=total - len(short), total=total, short=short)


def _cases(folder: Path) -> Iterator[Case]:
    words: dict[str, list[str]] = {}
    if (folder / "refused.yaml").is_file():
        words = yaml.load((folder / "refused.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader) or {}
    for home in sorted(folder.iterdir()):
        if (home / "values.yaml").is_file() and (home / "expected.yaml").is_file():
            refused = [(text.partition(":")[0].partition("/")[2], text) for text in words.get(home.name, ())]
            yield Case(
                name=home.name,
                folder=home,
                release=yaml.load((home / "release.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader),
                expected=[one for one in yaml.load_all((home / "expected.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader) if one],
                unknown=[(name, path) for name, text in refused for path in _UNKNOWN.findall(text)],
                invalid=[(name, one or other) for name, text in refused for one, other in _INVALID.findall(text)],
                long=[(name, path, value, int(limit)) for name, text in refused for path, value, limit in _TOO_LONG.findall(text)],
            )


def _render(case: Case) -> Iterator[str]:
    if len(case.invalid) > len(case.long):
        # no objects to compare: what the API refuses is refused here, at its place
        yield from _refused(case, lenient=True)
        return
    imported = case.imported(lenient=True, cut=True)
    if imported.refused:
        yield from (str(problem) for problem in imported.problems if problem.severity == "error")
    else:
        yield from differences(imported.manifests, case.wanted(), case.release["namespace"])


def _migrate(case: Case, folder: Path) -> Iterator[str]:
    """Run the migrated app for real, through cdk8s."""
    if len(case.invalid) > len(case.long):
        yield from _refused(case, lenient=True)
        return
    imported = case.imported(lenient=True, cut=True)
    source = app_source(imported, namespace=case.release["namespace"]).source
    before = os.environ.get("CDK8S_OUTDIR")
    os.environ["CDK8S_OUTDIR"] = str(folder)
    try:
        exec(compile(source, f"{case.name}.py", "exec"), {"__name__": "__main__"})  # noqa: S102 - the app this library wrote
    finally:
        del os.environ["CDK8S_OUTDIR"]
        if before is not None:
            os.environ["CDK8S_OUTDIR"] = before
    files = [file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.yaml"))]
    made = [one for text in files for one in yaml.load_all(text, yaml.CSafeLoader) if one]
    yield from differences(made, case.wanted(), case.release["namespace"])


def _refused(case: Case, *, lenient: bool) -> Iterator[str]:
    """Every place the API server complains about is an error at that place in the values file."""
    imported = case.imported(lenient=lenient)
    errors = {problem.path: problem for problem in imported.problems if problem.severity == "error"}
    for name, path in case.invalid + ([] if lenient else case.unknown):
        place = f"{name.rpartition('-')[2]}.{_POD.sub('', path)}"
        near = [problem for found, problem in errors.items() if found.startswith(place) or (place.startswith(found) and found.count(".") > 1)]
        if not near and not path.startswith("metadata"):
            yield f"{place} is not refused; errors: {', '.join(errors) or 'none'}"
        elif not all(problem.line for problem in near):
            yield f"{place} is refused without its line"
    if imported.manifests:
        yield "gives objects all the same"


def differences(ours: Iterable[Manifest], theirs: Iterable[Manifest], namespace: str) -> Iterator[str]:
    """In what one set of objects differs from another."""
    one, other = ({identity(made): made for made in (_comparable(item, namespace) for item in items)} for items in (ours, theirs))
    for key in {**one, **other}:
        name = f"{key[1]}/{key[3]}"
        if key not in one:
            yield f"{name} is missing"
        elif key not in other:
            yield f"{name} is not the chart's"
        else:
            yield from (f"{name} {difference}" for difference in _differing(one[key], other[key], ""))


def _comparable(manifest: Manifest, namespace: str) -> Manifest:
    made: Manifest = _full(manifest)
    metadata = made["metadata"]
    if metadata.get("namespace") == namespace:
        del metadata["namespace"]
    labels = {key: value for key, value in metadata.pop("labels", {}).items() if key not in _CHART_LABELS}
    return {**made, "metadata": {**metadata, "labels": labels} if labels else metadata}


def _full(value: Any, *, keep: bool = False) -> Any:
    """The value without empty entries, which the API takes for absent ones everywhere but in volumes."""
    if isinstance(value, dict):
        made = {key: _full(item, keep=keep or key == "volumes") for key, item in value.items()}
        return made if keep else {key: item for key, item in made.items() if item is not None and item not in ({}, [])}
    return [_full(item, keep=keep) for item in value] if isinstance(value, list) else value


def _differing(one: Any, other: Any, path: str, *, amount: bool = False) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            place = f"{path}.{key}"
            if key not in one:
                yield f"{place} is missing: {other[key]!r}"
            elif key not in other:
                yield f"{place} is not the chart's: {one[key]!r}"
            else:
                yield from _differing(one[key], other[key], place, amount=amount or key in _QUANTITIES)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (item, counterpart) in enumerate(zip(one, other, strict=True)):
            yield from _differing(item, counterpart, f"{path}[{index}]")
    elif not (_same_amount(one, other) if amount else one == other and isinstance(one, bool) is isinstance(other, bool)):
        yield f"{path}: {one!r:.150} instead of {other!r:.150}"


def _same_amount(one: Any, other: Any) -> bool:
    return one == other or (is_quantity(one) and is_quantity(other) and parse_quantity(one) == parse_quantity(other))
