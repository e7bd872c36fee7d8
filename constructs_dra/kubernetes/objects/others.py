"""The check of each kind that holds no pods, beyond its schema and its metadata."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from constructs_dra.kubernetes.objects import (
    access,
    admission,
    configuration,
    endpoints,
    extensions,
    groups,
    limits,
    networks,
    persistent_volumes,
    scaling,
    services,
    storage,
)
from constructs_dra.kubernetes.rules import Rules

__all__ = ["CHECKS"]

CHECKS: Final[Mapping[str, Callable[[dict[str, Any], Rules], None]]] = {
    kind: check
    for part in (access, admission, configuration, endpoints, extensions, groups, limits, networks, persistent_volumes, scaling, services, storage)
    for kind, check in part.CHECKS.items()
}
