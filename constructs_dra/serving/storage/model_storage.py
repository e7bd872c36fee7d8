"""The volume of a model and the Job that fills it, both from what the service says of its model."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

from attrs import field, frozen

from constructs_dra.errors import Problem, Problems
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.record import Fragment, Record
from constructs_dra.records.sequence import SequenceNotStr
from constructs_dra.records.values import copied
from constructs_dra.serving import fragments
from constructs_dra.serving.amounts import Resources
from constructs_dra.serving.part import Part, PodView, RoleView, ServiceView
from constructs_dra.serving.production.security import PodSecurity

__all__ = ["Download", "ModelStorage"]

_MODES: Final = ("ReadWriteMany", "ReadOnlyMany", "ReadWriteOnce", "ReadWriteOncePod")
_RESOURCES: Final[Fragment] = {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"cpu": "4", "memory": "8Gi"}}
_WAITING: Final[Fragment] = {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"cpu": "500m", "memory": "128Mi"}}


@cache
def _program(name: str) -> str:
    return (Path(__file__).parent / "programs" / f"{name}.py").read_text(encoding="utf-8")


def _check_modes(value: object, path: str, problems: Problems) -> None:
    for place, item in valid.items_of(value, path, problems, "access modes"):
        valid.choice(*_MODES)["check"](item, place, problems)


@frozen(kw_only=True, eq=False, repr=False)
class Download(Record):
    """How a model gets onto its volume.

    Attributes:
        image: An image with `python3` and the package `huggingface_hub`. Default: that of the model server, which has both.
        revision: Branch, tag or commit of the model; servers are told it too. Default `main`.
        ignore_patterns: Files that are left out, as patterns. Default: copies of the weights in formats that servers do not read.
        env: Variables of the download, for a mirror (`HF_ENDPOINT`) or a proxy. Default: none.
        resources: Its resources. Default: 1 to 4 CPU, 2 to 8 GiB.
        backoff_limit: How often it is tried again; what was fetched is kept. Default 10.
    """

    image: str | None = field(default=None, metadata=valid.optional(valid.image()))
    revision: str = field(default="main", metadata=valid.text())
    ignore_patterns: SequenceNotStr[str] = field(default=("original/*", "metal/*", "*.pth", "*.gguf"), metadata=valid.texts())
    env: Mapping[str, str] = field(factory=dict, metadata=valid.mapping(valid.text(), "text"))
    resources: Resources | Fragment = field(default=_RESOURCES, metadata=fragments.fragment("ResourceRequirements"))
    backoff_limit: int = field(default=10, metadata=valid.integer())


@frozen(kw_only=True, eq=False, repr=False)
class ModelStorage(Part):
    """The volume of a model in a Hugging Face cache (`ModelArtifacts.pvc_hf`), and the Job that fills it before the servers start.

    The name of the claim, the folder of the cache, the model and the secret with the token are the service's model's. The Job checks every file
    against its checksum; the pods wait for that in an init container, and are told to ask no hub.

    Attributes:
        size: Size of the volume.
        storage_class_name: Storage class. Default: the cluster's.
        access_modes: Who can use it at once. Default `ReadWriteMany`, as servers on several nodes read it while it is filled.
        download: How the model gets there; `None` leaves that to somebody else. Default: a Job.
        annotations: Annotations of the claim. Default: none.
    """

    BEFORE_WORKLOADS: ClassVar = True

    size: str = field(metadata=valid.quantity())
    storage_class_name: str | None = field(default=None, metadata=valid.dns_subdomain())
    access_modes: Sequence[Literal["ReadWriteMany", "ReadOnlyMany", "ReadWriteOnce", "ReadWriteOncePod"]] = field(
        default=("ReadWriteMany",), metadata=valid.custom(_check_modes)
    )
    download: Download | None = field(factory=Download, metadata=valid.optional(valid.instance(Download)))
    annotations: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))

    def cross_check(self, problems: Problems) -> None:
        """Somebody can use it."""
        if not self.access_modes:
            problems.add("access_modes", "must hold at least one access mode", "leave it out for ReadWriteMany")

    def manifests(self, service: ServiceView) -> Iterator[Manifest]:
        """The claim, the Job, and a policy by which nobody connects to the latter."""
        model = service.model
        if model.scheme != "pvc+hf":
            return
        spec: Manifest = {"accessModes": list(self.access_modes), "resources": {"requests": {"storage": self.size}}}
        if self.storage_class_name is not None:
            spec["storageClassName"] = self.storage_class_name
        metadata = service.metadata(model.claim_name, kind="PersistentVolumeClaim", annotations=self.annotations)
        yield {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}
        if self.download is not None:
            yield self._job(service, self.download)
            spec = {"podSelector": {"matchLabels": _labels(service)}, "policyTypes": ["Ingress"]}  # nobody connects to it
            metadata = service.metadata(f"{service.name}-model", kind="NetworkPolicy")
            yield {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}

    def _job(self, service: ServiceView, download: Download) -> Manifest:
        security = service.part(PodSecurity) or PodSecurity()
        model = service.model
        variables: list[dict[str, Any]] = [{"name": "HF_HOME", "value": "/tmp/huggingface"}]  # noqa: S108 - a folder of the container
        if model.token_secret is not None:
            variables.append({"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": model.token_secret, "key": "HF_TOKEN"}}})
        variables += [{"name": name, "value": value} for name, value in download.env.items()]
        container = {
            "name": "download",
            "image": download.image or _server_image(service),
            "command": ["python3", "-c"],
            "args": [_program("download"), *_where(service), download.revision, *download.ignore_patterns],
            "env": variables,
            "resources": copied(download.resources),
            "volumeMounts": [{"name": "model", "mountPath": model.mount_path}, {"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 - as above
            "securityContext": security.container_settings(),
        }
        pod = {
            "restartPolicy": "OnFailure",
            "automountServiceAccountToken": False,
            "securityContext": security.pod_settings(),
            "containers": [container],
            "volumes": [{"name": "model", "persistentVolumeClaim": {"claimName": model.claim_name}}, {"name": "tmp", "emptyDir": {}}],
        }
        secrets = [each for role in service.roles.values() for each in role.pod.image_pull_secrets]
        if secrets:
            pod["imagePullSecrets"] = [{"name": name} for name in dict.fromkeys(secrets)]
        # a Job cannot be changed once it is there: another download is another Job
        number = hashlib.sha256(json.dumps(pod, sort_keys=True).encode()).hexdigest()[:5]
        return {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": service.metadata(f"{service.name}-model-{number}", kind="Job"),
            "spec": {"backoffLimit": download.backoff_limit, "template": {"metadata": {"labels": _labels(service)}, "spec": pod}},
        }

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        """Let the pod wait for the download, and its servers ask nobody else."""
        model, download = role.service.model, self.download
        if download is None or model.scheme != "pvc+hf":
            return
        mounts = [mount for _, _, made in pod.containers() for mount in made.get("volumeMounts", ()) if mount["mountPath"] == model.mount_path]
        if not mounts:
            return
        security = role.service.part(PodSecurity) or PodSecurity()
        pod.spec.setdefault("initContainers", []).append(
            {
                "name": "wait-for-model",
                "image": download.image or _server_image(role.service),
                "command": ["python3", "-c"],
                "args": [_program("wait"), *_where(role.service), download.revision],
                "resources": copied(_WAITING),
                "volumeMounts": [{**mounts[0], "readOnly": True}],
                "securityContext": security.container_settings(),
            }
        )
        for _, record, made in pod.containers():
            if not any(mount["mountPath"] == model.mount_path for mount in made.get("volumeMounts", ())):
                continue
            variables = made.setdefault("env", [])
            if all(variable["name"] != "HF_HUB_OFFLINE" for variable in variables):
                variables.append({"name": "HF_HUB_OFFLINE", "value": "1"})
            args = made.get("args", [])
            if record.serves_model and download.revision != "main" and all(arg.partition("=")[0] != "--revision" for arg in args):
                before = len(args) - len(record.args)  # an author's arguments come last
                args[before:before] = ["--revision", download.revision]

    def problems(self, service: ServiceView) -> Iterator[Problem]:
        """The model is one that lies in a cache on a volume, and everybody who reads it can reach that."""
        model = service.model
        if model.scheme != "pvc+hf":
            hint = (
                f"write model=ModelArtifacts.pvc_hf('models', {model.argument!r})" if model.scheme == "hf" else "write model=ModelArtifacts.pvc_hf(…)"
            )
            yield Problem("", f"the model {model.uri!r} does not lie in a Hugging Face cache on a volume", hint, rule="model-storage")
            return
        if "ReadWriteMany" in self.access_modes:
            return
        pods = sum(role.replicas * role.parallelism.pods_per_replica for role in service.roles.values())
        several = pods > 1 or any(role.is_scaled for role in service.roles.values())
        if self.download is not None and set(self.access_modes) <= {"ReadOnlyMany"}:
            yield Problem("access_modes", "nobody can write to the volume, so the download fails", "add ReadWriteMany", rule="model-storage")
        elif set(self.access_modes) == {"ReadWriteOncePod"} and (several or self.download is not None):
            yield Problem("access_modes", "one pod alone can use the volume, and several do", "write ReadWriteMany", rule="model-storage")
        elif several and "ReadOnlyMany" not in self.access_modes:
            shown = "pods on one node alone can use the volume at once, and there are several"
            yield Problem("access_modes", shown, "write ReadWriteMany where the storage class has it", rule="model-storage", severity="warning")


def _labels(service: ServiceView) -> dict[str, str]:
    """Labels of the pods of the Job: not the service's own, by which its pods are found."""
    return {"app.kubernetes.io/name": f"{service.name}-model", "app.kubernetes.io/component": "download"}


def _where(service: ServiceView) -> list[str]:
    """Folder of the cache, and the model in it."""
    model = service.model
    return [f"{model.mount_path}/{model.hub_cache}".rstrip("/"), model.argument]


def _server_image(service: ServiceView) -> str:
    """The image of the first model server."""
    servers = (role.pod.model_container for role in service.roles.values())
    return next((server.image for server in servers if server is not None), "")
