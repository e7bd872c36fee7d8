"""What the arguments of a role's model server say about things that fields of the role say too."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from attrs import evolve

from constructs_dra.engines.images import Image, image, said
from constructs_dra.engines.launch import Launch, launches
from constructs_dra.engines.others import OTHERS, said_by
from constructs_dra.engines.readings import newest, reading_of
from constructs_dra.engines.values import Unknown
from constructs_dra.lazy import lazy_pattern
from constructs_dra.serving.container import Container
from constructs_dra.serving.parallelism import Parallelism
from constructs_dra.serving.role import Role

__all__ = ["SIZES", "believed", "spoken"]

SIZES: Final = {
    "tensor_parallel_size": "tensor",
    "pipeline_parallel_size": "pipeline",
    "nnodes": "nodes",
    "data_parallel_size": "data",
    "data_parallel_size_local": "data_local",
}
"""vLLM's names of sizes, and those of the fields of `Parallelism`."""

_ARGUMENT: Final = lazy_pattern(r"args\[(\d+)\]")

_SILENT: Final = Parallelism()


def spoken(container: Container) -> Mapping[str, tuple[Any, int]]:
    """The values of flags that a container's own arguments give, by vLLM's names, and the number of the argument; of what is no engine nothing.

    Values that only the running container knows are left out.
    """
    if not container.args and not container.command:
        return {}
    about = said(container.image, container.engine_version) if container.engine_version else image(container.image)
    return _spoken(container.model_command, tuple(container.command), tuple(container.args), about)


@lru_cache(maxsize=2048)
def _spoken(model_command: str, command: tuple[str, ...], args: tuple[str, ...], about: Image) -> Mapping[str, tuple[Any, int]]:
    if model_command == "custom":
        given: dict[str, Any] = {"image": "", "command": list(command), "args": list(args)}
        before = 0
    else:
        given = {"image": "", "command": ["vllm", "serve"], "args": ["m", *args]}
        before = 1
    found: dict[str, tuple[Any, int]] = {}
    for launch in launches(given, about=about):
        if launch.engine in OTHERS:
            values = said_by(launch).values
            # the copies of the attention share the tensor ranks; a launcher may spread all ranks over nodes
            left_out = {"data_parallel_size"} if "enable_dp_attention" in values else set()
            left_out |= set(SIZES) if OTHERS[launch.engine].launchers & set(launch.wrappers) else set()
            found |= {name: (value, _number(launch, index, before)) for name, (value, index) in values.items() if name not in left_out}
            continue
        reading = reading_of(launch, about.version or newest(launch))
        for each in reading.given:
            if not each.refused and not isinstance(each.value, Unknown) and each.value is not None:
                found[each.flag.dest] = (each.value, _number(launch, each.index, before))
    return found


def _number(launch: Launch, index: int, before: int) -> int:
    """The number of a launch's argument among the container's `args`; below 0: it stands elsewhere."""
    match = _ARGUMENT.fullmatch(launch.arguments[index].path) if index >= 0 else None
    return int(match[1]) - before if match else -1


def believed(role: Role) -> Role:
    """The role with the parallelism its arguments ask for, where the role itself says nothing about it."""
    if role.parallelism != _SILENT:
        return role
    server = role.model_container
    values = spoken(server) if server is not None else {}
    sizes = {name: values[flag][0] for flag, name in SIZES.items() if flag in values}
    sizes = {name: size for name, size in sizes.items() if isinstance(size, int) and size > 1}
    if not sizes:
        return role
    if "data" in sizes and "data_local" not in sizes:
        # vLLM starts all copies on one machine unless it is told otherwise
        sizes["data_local"] = sizes["data"]
    return evolve(role, parallelism=Parallelism(**sizes))
