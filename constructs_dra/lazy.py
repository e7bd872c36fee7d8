"""What is made when it is first used, so that a program pays for what it needs: names of packages, and regular expressions.

Public names stand once, in the stub beside their package:

    constructs_dra/cel/__init__.pyi    from .selector import compile_selector as compile_selector
    constructs_dra/cel/__init__.py     __getattr__, __dir__, __all__ = attach(__name__, __file__)

Type checkers and editors read the stub, and so does `attach`.
"""

import re
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, AnyStr, cast

from constructs_dra.garbage import uncollected

__all__ = ["attach", "lazy_pattern"]


class _LazyPattern:
    """Stands for a regular expression until one of its methods is asked for; what was asked for once costs nothing from then on."""

    def __init__(self, text: Any, flags: int) -> None:
        self._made_of = text, flags

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(*self._made_of), name)
        setattr(self, name, value)
        return value


def lazy_pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """`re.compile`, done when the expression is first used: all of them together would take 15 ms of every start."""
    return cast("re.Pattern[AnyStr]", _LazyPattern(text, flags))


def attach(package: str, file: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """`__getattr__`, `__dir__` and `__all__` of a package.

    Args:
        package: Its `__name__`.
        file: Its `__file__`; the stub lies beside it and holds lines of the form above, one for each name.

    Raises:
        RuntimeError: The stub holds something else.
    """
    homes = _homes(f"{file.removesuffix('.py')}.pyi")
    names = sorted(homes)

    @uncollected  # a module is mostly classes and functions, which all stay
    def load(name: str) -> Any:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=sys.modules[package])
        value = getattr(import_module(home, package), name)
        setattr(sys.modules[package], name, value)
        return value

    return load, lambda: names, names


def _homes(stub: str) -> dict[str, str]:
    """The module of each name. Read line by line: `ast` alone would double what the import of a package costs."""
    found: dict[str, str] = {}
    with open(stub, encoding="utf-8") as lines:  # noqa: PTH123  (pathlib costs as much)
        for number, line in enumerate(lines, 1):
            match line.split():
                case ["from", home, "import", name, "as", again] if name == again:
                    found[name] = home
                case [first, *_] if not first.startswith("#"):
                    raise RuntimeError(f"{stub}: line {number} is not of the form 'from .module import name as name'")
    return found
