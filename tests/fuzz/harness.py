"""Run targets on random input in a process apart, and say which input broke what."""

import json
import os
import resource
import select
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from random import Random
from typing import Any

from attrs import field, frozen

__all__ = ["Finding", "Target", "run"]

SECONDS = 2.0
"""Longest time for one small input."""

MEGABYTES = 500
"""Most memory that one chunk of inputs may take beyond what the process has from the start."""

_CHUNK = 100
_BEGINNING = 60.0
"""Seconds after which a process has to have begun."""
_GRACE = 60.0


@frozen(kw_only=True)
class Target:
    """Something that takes input.

    Attributes:
        name: What findings call it.
        make: Makes one input from a source of randomness.
        run: Takes it.
        allowed: Errors that are answers: what the documentation says is raised. Default none.
    """

    name: str
    make: Callable[[Random], Any]
    run: Callable[[Any], object]
    allowed: tuple[type[BaseException], ...] = field(default=())


@frozen(kw_only=True)
class Finding:
    """One input that broke something.

    Attributes:
        target: Name of the target.
        seed: What the input is made from again: `target.make(Random(seed))`.
        what: `traceback`, `hang`, `memory` or `death`.
        detail: The last lines of the traceback, or the seconds, megabytes or signal.
    """

    target: str
    seed: int
    what: str
    detail: str

    def __str__(self) -> str:
        """One line: what broke, where, and how to make it happen again."""
        return f"{self.target} seed {self.seed}: {self.what}: {self.detail}"


class _Hang(BaseException):
    """Too long; not an Exception, so that no handler in between takes it for one of its own."""


def run(targets: Sequence[Target], budget: int, seed: int = 0) -> Iterator[Finding]:
    """Give each target its share of the budget.

    Args:
        targets: What to run.
        budget: Inputs in all.
        seed: Where the seeds of the inputs start.
    """
    share = max(1, budget // len(targets))
    for number, target in enumerate(targets):
        for start in range(0, share, _CHUNK):
            seeds = range(seed + number * budget + start, seed + number * budget + min(start + _CHUNK, share))
            yield from _in_process_apart(target, seeds)


def _in_process_apart(target: Target, seeds: range) -> Iterator[Finding]:
    child, reader = _begun(target, seeds)
    last = seeds.start
    with os.fdopen(reader) as lines:
        for line in lines:
            record = json.loads(line)
            last = record["seed"]
            if "what" in record:
                yield Finding(**record)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        yield Finding(target=target.name, seed=last, what="death", detail=signal.Signals(os.WTERMSIG(status)).name)


def _begun(target: Target, seeds: range) -> tuple[int, int]:
    """A process that works, and the pipe it reports through.

    A fork of a process with threads can stop before it begins, where another thread holds a lock at that moment; then another one is tried.
    """
    while True:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            with os.fdopen(writer, "w") as out:
                _work(target, seeds, out)
            os._exit(0)
        os.close(writer)
        if select.select([reader], [], [], _BEGINNING)[0]:
            return child, reader
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reader)


def _work(target: Target, seeds: range, out: Any) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    devnull = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(devnull, stream)
    signal.signal(signal.SIGALRM, _too_long)
    for seed in seeds:
        print(json.dumps({"seed": seed}), file=out, flush=True)
        if finding := _one(target, seed):
            print(json.dumps({"target": target.name, "seed": seed, "what": finding[0], "detail": finding[1]}), file=out, flush=True)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
        if grown > MEGABYTES:
            print(json.dumps({"target": target.name, "seed": seed, "what": "memory", "detail": f"{grown} MB"}), file=out, flush=True)
            return


def _too_long(_number: int, _frame: object) -> None:
    raise _Hang


def _one(target: Target, seed: int) -> tuple[str, str] | None:
    given = target.make(Random(seed))
    signal.setitimer(signal.ITIMER_REAL, _GRACE)
    start = time.process_time()
    try:
        target.run(given)
    except target.allowed:
        pass
    except _Hang:
        return ("hang", f"over {_GRACE} s")
    except Exception:  # noqa: BLE001  (whatever it is, it is the finding)
        return ("traceback", " | ".join(line.strip() for line in traceback.format_exc().strip().splitlines()[-3:]))
    finally:
        with suppress(_Hang):
            signal.setitimer(signal.ITIMER_REAL, 0)
    seconds = time.process_time() - start
    return ("hang", f"{seconds:.1f} s") if seconds > SECONDS else None
