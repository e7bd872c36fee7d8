"""Which engine, and which version of it, is in an image."""

import re
from functools import cache, lru_cache
from typing import Any, Literal

from attrs import evolve, frozen

from constructs_dra.engines.data import facts
from constructs_dra.engines.versions import columns, known, standing, variants, versions
from constructs_dra.lazy import lazy_pattern

__all__ = ["Image", "image"]

_TAGGED = lazy_pattern(r"(?P<repository>[^@]*?)(?::(?P<tag>[^:/@]+))?(?:@(?P<digest>.+))?\Z", re.DOTALL)
_SUFFIX = lazy_pattern(r"[-+](?:cu\d+|x86_64|aarch64|arm64|amd64|ubuntu\d+|openai|base).*\Z")
_VLLM = lazy_pattern(r"(?:^|[/_-])vllm(?:[/_.-]|\Z)")

Confidence = Literal["source", "inferred", "tag-name", "said", "unknown"]


@frozen(kw_only=True)
class Image:
    """What is known of an image.

    Attributes:
        engine: `vllm` where the table, or its name, says so; empty: not known.
        version: The version whose command line it has, spelt as in the catalogue; None: not known.
        confidence: Where the version comes from: `source` (its builder says so), `inferred`, `tag-name` (its tag looks like one), `said` (by the
            user) or `unknown`.
        tag: Its tag; empty where there is none.
        platform: The kind of device it was built for: `cuda`, `rocm`, `xpu`, `hpu`, `tpu`, `cpu`; empty: not known.
        claimed: The version its tag, the table or the user tells, where the catalogue does not have it. Default: none.
    """

    engine: str
    version: str | None
    confidence: Confidence
    tag: str = ""
    platform: str = ""
    claimed: str = ""


@lru_cache(maxsize=1024)
def image(reference: str) -> Image:
    """What the table of images, or the tag, says about an image."""
    match = _TAGGED.match(reference.strip())
    repository, tag = (match["repository"], match["tag"] or "") if match else (reference, "")
    repository = repository.removeprefix("docker.io/").removeprefix("index.docker.io/")
    platform = _platform(repository, tag)
    rows = _table().get(repository) or _mirrored(repository)
    if rows is None:
        return Image(engine="vllm" if _VLLM.search(repository) else "", version=None, confidence="unknown", tag=tag, platform=platform)
    row = _row(rows, tag)
    if row is None:
        return Image(engine="vllm", version=None, confidence="unknown", tag=tag, platform=platform, claimed=_claimed(rows, tag))
    version = row.get("flags_as") or row.get("vllm")
    found = known(version) if version else None
    claimed = version if version and not found and standing(version) != "unreadable" else ""
    return Image(engine="vllm", version=found, confidence=row["confidence"] if found else "unknown", tag=tag, platform=platform, claimed=claimed)


def _claimed(rows: list[dict[str, Any]], tag: str) -> str:
    """The version that a tag names where tags are versions, though the catalogue has no such version."""
    plain = _SUFFIX.sub("", tag).removeprefix("v")
    numbered = tag.startswith("v") and "." in plain and any(row["tag"] == "v{X}" for row in rows)
    return plain if numbered and standing(plain) in {"older", "newer", "never"} else ""


def _mirrored(repository: str) -> list[dict[str, Any]] | None:
    """The rows of an image of Docker Hub that a registry mirrors under the same name, e.g. `registry.example/hub/vllm/vllm-openai`."""
    name = "/".join(repository.split("/")[-2:])
    rows = _table().get(name) if repository.count("/") > 1 else None
    return [{**row, "confidence": "inferred"} for row in rows] if rows else None


def _row(rows: list[dict[str, Any]], tag: str) -> dict[str, Any] | None:
    """The row of a tag: its own, one whose pattern it fits, or the version it names."""
    plain = _SUFFIX.sub("", tag)
    for wanted in dict.fromkeys((tag, plain)):
        own = [row for row in rows if row["tag"] == wanted]
        if len(own) == 1 or (own and len({row.get("vllm") for row in own}) == 1):
            return own[0]
        if own:
            return None  # the table gives several versions
    for row in rows:
        if row["tag"].endswith("*") and tag.startswith(row["tag"][:-1]):
            return row
        if row["tag"] == "v{X}" and plain.startswith("v") and (version := _numbered(plain[1:])):
            return {**row, "vllm": version}
    return _nearest(rows, plain)


def _nearest(rows: list[dict[str, Any]], tag: str) -> dict[str, Any] | None:
    """A tag that only adds a word to one of the table, e.g. `v0.13.2-ironwood` to `v0.13.2`."""
    near = [row for row in rows if tag.startswith(f"{row['tag']}-") and row.get("vllm")]
    return {**max(near, key=lambda row: len(row["tag"])), "confidence": "inferred"} if near else None


def _numbered(text: str) -> str | None:
    """The version a tag names; a candidate for a release counts as the release."""
    return known(text) if re.match(r"\d+\.\d+\.\d+", text) else None


def _platform(repository: str, tag: str) -> str:
    name = f"{repository}:{tag}".lower()
    for word, platform in (
        ("rocm", "rocm"),
        ("xpu", "xpu"),
        ("hpu", "hpu"),
        ("gaudi", "hpu"),
        ("tpu", "tpu"),
        ("-cpu", "cpu"),
        ("ascend", "npu"),
        ("neuron", "neuron"),
        ("rbln", "rbln"),
        ("cuda", "cuda"),
        ("vllm/vllm-openai", "cuda"),
        ("llm-d-aws", "cuda"),
        ("llm-d-gke", "cuda"),
        ("intel/vllm", "xpu"),
        ("llm-scaler", "xpu"),
    ):
        if word in name:
            return platform
    return ""


@cache
def _table() -> dict[str, list[dict[str, Any]]]:
    made: dict[str, list[dict[str, Any]]] = {}
    for row in facts("images"):
        made.setdefault(row["image"], []).append(row)
    return made


def said(reference: str, version: str) -> Image:
    """An image whose version the user states; one that is older or newer than all that are known is kept as `claimed`.

    Raises:
        ValueError: No such version was ever released.
    """
    found = known(version)
    if found is None and standing(version) in {"older", "newer"}:
        return evolve(image(reference), engine="vllm", version=None, confidence="unknown", claimed=version.removeprefix("v"))
    if found is None:
        names = versions()
        raise ValueError(f"{version!r} is not a version of vLLM that is known here; {names[0]} to {names[-1]} are, and {', '.join(variants())}")
    about = image(reference)
    return Image(engine="vllm", version=found, confidence="said", tag=about.tag, platform=about.platform)


def before(version: str, other: str) -> bool:
    """Whether a version is older than another."""
    return columns()[version] < columns()[other]
