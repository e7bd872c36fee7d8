"""Work that makes many objects which all stay: the collector of reference cycles would look at them again and again, and find nothing."""

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

__all__ = ["uncollected"]

P = ParamSpec("P")
R = TypeVar("R")


def uncollected(function: Callable[P, R]) -> Callable[P, R]:
    """A function during which cycles are not looked for; what nothing refers to is freed at once all the same.

    For work of a bounded length: 1,000 services are made and written in three quarters of the time. Where collection is off already it stays off.
    """

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        if not gc.isenabled():
            return function(*args, **kwargs)
        gc.disable()
        try:
            return function(*args, **kwargs)
        finally:
            gc.enable()

    return called
