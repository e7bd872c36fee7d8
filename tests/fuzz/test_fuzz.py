"""A short run of the fuzzer, and that it sees what it is for."""

import time
from random import Random
from typing import Any

import pytest

from tests.fuzz.harness import Target, run
from tests.fuzz.targets import TARGETS

BUDGET = 500
SEED = 20261124


@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
def test_nothing_breaks(target: Target) -> None:
    # its 2 seconds are time of the processor, so that other work of the machine does not count
    assert list(map(str, run([target], BUDGET // len(TARGETS), SEED))) == []


def _fail(given: Any) -> None:
    raise KeyError(given)


def _slow(_given: Any) -> None:
    start = time.process_time()
    while time.process_time() - start < 2.1:
        pass


def _greedy(_given: Any) -> None:
    bytearray(b"x") * 700_000_000


def _leave(_given: Any) -> None:
    raise SystemExit(3)


@pytest.mark.parametrize(("broken", "what"), [(_fail, "traceback"), (_leave, "traceback"), (_slow, "hang"), (_greedy, "memory")])
def test_what_breaks_is_seen(broken: Any, what: str) -> None:
    (finding,) = run([Target(name="broken", make=Random.random, run=broken)], 1)
    assert (finding.what, finding.target, finding.seed) == (what, "broken", 0)


def test_input_that_cannot_be_made_is_seen_and_ends_with_its_process() -> None:
    (finding,) = run([Target(name="broken", make=_fail, run=_fail)], 1)
    assert (finding.what, finding.seed) == ("traceback", 0)
