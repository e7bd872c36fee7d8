"""What every test can ask for."""

from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded answers beside the checkout; tests that need it skip where it is absent."""
    if not _SHARED.is_dir():
        pytest.skip(f"no folder of recorded answers at {_SHARED}")
    return _SHARED
