"""Where in the record of a service each part of its objects came from: what Kubernetes' rules say of an object is said of the record there.

The service's own checks ask it of the pods they look at, the importer of values files of whole objects. Asked only when something is wrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from constructs_dra.errors import join_path
from constructs_dra.kubernetes.kinds import POD_TEMPLATES
from constructs_dra.manifest import Manifest
from constructs_dra.records.kubernetes import kubernetes_names
from constructs_dra.records.places import Places
from constructs_dra.serving.container import Container, Port
from constructs_dra.serving.context import RoleContext
from constructs_dra.serving.env import env_list
from constructs_dra.serving.part import PodView
from constructs_dra.serving.pod import pod_fields
from constructs_dra.serving.resolve import resolved
from constructs_dra.serving.spec import ServiceSpec

__all__ = ["ObjectPlaces", "pod_places"]

_OF_GROUPS = {
    "size": "size",
    "restartPolicy": "restart_policy",
    "subGroupPolicy.subGroupSize": "sub_group_size",
    "subGroupPolicy.subGroupPolicyType": "sub_group_policy_type",
}
_OF_SETS = {
    "startupPolicy": "startup_policy",
    "rolloutStrategy": "rollout_strategy",
    "groupIdentity": "group_identity",
    "groupReplacementPolicy": "group_replacement_policy",
    "networkConfig.subdomainPolicy": "subdomain_policy",
}
_OF_PORTS = {"containerPort": "number", "hostPort": "host_port", "hostIP": "host_ip"}


class ObjectPlaces:
    """Where each part of the objects of a service came from."""

    def __init__(self, service: ServiceSpec) -> None:
        """Keep the service; nothing is worked out before something is asked."""
        self._service = service
        self._known: dict[tuple[str, str], tuple[str, str, Places]] = {}

    def place(self, manifest: Manifest, path: str) -> str:
        """The place in the service's record that a place in one of its objects came from; empty where that is not known.

        Args:
            manifest: The object.
            path: The place in it.
        """
        if not self._known:
            self._known = dict(self._objects())
        if (found := self._known.get(_key(manifest))) is None:
            return ""
        prefix, record, places = found
        return join_path(record, places.place(path.removeprefix(prefix)) or "")

    def _objects(self) -> Iterator[tuple[tuple[str, str], tuple[str, str, Places]]]:
        """Kind and name of each object, what its own places start with, the record it was made from, and where in that they came from."""
        service = resolved(self._service)
        for path, part in service.spec.standing():
            for made in part.manifests(service):
                yield _key(made), ("", path, Places({}))
        for role in service.roles.values():
            for path, role_part in role.standing():
                for made in role_part.manifests(role):
                    yield _key(made), ("", path, Places({}))
            for index, used in enumerate(role.claims):
                if not used.claim.existing:
                    claim: Any = used.claim.spec
                    path = f"{role.name}.claims[{index}]{'' if role.role.claims[index] is claim else '.spec'}"
                    kind, prefix = ("ResourceClaim", "") if claim.shared else ("ResourceClaimTemplate", "spec.")
                    yield (kind, used.object_name), (prefix, path, claim.places())
            yield (role.workload.kind, role.workload.name), ("", "", _workload(role))


def _key(manifest: Manifest) -> tuple[str, str]:
    return manifest["kind"], manifest["metadata"]["name"]


def _workload(role: RoleContext) -> Places:
    places, name, kind = Places({}), role.name, role.workload.kind
    places.add("", name, "whole")
    if field_of_name := role.conventions.name_field:
        places.add("metadata.name", field_of_name, "whole")
    places.add("spec.replicas", f"{name}.replicas", "whole")
    places.add("spec.strategy", f"{name}.strategy", "same")
    for key in ("labels", "annotations"):
        places.add(f"metadata.{key}", f"{name}.{key}", "keys")
    _labels(places, "metadata.labels", role.role.labels, f"{name}.labels")
    _labels(places, "spec.selector.matchLabels", {}, "")
    for key, field in _OF_SETS.items():
        places.add(f"spec.{key}", f"{name}.multinode.{field}", "same")
    for key, field in _OF_GROUPS.items():
        stated = role.role.multinode is not None and getattr(role.role.multinode, field) is not None
        places.add(f"spec.leaderWorkerTemplate.{key}", f"{name}.multinode.{field}" if stated else f"{name}.parallelism", "whole")
    if kind == "ReplicaSet":
        places.add("spec.template", "requester", "whole")
        container = "spec.template.spec.containers[0]"
        for key, field in (("image", "image"), ("resources", "resources"), ("readinessProbe.initialDelaySeconds", "initial_delay_seconds")):
            places.add(f"{container}.{key}", f"requester.{field}", "same")
        places.add(f"{container}.readinessProbe.periodSeconds", "requester.period_seconds", "same")
    templates = () if kind == "ReplicaSet" else POD_TEMPLATES[kind]  # workers are the last; requesters are not pods of the role
    for view, prefix in zip(reversed(role.pods), reversed(templates), strict=False):
        _labels(places, f"{prefix}.metadata.labels", view.pod.pod_labels, f"{view.path}.pod_labels")
        places.add(f"{prefix}.metadata.annotations", f"{view.path}.pod_annotations", "keys")
        pod_places(places, f"{prefix}.spec", view)
    return places


def _labels(places: Places, labels: str, own: Mapping[str, str], path: str) -> None:
    """Labels: those of the model, but for those that the record has itself."""
    places.add(labels, "model.labels", "keys")
    for key in own:
        places.add(f"{labels}[{key!r}]", f"{path}[{key!r}]", "whole")


def pod_places(places: Places, prefix: str, view: PodView) -> None:
    """Note where each part of a pod came from.

    Args:
        places: Takes the places.
        prefix: Where the PodSpec is in the object.
        view: The finished pod, and the record it was made from.
    """
    pod, path, names = view.pod, view.path, pod_fields()
    places.add(prefix, path, "whole")
    for key in view.spec:
        if key in names:
            places.add(f"{prefix}.{key}", f"{path}.{names[key]}", "same")
        elif key in pod.extra:
            places.add(f"{prefix}.{key}", f"{path}.extra.{key}", "same")
    if pod.affinity is None and pod.accelerator_types is not None:
        places.add(f"{prefix}.affinity", f"{path}.accelerator_types", "whole")
    _named(places, f"{prefix}.volumes", f"{path}.volumes", pod.volumes)
    for index in range(len(pod.volumes), len(view.spec.get("volumes", ()))):
        places.add(f"{prefix}.volumes[{index}]", "model", "whole")
    shift = int(view.proxied)
    if shift:
        places.add(f"{prefix}.initContainers[0]", "proxy", "whole")
        names_of_proxy = kubernetes_names(Container)
        for key in ("image", "imagePullPolicy", "resources"):
            places.add(f"{prefix}.initContainers[0].{key}", f"proxy.{names_of_proxy[key]}", "same")
    for index, record in enumerate(pod.init_containers):
        made = view.spec["initContainers"][index + shift]
        _container(places, f"{prefix}.initContainers[{index + shift}]", f"{path}.init_containers[{index}]", record, made)
    for place, record, made in view.containers():
        _container(places, f"{prefix}.containers{place.removeprefix(f'{path}.containers')}", place, record, made)


def _container(places: Places, prefix: str, path: str, record: Container, made: Mapping[str, Any]) -> None:
    names = kubernetes_names(Container)
    places.add(prefix, path, "whole")
    for key in {**names, **made}:
        if key in names:
            places.add(f"{prefix}.{key}", f"{path}.{names[key]}", "same")
        elif key in record.extra:
            places.add(f"{prefix}.{key}", f"{path}.extra.{key}", "same")
    _added(places, f"{prefix}.args", f"{path}.args", len(made.get("args", ())), len(record.args))
    _variables(places, f"{prefix}.env", f"{path}.env", record, made.get("env", ()))
    _named(places, f"{prefix}.volumeMounts", f"{path}.volume_mounts", record.volume_mounts)
    for index in range(len(record.volume_mounts), len(made.get("volumeMounts", ()))):
        places.add(f"{prefix}.volumeMounts[{index}]", "model.mount_path", "whole")
    ports = made.get("ports", ())
    _added(places, f"{prefix}.ports", f"{path}.ports", len(ports), len(record.ports))
    for index, port in enumerate(record.ports):
        place = f"{prefix}.ports[{len(ports) - len(record.ports) + index}]"
        for key in ports[0] if ports else ():
            named = f"{path}.ports[{index}].{_OF_PORTS.get(key, key)}" if isinstance(port, Port) else f"{path}.ports[{index}]"
            places.add(f"{place}.{key}", named, "whole")


def _added(places: Places, prefix: str, record: str, count: int, own: int) -> None:
    """A list that starts with what is added to the record's own."""
    for index in range(count):
        if index >= count - own:
            places.add(f"{prefix}[{index}]", f"{record}[{index - count + own}]", "same")
        else:
            places.add(f"{prefix}[{index}]", record.rpartition(".")[0], "whole")


def _named(places: Places, prefix: str, path: str, value: Mapping[str, Any] | Sequence[Any]) -> None:
    """A list of Kubernetes that the record may have as a mapping by name."""
    if isinstance(value, Mapping):
        for index, name in enumerate(value):
            places.add(f"{prefix}[{index}]", f"{path}[{name!r}]", "same")


def _variables(places: Places, prefix: str, path: str, record: Container, made: Sequence[Mapping[str, Any]]) -> None:
    """Environment variables: the record's own, in its order, among those that are added."""
    own = list(enumerate(env_list(record.env)))
    for index, variable in enumerate(made):
        place = f"{prefix}[{index}]"
        found = next((number for number, item in own if item == variable), None)
        if found is None:
            places.add(place, path.rpartition(".")[0], "whole")
            continue
        own = [item for item in own if item[0] != found]
        if not isinstance(record.env, Mapping):
            places.add(place, f"{path}[{found}]", "same")
            continue
        places.add(place, f"{path}[{variable['name']!r}]", "whole")
        places.add(f"{place}.valueFrom", f"{path}[{variable['name']!r}]", "same")
