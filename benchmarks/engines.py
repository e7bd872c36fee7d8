"""What judging command lines, and sizing models, costs."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Row, run

__all__ = ["rows"]


def rows() -> Iterator[Row]:
    """The table's lines, measured one after the other."""
    program = str(Path(__file__).parent / "programs" / "engine.py")
    yield Row(name="catalogue of vLLM's flags: first command line judged", value=run([program, "first"], repeat=5).printed, unit="ms", target=15)
    yield Row(name="a command line judged, version known, after the first", value=run([program, "known"], repeat=3).printed, unit="ms")
    yield Row(name="a command line judged against every version, after the first", value=run([program, "every"], repeat=3).printed, unit="ms")
    yield Row(name="size of 146 models on 12 devices", value=run([program, "sizes"], repeat=3).printed, unit="s", target=1)
    yield Row(name="checks of a service with its engine ÷ without", value=run([program, "service"], repeat=3).printed, target=1.1)
