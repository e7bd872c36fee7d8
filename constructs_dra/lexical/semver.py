"""Semantic versions 2.0.0, as device attributes of type `version` and the CEL function `semver` take them."""

import re
from functools import lru_cache, total_ordering

from attrs import frozen

from constructs_dra.lazy import lazy_pattern

__all__ = ["Semver", "is_semver", "parse_semver"]

_NUMBER = r"(0|[1-9][0-9]*)"
_PARTS = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_SHAPE = lazy_pattern(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-({_PARTS}))?(?:\+({_PARTS}))?\Z")
_LENIENT = lazy_pattern(r"[vV]?(\d+)(?:\.(\d+))?(?:\.(\d+))?([-+].*)?\Z", re.ASCII | re.DOTALL)
_LARGEST = 2**64 - 1


@total_ordering
@frozen(eq=False)
class Semver:
    """One version. Build metadata takes no part in comparison, as semver.org and Kubernetes have it.

    Attributes:
        major: First number.
        minor: Second number.
        patch: Third number.
        prerelease: Identifiers after `-`, numbers as int. Empty for a release.
        build: Identifiers after `+`.
    """

    major: int
    minor: int
    patch: int
    prerelease: tuple[int | str, ...] = ()
    build: tuple[str, ...] = ()

    @property
    def _key(self) -> tuple[object, ...]:
        # a release comes after its pre-releases; numbers come before strings
        before = tuple((isinstance(part, str), part) for part in self.prerelease)
        return (self.major, self.minor, self.patch, not before, before)

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, Semver) else NotImplemented

    def __lt__(self, other: object) -> bool:
        return self._key < other._key if isinstance(other, Semver) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key)

    def __str__(self) -> str:
        text = f"{self.major}.{self.minor}.{self.patch}"
        text += "".join(("-", ".".join(map(str, self.prerelease)))) if self.prerelease else ""
        return text + (f"+{'.'.join(self.build)}" if self.build else "")


@lru_cache(maxsize=1024)
def parse_semver(text: str, *, normalize: bool = False) -> Semver:
    """Read a version strictly: three numbers without leading zeros, then an optional pre-release and build.

    Args:
        text: E.g. `9.0.0` or `580.82.7-rc.1+build`.
        normalize: Take what CEL's `semver(text, true)` takes: a leading `v`, missing minor or patch, leading zeros. Default off.

    Raises:
        ValueError: It is not such a version.
    """
    if normalize and (loose := _LENIENT.match(text)):
        numbers = (str(int(part)) if part and len(part) < 100 else part or "0" for part in loose.groups()[:3])
        text = ".".join(numbers) + (loose.group(4) or "")
    match = _SHAPE.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not a valid semantic version: three numbers without leading zeros, like '1.2.3'")
    major, minor, patch = (int(part) if len(part) < 21 else _LARGEST + 1 for part in match.groups()[:3])
    before, build = (part.split(".") if part else [] for part in match.groups()[3:])
    prerelease: list[int | str] = []
    for part in before:
        if not part.isdigit():
            prerelease.append(part)
        elif part != "0" and part.startswith("0"):
            raise ValueError(f"{text!r} is not a valid semantic version: the number {part!r} in its pre-release has a leading zero")
        else:
            prerelease.append(int(part) if len(part) < 21 else _LARGEST + 1)
    if max(major, minor, patch, *(part for part in prerelease if isinstance(part, int))) > _LARGEST:
        raise ValueError(f"{text!r} is not a valid semantic version Kubernetes can hold: its numbers end at {_LARGEST}")
    return Semver(major, minor, patch, tuple(prerelease), tuple(build))


def is_semver(text: str, *, normalize: bool = False) -> bool:
    """Whether `parse_semver` takes it."""
    try:
        parse_semver(text, normalize=normalize)
    except ValueError:
        return False
    return True
