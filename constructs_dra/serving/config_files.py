"""Files of configuration that model servers read."""

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, ClassVar, Final

from attrs import field, frozen

from constructs_dra.errors import Problems, shown
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.serving.part import Part, PodView, RoleView, ServiceView

__all__ = ["ConfigFiles"]

_KEY: Final = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_LARGEST: Final = 1 << 20
"""Bytes that a ConfigMap can hold (Kubernetes documentation, ConfigMaps)."""


def _check_files(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, Mapping):
        valid.wrong(problems, path, value, "a mapping of file names and texts")
        return
    for name, text in value.items():
        place = f"{path}[{shown(name)}]"
        if not isinstance(name, str) or not _KEY.fullmatch(name) or name in {".", ".."}:
            problems.add(place, f"{shown(name)} is not a valid name of a file", "use letters, digits, '-', '_' and '.'")
        elif not isinstance(text, str):
            valid.wrong(problems, place, text, "the text of the file")
    if not value:
        problems.add(path, "must name at least one file")
    elif sum(len(text.encode()) for text in value.values() if isinstance(text, str)) > _LARGEST:
        problems.add(path, "are larger than the 1 MiB that a ConfigMap can hold", "put them on a volume")


def _check_folder(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, str) or not value.startswith("/") or ":" in value:
        valid.wrong(problems, path, value, "an absolute path without ':'")


@frozen(eq=False, repr=False)
class ConfigFiles(Part):
    """Files that the model servers of all roles find in a folder: `parts=[ConfigFiles("/etc/mooncake", {"config.json": text})]`.

    They are a ConfigMap of the service, mounted read-only; pods are made anew when a file changes, as servers read them once.

    Attributes:
        folder: Where they are in the containers.
        files: Their names and texts.
        name: Name of the ConfigMap. Default: `<service>-config`.
    """

    BEFORE_WORKLOADS: ClassVar = True

    folder: str = field(metadata=valid.custom(_check_folder))
    files: Mapping[str, str] = field(metadata=valid.custom(_check_files))
    name: str | None = field(default=None, kw_only=True, metadata=valid.dns_subdomain())

    def _name(self, service: ServiceView) -> str:
        return self.name or f"{service.name}-config"

    def manifests(self, service: ServiceView) -> Iterator[Manifest]:
        """The ConfigMap."""
        name = self._name(service)
        yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": service.metadata(name, kind="ConfigMap"), "data": dict(self.files)}

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        """Mount the files, and note what they hold."""
        name = self._name(role.service)
        volumes = pod.spec.setdefault("volumes", [])
        taken = {volume["name"] for volume in volumes}
        volume = "config-files"
        while volume in taken:
            volume = f"own-{volume}"
        volumes.append({"name": volume, "configMap": {"name": name}})
        for _, record, made in pod.containers():
            if record is pod.pod.model_container:
                made.setdefault("volumeMounts", []).append({"name": volume, "mountPath": self.folder, "readOnly": True})
        digest = sha256("\0".join(word for item in sorted(self.files.items()) for word in item).encode()).hexdigest()
        pod.template["metadata"].setdefault("annotations", {})[f"checksum/{name}"[:63].rstrip("-.")] = digest
