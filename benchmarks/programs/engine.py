"""Prints what one thing about engines costs: `first`, `known`, `every`, `sizes` or `service`."""

import sys
import time
from collections.abc import Callable
from typing import Any
from unittest import mock

from benchmarks.programs import fleet
from constructs_dra.engines.containers import engine_problems
from constructs_dra.engines.devices import DEVICES
from constructs_dra.engines.fitting import sizes as sized
from constructs_dra.engines.models import model_facts, model_names
from constructs_dra.serving.checks import service as checks


def _line(number: int) -> list[str]:
    return [
        "m",
        f"--port={8000 + number}",
        "--tensor-parallel-size=2",
        "--max-model-len=32768",
        "--gpu-memory-utilization=0.9",
        "--enable-prefix-caching",
    ]


def _judged(image: str, numbers: range) -> float:
    started = time.perf_counter()
    for number in numbers:
        engine_problems({"image": image, "command": ["vllm", "serve"], "args": _line(number)})
    return (time.perf_counter() - started) / len(numbers) * 1000


def first() -> float:
    """The catalogue's loading and the first judgement, modules already imported."""
    return _judged("vllm/vllm-openai:v0.26.0", range(1))


def known() -> float:
    """A line each, all different."""
    _judged("vllm/vllm-openai:v0.26.0", range(1))
    return _judged("vllm/vllm-openai:v0.26.0", range(1, 501))


def every() -> float:
    """The same against every version."""
    _judged("own/vllm:latest", range(1))
    return _judged("own/vllm:latest", range(1, 201))


def sizes() -> float:
    """Every model of the catalogue on twelve devices, in seconds."""
    started = time.perf_counter()
    devices = list(DEVICES.values())[:12]
    for name in model_names():
        facts = model_facts(name)
        if facts is not None:
            list(sized(facts, devices, concurrency=100))
    return time.perf_counter() - started


def _services(count: int) -> float:
    started = time.process_time()
    for number in range(count):
        fleet.service(number)
    return time.process_time() - started


def service() -> float:
    """Services made with the engine's checks, against the same without, in turn."""

    def without() -> float:
        with mock.patch.object(checks, "engine_findings", return_value=()):
            return _services(100)

    _services(20)
    without()
    runs: list[tuple[float, float]] = [(_services(100), without()) for _ in range(5)]
    ratios = sorted(one / other for one, other in runs)
    return ratios[len(ratios) // 2]


if __name__ == "__main__":
    chosen: dict[str, Callable[[], Any]] = {"first": first, "known": known, "every": every, "sizes": sizes, "service": service}
    print(chosen[sys.argv[1]]())
