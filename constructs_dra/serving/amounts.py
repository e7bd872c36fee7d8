"""What a container asks for and may use, and where its variables come from, as records."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from attrs import field, frozen

from constructs_dra.errors import Problems, shown, unquoted
from constructs_dra.lexical.names import env_name_problem, qualified_name_problem
from constructs_dra.lexical.quantity import compare_quantities, is_quantity, parse_quantity
from constructs_dra.records import valid
from constructs_dra.records.piece import Piece

__all__ = ["EnvFrom", "Resources", "extended_place"]


def _check_cpu(value: object, path: str, problems: Problems) -> None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        valid.wrong(problems, path, value, "a number of CPUs such as 4 or '500m'")
    else:
        valid.check_quantity(value, path, problems)


def _check_bytes(value: object, path: str, problems: Problems) -> None:
    if not isinstance(value, str):
        number = isinstance(value, int) and not isinstance(value, bool)
        valid.wrong(problems, path, value, "a string with a unit such as '16Gi'", f"write '{value}Gi' if that is what is meant" if number else "")
    else:
        valid.check_quantity(value, path, problems)


def _check_extended(value: object, path: str, problems: Problems) -> None:
    if not isinstance(value, Mapping):
        valid.wrong(problems, path, value, "a mapping of extended resources to numbers", 'write {"nvidia.com/gpu": 8}')
        return
    for name, amount in value.items():
        place = f"{path}[{shown(name)}]"
        if not isinstance(name, str):
            valid.wrong(problems, place, name, "a string as name")
        elif problem := qualified_name_problem(name):
            problems.add(place, f"the name {problem}")
        elif "/" not in name:
            problems.add(place, "is not the name of an extended resource, which has a domain", "write it like 'nvidia.com/gpu'")
        valid.integer(0, 2**63 - 1)["check"](amount, place, problems)


def _check_pages(value: object, path: str, problems: Problems) -> None:
    if not isinstance(value, Mapping):
        valid.wrong(problems, path, value, "a mapping of page sizes to quantities", 'write {"2Mi": "1Gi"}')
        return
    for size, amount in value.items():
        place = f"{path}[{shown(size)}]"
        if not isinstance(size, str) or not is_quantity(size) or parse_quantity(size) <= 0:
            valid.wrong(problems, place, size, "a page size such as '2Mi' as key")
        _check_bytes(amount, place, problems)


_COMPARED: Final = ("cpu", "memory", "ephemeral_storage")


@frozen(kw_only=True, eq=False, repr=False)
class Resources(Piece):
    """What a container asks for (requests) and may use at most (limits); a limit without a request is the request too.

    Attributes:
        cpu: CPUs it asks for: `4`, `0.5` or `"500m"`. Default: none.
        memory: Memory it asks for, with its unit: `"16Gi"`. Default: none.
        ephemeral_storage: Space on the node's disk it asks for, with its unit: `"10Gi"`. Default: none.
        cpu_limit: CPUs it may use; beyond them it is slowed down. Default: no limit.
        memory_limit: Memory it may use, with its unit; beyond it the container is killed. Default: no limit.
        ephemeral_storage_limit: Space on the node's disk it may use, with its unit; beyond it the pod is evicted. Default: no limit.
        extended: Extended resources, whole numbers by name, as request and limit: `{"nvidia.com/gpu": 8}`. Default: none.
        hugepages: Huge pages, amounts by page size, as request and limit: `{"2Mi": "1Gi"}`. Default: none.
    """

    CROSS_CHECKED = frozenset({*_COMPARED, *(f"{name}_limit" for name in _COMPARED)})

    cpu: str | float | None = field(default=None, metadata=valid.custom(_check_cpu))
    memory: str | None = field(default=None, metadata=valid.custom(_check_bytes))
    ephemeral_storage: str | None = field(default=None, metadata=valid.custom(_check_bytes))
    cpu_limit: str | float | None = field(default=None, metadata=valid.custom(_check_cpu))
    memory_limit: str | None = field(default=None, metadata=valid.custom(_check_bytes))
    ephemeral_storage_limit: str | None = field(default=None, metadata=valid.custom(_check_bytes))
    extended: Mapping[str, int] = field(factory=dict, metadata=valid.custom(_check_extended))
    hugepages: Mapping[str, str] = field(factory=dict, metadata=valid.custom(_check_pages))

    def cross_check(self, problems: Problems) -> None:
        """No request is above its limit."""
        for name in _COMPARED:
            asked, limit = getattr(self, name), getattr(self, f"{name}_limit")
            if asked is not None and limit is not None and compare_quantities(asked, limit) > 0:
                problems.add(name, f"{asked} is above the limit {limit}", "lower the request or raise the limit")

    def manifest(self) -> dict[str, Any]:
        """Limits and requests as Kubernetes writes them."""
        whole = {**{name: str(amount) for name, amount in self.extended.items()}, **{f"hugepages-{size}": of for size, of in self.hugepages.items()}}
        limits = {**_stated(self.cpu_limit, self.memory_limit, self.ephemeral_storage_limit), **whole}
        requests = {**_stated(self.cpu, self.memory, self.ephemeral_storage), **whole}
        return {key: amounts for key, amounts in (("limits", limits), ("requests", requests)) if amounts}


def _stated(cpu: str | float | None, memory: str | None, storage: str | None) -> dict[str, str]:
    amounts = {"cpu": cpu, "memory": memory, "ephemeral-storage": storage}
    return {name: str(amount) for name, amount in amounts.items() if amount is not None}


def extended_place(resources: Mapping[str, Any], name: str) -> str:
    """Where a container's resources say the number of an extended resource, as their author wrote them."""
    return f"resources.{'extended' if isinstance(resources, Resources) and name in resources.extended else 'limits'}[{shown(name)}]"


