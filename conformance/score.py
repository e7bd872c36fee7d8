"""One file's score: how many of its cases agree, and which do not."""

from attrs import Factory, field, frozen

__all__ = ["Score"]


@frozen(kw_only=True)
class Score:
    """How one file of recorded answers was met.

    Attributes:
        name: The file or folder, e.g. `cel-generated`.
        passed: Cases that agree.
        total: Cases in all.
        short: Those that fall short: the case's name and what differed.
        needed: The share of cases that must agree. Default: all.
    """

    name: str
    passed: int
    total: int
    short: list[tuple[str, str]] = field(default=Factory(list))
    needed: float = 1.0

    @property
    def enough(self) -> bool:
        """Whether as many agree as must."""
        return self.passed >= self.needed * self.total

    def __str__(self) -> str:
        """`name: N of M`, with what is needed where that is not all."""
        return f"{self.name}: {self.passed} of {self.total}" + (f" (at least {self.needed:.0%} needed)" if 0 < self.needed < 1 else "")
