"""Published measurements of vLLM's memory: weights on a device, and cache for each token.

Points whose model this library does not know are a score of their own. The cache of a token is compared where the source gives both the cache and
its tokens (or what one request of a length needs), of models whose layers all have full attention; of others vLLM prints another number.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.score import Score
from constructs_dra.engines.devices import compute_device
from constructs_dra.engines.footprint import GIB, Spread, kv_bytes_per_token, weight_bytes
from constructs_dra.engines.models import ModelFacts, model_facts


def scores(shared: Path) -> Iterator[Score]:
    """Weights, cache, and what is not known."""
    file = shared / "facts" / "engine" / "memory.json"
    if not file.is_file():
        return
    points = json.loads(file.read_text(encoding="utf-8"))["points"]
    weights: list[tuple[str, str]] = []
    caches: list[tuple[str, str]] = []
    unknown: list[tuple[str, str]] = []
    weighed = cached = 0
    for point in points:
        model = _model(point)
        if model is None:
            unknown.append((point["model"], "not a model of the catalogue, nor a quantised copy of one by its name"))
            continue
        name = f"{point['model']} tp {point.get('tp', 1)} {point.get('gpu', '')} {point.get('vllm') or ''}"
        if point.get("weights_gib") is not None:
            weighed += 1
            if difference := _apart(_weights(point, model), point["weights_gib"], 1 / GIB, "GiB"):
                weights.append((name, difference))
        measured = _per_token(point)
        if measured is not None and not (point.get("hybrid") or model.sliding_layers or model.linear_layers):
            cached += 1
            if difference := _apart(kv_bytes_per_token(model, _spread(point), str(point.get("kv_dtype", "auto"))), measured, 1, "bytes per token"):
                caches.append((name, difference))
    yield Score(name="memory (weights within 2 %)", passed=weighed - len(weights), total=weighed, short=weights, needed=0.9)
    yield Score(name="memory (cache of a token within 2 %)", passed=cached - len(caches), total=cached, short=caches, needed=0.85)
    if unknown:
        yield Score(name="memory (models not known)", passed=0, total=len(unknown), short=unknown, needed=0)


def _model(point: Mapping[str, Any]) -> ModelFacts | None:
    name, _, remark = str(point["model"]).partition(" (")
    return model_facts(f"{name}-AWQ" if remark.startswith("4-bit") else name)


def _spread(point: Mapping[str, Any]) -> Spread:
    return Spread(
        tensor=point.get("tp") or 1,
        pipeline=point.get("pp") or 1,
        data=point.get("dp") or 1,
        expert=bool(point.get("ep")),
        context=point.get("dcp") or 1,
    )


def _weights(point: Mapping[str, Any], model: ModelFacts) -> float | None:
    try:
        capability = compute_device(point.get("gpu", "")).capability
    except ValueError:
        capability = 0
    version = point.get("vllm") or ("0.10.1" if str(point.get("date", "")).startswith("2025") else None)
    return weight_bytes(model, _spread(point), capability=capability, version=version)


def _per_token(point: Mapping[str, Any]) -> float | None:
    if point.get("kv_needed_gib") and point.get("max_model_len"):
        return float(point["kv_needed_gib"]) * GIB / float(point["max_model_len"])
    if (point.get("kv_gib") or 0) > 0 and point.get("kv_tokens"):
        return float(point["kv_gib"]) * GIB / float(point["kv_tokens"])
    return None


def _apart(ours: float | None, theirs: float, scale: float, unit: str) -> str:
    if ours is None:
        return "not known here"
    share = ours * scale / theirs - 1
    return "" if abs(share) <= 0.02 else f"{ours * scale:,.2f} {unit}, measured {theirs:,.2f}: {share:+.1%}"
