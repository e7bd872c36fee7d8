"""What the loader of the endpoint picker makes of a configuration, finding by finding."""

from typing import Literal, TypeAlias

from attrs import field, frozen

from constructs_dra.errors import Problem

__all__ = ["Effect", "Finding"]

Effect: TypeAlias = Literal["refused", "crash", "deprecated", "ignored", "replaced", "meaning"]
"""What becomes of it, as its rule is named: the picker does not start, crashes, or starts and takes the old spelling, leaves something out, takes
another value, or does something else than the configuration seems to say."""


@frozen(kw_only=True)
class Finding:
    """One thing the loader does not take as it is written.

    Attributes:
        path: The place in the configuration, e.g. `plugins[0].parameters.maxNumOfEndpoint`.
        fault: What is wrong, in this library's words.
        effect: What becomes of it. Default: the picker does not start.
        words: What the picker itself prints; `…` stands for words that are not on record. Empty where it prints nothing.
        hint: What to do about it.
        rank: When the loader comes to it: the stage and the place in it; the lowest one of those that stop it is what it ends with.
    """

    path: str
    fault: str
    effect: Effect = "refused"
    words: str = ""
    hint: str = ""
    rank: tuple[int, ...] = field(default=(0,))

    @property
    def stops(self) -> bool:
        """Whether the picker does not run with it."""
        return self.effect in {"refused", "crash"}

    @property
    def rule(self) -> str:
        """The name of its rule."""
        return f"picker-{self.effect}"

    def problem(self, version: str) -> Problem:
        """The same for people: with the picker's own words where it stops."""
        said = f"; the endpoint picker {version} ends with: {self.words}" if self.stops and self.words else ""
        return Problem(self.path, f"{self.fault}{said}", self.hint, rule=self.rule)
