import gc

import pytest

from constructs_dra.garbage import uncollected


@uncollected
def _enabled(*, fail: bool = False) -> bool:
    if fail:
        raise ValueError
    return gc.isenabled()


def test_cycles_are_not_looked_for_meanwhile_and_are_again_afterwards() -> None:
    assert gc.isenabled()
    assert not _enabled()
    assert gc.isenabled()


def test_collection_goes_on_after_an_exception() -> None:
    with pytest.raises(ValueError):
        _enabled(fail=True)
    assert gc.isenabled()


def test_collection_that_is_off_stays_off() -> None:
    gc.disable()
    try:
        assert not _enabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
