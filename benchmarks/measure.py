"""Run a program in fresh processes and take the median."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from attrs import frozen

__all__ = ["Cost", "Row", "run", "run_in_turn"]

ROOT = Path(__file__).resolve().parents[1]


@frozen
class Cost:
    """What one process costs, the median of several.

    Attributes:
        seconds: From its start to its end.
        megabytes: Its largest resident memory; processes it starts, such as Node, are not in it.
        printed: The number it printed last, the median as well; 0 when it printed none.
    """

    seconds: float
    megabytes: float
    printed: float


@frozen(kw_only=True)
class Row:
    """One line of the table.

    Attributes:
        name: What was measured.
        value: The number.
        unit: Its unit; empty for a ratio.
        target: What it has to reach; None for a line that is there to compare with.
        better: Whether the number should be below or above its target.
    """

    name: str
    value: float
    unit: str = ""
    target: float | None = None
    better: Literal["below", "above"] = "below"

    @property
    def passed(self) -> bool:
        """Whether the target is reached; lines without one always pass."""
        if self.target is None:
            return True
        return self.value <= self.target if self.better == "below" else self.value >= self.target

    def __str__(self) -> str:
        """One line of the table, with its mark."""
        number = f"{self.value:,.{2 if self.value < 10 else 1 if self.value < 100 else 0}f} {self.unit}".strip()
        sign = {"below": "≤", "above": "≥"}[self.better]
        target = "" if self.target is None else f"{sign} {self.target:g} {self.unit}".strip()
        mark = "" if self.target is None else "pass" if self.passed else "MISS"
        return f"{self.name:<78}{number:>14}  {target:<12}{mark}".rstrip()


def run(arguments: Sequence[str], *, repeat: int = 5, environment: Mapping[str, str] | None = None) -> Cost:
    """Run `python ARGUMENTS` in a folder of its own, `repeat` times after one run that fills the caches.

    The children write bytecode, as an installed program would have it, and Node does not read extra certificates, which costs it 50 ms.

    Raises:
        RuntimeError: A run fails; with what it wrote.
    """
    return run_in_turn([arguments], repeat=repeat, environment=environment)[0]


def run_in_turn(programs: Sequence[Sequence[str]], *, repeat: int = 5, environment: Mapping[str, str] | None = None) -> list[Cost]:
    """Run several programs in turn, so that what else the machine does hits all of them: for ratios."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "NODE_EXTRA_CA_CERTS")}
    kept |= {"PYTHONPATH": str(ROOT)} | dict(environment or {})
    rounds = [[_once([sys.executable, *arguments], kept) for arguments in programs] for _ in range(repeat + 1)][1:]
    return [Cost(*(statistics.median(values) for values in zip(*costs, strict=True))) for costs in zip(*rounds, strict=True)]


def _once(command: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float, float]:
    with TemporaryDirectory() as folder, (Path(folder) / "printed").open("w+") as printed, (Path(folder) / "said").open("w+") as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=dict(environment), stdout=printed, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        said.seek(0)
        text = printed.read()
        if process.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said.read()}{text}")
    try:
        number = float(text.split()[-1]) if text.split() else 0.0
    except ValueError:
        number = 0.0
    return seconds, usage.ru_maxrss / 1024, number
