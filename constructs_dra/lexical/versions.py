"""Kubernetes versions: `1.34`, `v1.34.1`, and which ones this library knows."""

import re
from functools import lru_cache

from attrs import frozen

from constructs_dra.lazy import lazy_pattern

__all__ = ["DEFAULT_VERSION", "NEWEST_VERSION", "OLDEST_VERSION", "KubernetesVersion"]

_SHAPE = lazy_pattern(r"v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,6}))?(?:[-+][0-9A-Za-z.+-]*)?\Z", re.ASCII)


@frozen(order=True)
class KubernetesVersion:
    """A version of Kubernetes.

    Attributes:
        major: Always 1 so far.
        minor: The 34 of 1.34.
        patch: The 2 of 1.34.2. Default 0.
    """

    major: int
    minor: int
    patch: int = 0

    @classmethod
    def parse(cls, text: "str | KubernetesVersion") -> "KubernetesVersion":
        """Read `1.34`, `1.34.1`, `v1.34.1` or what vendors write (`v1.34.1-gke.100`, `1.34.1+k3s1`).

        Raises:
            ValueError: It is not a version, or one older than `OLDEST_VERSION` or newer than `NEWEST_VERSION`.
        """
        return text if isinstance(text, KubernetesVersion) else _parse(text)

    @property
    def release(self) -> "KubernetesVersion":
        """Without the patch: what decides about APIs and feature gates."""
        return KubernetesVersion(self.major, self.minor)

    def __str__(self) -> str:
        """`1.34`, with the patch where there is one."""
        return f"{self.major}.{self.minor}" + (f".{self.patch}" if self.patch else "")


OLDEST_VERSION = KubernetesVersion(1, 34)
"""The first with `resource.k8s.io/v1`."""

NEWEST_VERSION = KubernetesVersion(1, 38)
"""The last that is known here: its feature gates, and the API of the newest version before it whose schemas were published."""

DEFAULT_VERSION = KubernetesVersion(1, 36)
"""What everything assumes where no version is given: the one whose answers were recorded to compare with."""


@lru_cache(maxsize=64)
def _parse(text: str) -> KubernetesVersion:
    match = _SHAPE.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not a Kubernetes version; write it like '1.34' or '1.34.1'")
    version = KubernetesVersion(*(int(part or 0) for part in match.groups()))
    if not OLDEST_VERSION <= version.release <= NEWEST_VERSION:
        raise ValueError(f"Kubernetes {text} is not known here; {OLDEST_VERSION} to {NEWEST_VERSION} are")
    return version
