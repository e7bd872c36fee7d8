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
    """

    name: str
    passed: int
    total: int
    short: list[tuple[str, str]] = field(default=Factory(list))

    def __str__(self) -> str:
        """`name: N of M`."""
        return f"{self.name}: {self.passed} of {self.total}"