def _check_prefix(value: object, path: str, problems: Problems) -> None:
    if not isinstance(value, str):
        valid.wrong(problems, path, value, "a string", unquoted(value))
    elif problem := env_name_problem(value):
        problems.add(path, f"{shown(value)} {problem}")


@frozen(eq=False, repr=False)
class EnvFrom(Piece):
    """A Secret or ConfigMap whose entries become environment variables; `EnvFrom.secret` and `EnvFrom.config_map` make one.

    Attributes:
        kind: `secret` or `config_map`.
        name: Name of the Secret or ConfigMap, in the pod's namespace.
        prefix: What the names of the variables begin with, before the entry's key. Default: nothing.
        optional: Whether the container starts without it. Default: none written, which Kubernetes takes for no.
    """

    kind: Literal["secret", "config_map"] = field(metadata=valid.choice("secret", "config_map"))
    name: str = field(metadata=valid.dns_subdomain())
    prefix: str | None = field(default=None, kw_only=True, metadata=valid.custom(_check_prefix))
    optional: bool | None = field(default=None, kw_only=True, metadata=valid.boolean())

    @classmethod
    def secret(cls, name: str, *, prefix: str | None = None, optional: bool | None = None) -> "EnvFrom":
        """The entries of a Secret; see `EnvFrom` for what the arguments say."""
        return cls("secret", name, prefix=prefix, optional=optional)

    @classmethod
    def config_map(cls, name: str, *, prefix: str | None = None, optional: bool | None = None) -> "EnvFrom":
        """The entries of a ConfigMap; see `EnvFrom` for what the arguments say."""
        return cls("config_map", name, prefix=prefix, optional=optional)

    def manifest(self) -> dict[str, Any]:
        """The source as Kubernetes writes it."""
        source: dict[str, Any] = {"name": self.name}
        if self.optional is not None:
            source["optional"] = self.optional
        made = {"secretRef" if self.kind == "secret" else "configMapRef": source}
        return made if self.prefix is None else {"prefix": self.prefix, **made}
