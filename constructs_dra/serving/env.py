"""Where the value of an environment variable can come from, in Kubernetes' own spelling."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from constructs_dra.records.record import Fragment
from constructs_dra.records.values import copied

__all__ = ["Env", "config_map_key_ref", "env_list", "field_ref", "resource_field_ref", "secret_key_ref"]

Env: TypeAlias = Mapping[str, str | Fragment] | Sequence[Fragment]
"""Environment variables: name to text, or to a source (`field_ref("status.podIP")`). Kubernetes' own list (`[{"name": …, "value": …}]`) is for
what a mapping cannot say: one name twice, or a name without a value."""


def field_ref(field_path: str) -> dict[str, Any]:
    """A field of the pod, e.g. `status.podIP`."""
    return {"fieldRef": {"fieldPath": field_path}}


def resource_field_ref(resource: str) -> dict[str, Any]:
    """A limit or request of the container, e.g. `limits.memory`."""
    return {"resourceFieldRef": {"resource": resource}}


def secret_key_ref(name: str, key: str) -> dict[str, Any]:
    """One key of a Secret."""
    return {"secretKeyRef": {"name": name, "key": key}}


def config_map_key_ref(name: str, key: str) -> dict[str, Any]:
    """One key of a ConfigMap."""
    return {"configMapKeyRef": {"name": name, "key": key}}


def env_list(env: Env) -> list[dict[str, Any]]:
    """Kubernetes' list, in the order given."""
    if isinstance(env, Mapping):
        return [
            {"name": name, "value": value} if isinstance(value, str) else {"name": name, "valueFrom": copied(value)} for name, value in env.items()
        ]
    return [copied(item) for item in env]
