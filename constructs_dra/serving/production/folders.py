"""Folders in memory and on disk that a model server writes to."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.records import valid
from constructs_dra.serving.part import Part, PodView, RoleView

__all__ = ["SharedMemory", "WritableFolders"]

_SHM: Final = "/dev/shm"  # noqa: S108 - where Linux has it


def _mounted(made: dict[str, Any]) -> set[str]:
    return {mount["mountPath"].rstrip("/") for mount in made.get("volumeMounts", ())}


def _volume(pod: PodView, name: str, source: Mapping[str, Any]) -> str:
    """Add a volume under a name that is free; gives the name."""
    volumes = pod.spec.setdefault("volumes", [])
    taken = {volume["name"] for volume in volumes}
    while name in taken:
        name = f"own-{name}"
    volumes.append({"name": name, "emptyDir": dict(source)})
    return name


@frozen(kw_only=True, eq=False, repr=False)
class SharedMemory(Part):
    """`/dev/shm` in memory for servers on several devices, whose processes talk through it; the 64 MiB of a container are too few.

    Attributes:
        size: How large it may grow; it counts as memory of the container. A server on one device gets it where a size is given. Default: 2 GiB
            for each device of the pod.
    """

    size: str | None = field(default=None, metadata=valid.quantity())

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        """Mount it in the model server, unless something else is mounted there."""
        devices = role.parallelism.devices_per_pod
        if devices < 2 and self.size is None:
            return
        for _, record, made in pod.containers():
            if record is pod.pod.model_container and _SHM not in _mounted(made):
                name = _volume(pod, "shm", {"medium": "Memory", "sizeLimit": self.size or f"{2 * devices}Gi"})
                made.setdefault("volumeMounts", []).append({"name": name, "mountPath": _SHM})


def _keeps_its_home(context: Mapping[str, Any]) -> bool:
    """Whether a container may write where its image has the home."""
    return context.get("readOnlyRootFilesystem") is False or context.get("runAsUser") == 0


@frozen(kw_only=True, eq=False, repr=False)
class WritableFolders(Part):
    """What a program may write to although its root file system is read-only: `/tmp`, and a home with the caches of servers.

    vLLM, SGLang, Triton, PyTorch and FlashInfer keep compiled kernels below the home (`~/.cache`, `~/.triton`; `XDG_CACHE_HOME` and the like follow
    it where they are not set), and ask for the name of the user, which an image does not know of a number that is not in its `/etc/passwd`. A server
    of one's own that runs as root, or may write to its image, keeps the home of its image.

    Attributes:
        home: The home of servers. Default `/home/server`.
        size: Limit of each folder. Default: none.
    """

    home: str = field(default="/home/server", metadata=valid.text())
    size: str | None = field(default=None, metadata=valid.quantity())

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:  # noqa: ARG002 - alike for all roles
        """Mount the folders, and tell servers their home."""
        source = {"sizeLimit": self.size} if self.size is not None else {}
        wanting = [made for _, made in pod.all_containers() if "/tmp" not in _mounted(made)]  # noqa: S108 - a folder of the container
        if wanting:
            name = _volume(pod, "tmp", source)
            for made in wanting:
                made.setdefault("volumeMounts", []).append({"name": name, "mountPath": "/tmp"})  # noqa: S108 - as above
        for _, record, made in pod.containers():
            if not record.serves_model and _keeps_its_home(record.security_context or pod.pod.security_context or {}):
                continue
            variables = made.setdefault("env", [])
            given = {variable["name"] for variable in variables}
            if "HOME" in given:
                continue
            if self.home not in _mounted(made):
                made.setdefault("volumeMounts", []).append({"name": _volume(pod, "home", source), "mountPath": self.home})
            wanted = {"HOME": self.home, "USER": "server"}
            made["env"] = [*({"name": name, "value": value} for name, value in wanted.items() if name not in given), *variables]
