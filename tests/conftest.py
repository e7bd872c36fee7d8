"""What every test can ask for."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from constructs_dra.errors import Problem
from constructs_dra.rules import rules

# How long one example takes is the business of the machine that runs it. A gate says the same of the same commit twice, so CI takes the same examples
# each time; everyone else's runs look for new ones.
settings.register_profile("untimed", deadline=None)
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable" if os.environ.get("CI") else "untimed")

_SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded answers beside the checkout; tests that need it skip where it is absent."""
    if not _SHARED.is_dir():
        pytest.skip(f"no folder of recorded answers at {_SHARED}")
    return _SHARED


def pytest_configure() -> None:
    """Whatever a test looks at: a problem that carries a name carries one of the table of rules."""
    make = Problem.__init__

    def held(self: Problem, *args: Any, **fields: Any) -> None:
        make(self, *args, **fields)
        if self.rule and self.rule not in rules():
            raise AssertionError(f"the rule {self.rule!r} of a problem is not in the table (constructs_dra/rules)")

    Problem.__init__ = held  # type: ignore[method-assign]
