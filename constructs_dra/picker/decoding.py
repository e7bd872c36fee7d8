"""The first thing the loader does: from text to a configuration, field by field, as its decoder reads it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_dra.errors import Problem, did_you_mean, shown
from constructs_dra.picker.catalogue import Picker
from constructs_dra.picker.findings import Finding
from constructs_dra.picker.shapes import Mismatch, decode, fields_of, go_kind
from constructs_dra.yaml.document import Document
from constructs_dra.yaml.documents import load_documents

__all__ = ["KIND", "decoded", "read_config"]

KIND: Final = "EndpointPickerConfig"

_PREFIX: Final = "failed to parse config - failed to decode configuration JSON/YAML: "
_STRUCTS: Final = {
    "": "EndpointPickerConfig",
    "plugins": "PluginSpec",
    "schedulingProfiles": "SchedulingProfile",
    "schedulingProfiles.plugins": "SchedulingPlugin",
    "flowControl": "FlowControlConfig",
}
"""What the decoder calls the types around a field, where that is on record."""

_LISTS: Final = {"plugins": "[]v1alpha1.PluginSpec", "featureGates": "v1alpha1.FeatureGates"}


def read_config(text: str, source: str) -> tuple[Document | None, list[Finding]]:
    """Read a configuration's text: its first document, and what ends the reading or appears twice.

    Args:
        text: YAML or JSON.
        source: What the document calls itself.
    """
    documents, problems = load_documents(text, source)
    findings = [_unread(problem) for problem in problems]
    if len(documents) > 1:
        fault = "the loader reads the first document and passes over the others"
        findings.append(Finding(path="", fault=fault, effect="ignored", hint="keep one document", rank=(1, 9)))
    return (documents[0] if documents else None), findings


def _unread(problem: Problem) -> Finding:
    if problem.rule == "duplicate-key":
        key = problem.path.rpartition(".")[2]
        words = f'strict decoding error: yaml: unmarshal errors:\n  line …: key "{key}" already set in map'
        return Finding(path=problem.path, fault=problem.message, words=f"{_PREFIX}{words}", hint=problem.hint, rank=(1, 4))
    # what one reader calls a mistake the other reports in words of its own
    return Finding(path=problem.path, fault=problem.message, words=f"{_PREFIX}…", hint=problem.hint, rank=(1, 0))


def decoded(value: Any, of: Picker) -> Iterator[Finding]:
    """What the decoder of a version does not take of a configuration."""
    if not isinstance(value, Mapping):
        fault = f"must be a mapping with apiVersion {of.api_version} and kind {KIND}, not {shown(value)}"
        yield Finding(path="", fault=fault, words=f"{_PREFIX}…cannot unmarshal {go_kind(value)} into Go value of type …", rank=(1, 1))
        return
    header = list(_header(value, of))
    yield from header
    if any(each.rank == (1, 1) for each in header):
        return
    shape = of.shape(_api_version(value, of).rpartition("/")[2])
    fields = fields_of(shape, of.column) if shape is not None else {}
    body = {key: item for key, item in value.items() if key not in {"apiVersion", "kind"}}
    mismatches = list(decode(body, fields, "", at=of.column, exact=True, struct=_struct))
    for index, each in enumerate(each for each in mismatches if not each.unknown):
        yield Finding(path=each.path, fault=each.fault, words=f"{_PREFIX}{_listed(each)}", hint=each.hint, rank=(1, 3, index))
    # of another API version or kind, it may well have other fields
    unknown = [each for each in mismatches if each.unknown and not any(one.stops for one in header)]
    words = f"{_PREFIX}strict decoding error: {', '.join(each.words for each in unknown)}"
    for each in unknown:
        yield Finding(path=each.path, fault=each.fault, words=words, hint=_elsewhere(each, of) or each.hint, rank=(1, 4))


def _api_version(value: Mapping[str, Any], of: Picker) -> str:
    version = value.get("apiVersion")
    return version if isinstance(version, str) and version in of.does("api_versions") else of.api_version


def _header(value: Mapping[str, Any], of: Picker) -> Iterator[Finding]:
    accepted: dict[str, str] = of.does("api_versions")
    version, kind = value.get("apiVersion"), value.get("kind")
    for name, each, wanted in (("apiVersion", version, of.api_version), ("kind", kind, KIND)):
        if each is not None and not isinstance(each, str):
            yield Finding(path=name, fault=f"must be {wanted!r}, not {shown(each)}", words=f"{_PREFIX}…", rank=(1, 1))
            return
        if not each and of.does("header_required"):
            yield Finding(path=name, fault="is missing", words=f"{_PREFIX}…", hint=f"write {name}: {wanted}", rank=(1, 1))
            return
    if (version and version not in accepted) or (kind and kind != KIND):
        given = version or of.api_version
        words = f'no kind "{kind or KIND}" is registered for version "{given}" in scheme …'
        if kind and kind != KIND:
            yield Finding(path="kind", fault=f"{shown(kind)} is not {KIND}", words=f"{_PREFIX}{words}", hint=f"write {KIND}", rank=(1, 2))
        if version and version not in accepted:
            fault = f"{shown(version)} is not an API version that the endpoint picker {of.version} takes"
            yield Finding(path="apiVersion", fault=fault, words=f"{_PREFIX}{words}", hint=did_you_mean(version, accepted), rank=(1, 2))
    elif version and accepted[version]:
        fault = f"{shown(version)} is deprecated"
        yield Finding(path="apiVersion", fault=fault, effect="deprecated", hint=f"write {accepted[version]}", rank=(1, 8))


def _struct(path: str) -> str:
    """What the decoder says of the field at a place: `struct field TYPE.path`."""
    plain = re.sub(r"\[\d+\]", "", path)
    around = plain.rpartition(".")[0]
    return f"struct field {_STRUCTS.get(around, '…')}.{plain}"


def _listed(mismatch: Mismatch) -> str:
    """The decoder's words, with its names for the types of lists."""
    kind = _LISTS.get(mismatch.path)
    return mismatch.words.removesuffix("…") + kind if kind and mismatch.words.endswith("of type …") else mismatch.words


def _elsewhere(mismatch: Mismatch, of: Picker) -> str:
    """Where a field of another version went, or came from."""
    moved: dict[str, str] = of.does("moved")
    return moved.get(re.sub(r"\[\d+\]", "", mismatch.path), "")
