"""What an object names: claims, volumes, secrets, classes, backends, each with the place of the name."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from constructs_dra.checks.collect import Item
from constructs_dra.kubernetes.kinds import pod_templates
from constructs_dra.kubernetes.labels import QUEUE, QUEUE_PRIORITY
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text
from constructs_dra.paths import child

__all__ = ["Mention", "is_everywhere", "mentions", "pod_mentions"]

_BUILT_IN: Final[Mapping[str, frozenset[str]]] = {
    "PriorityClass": frozenset({"system-cluster-critical", "system-node-critical"}),
    "ServiceAccount": frozenset({"default"}),
    "ClusterRole": frozenset({"admin", "cluster-admin", "edit", "view"}),
    "Namespace": frozenset({"default", "kube-system", "kube-public", "kube-node-lease"}),
    "ConfigMap": frozenset({"kube-root-ca.crt"}),
}
"""What every cluster has."""


class Mention(NamedTuple):
    """One name of another object.

    Attributes:
        kind: Kind of what is named.
        name: Its name, never empty.
        path: Place of the name.
        optional: Whether the object does without it.
        namespace: Its namespace, where the reference says one; empty: that of the object.
    """

    kind: str
    name: str
    path: str
    optional: bool = False
    namespace: str = ""


def is_everywhere(mention: Mention) -> bool:
    """Whether every cluster has what is named."""
    return mention.name in _BUILT_IN.get(mention.kind, ())


def mentions(item: Item) -> Iterator[Mention]:
    """Everything an object names, its pods included."""
    for template, path in pod_templates(item.value):
        yield from pod_mentions(mapping(template.get("spec")), child(path, "spec"))
    if of_kind := _KINDS.get(item.kind):
        yield from of_kind(item)
    yield from _waiting(item)


def pod_mentions(spec: Mapping[str, Any], path: str) -> Iterator[Mention]:
    """What a pod names.

    Args:
        spec: The pod's spec.
        path: Its place.
    """
    for key, kind in (("priorityClassName", "PriorityClass"), ("runtimeClassName", "RuntimeClass"), ("serviceAccountName", "ServiceAccount")):
        if key in spec:
            yield from _named(kind, spec, key, path)
    if group := spec.get("schedulingGroup"):
        yield from _named("PodGroup", group, "podGroupName", f"{path}.schedulingGroup")
    for secret, place in items(spec, "imagePullSecrets", path):
        yield from _named("Secret", secret, "name", place)
    for claim, place in items(spec, "resourceClaims", path):
        yield from _named("ResourceClaimTemplate", claim, "resourceClaimTemplateName", place)
        yield from _named("ResourceClaim", claim, "resourceClaimName", place)
    for volume, place in items(spec, "volumes", path):
        for key, name, kind in _VOLUMES:
            if source := volume.get(key):
                yield from _named(kind, source, name, f"{place}.{key}")
        if projected := volume.get("projected"):
            for source, inner in items(projected, "sources", f"{place}.projected"):
                yield from _one_of(source, _PROJECTED, inner)
    for key in ("initContainers", "containers"):
        for container, place in items(spec, key, path):
            for index, variable in enumerate(sequence(container.get("env"))):
                if isinstance(variable, dict) and (given := variable.get("valueFrom")):
                    yield from _one_of(given, _VARIABLES, f"{place}.env[{index}].valueFrom")
            for source, inner in items(container, "envFrom", place):
                yield from _one_of(source, _ENVIRONMENTS, inner)


_VOLUMES: Final = (
    ("persistentVolumeClaim", "claimName", "PersistentVolumeClaim"),
    ("configMap", "name", "ConfigMap"),
    ("secret", "secretName", "Secret"),
)
_PROJECTED: Final = (("secret", "Secret"), ("configMap", "ConfigMap"))
_VARIABLES: Final = (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret"))
_ENVIRONMENTS: Final = (("configMapRef", "ConfigMap"), ("secretRef", "Secret"))


def _named(kind: str, holder: Any, key: str, path: str) -> Iterator[Mention]:
    """The name at a key of a mapping, where there is one."""
    known = mapping(holder)
    if name := text(known.get(key)):
        yield Mention(kind, name, f"{path}.{key}", known.get("optional") is True)


def _one_of(holder: Any, kinds: tuple[tuple[str, str], ...], path: str) -> Iterator[Mention]:
    """The names of references that stand under keys of their own."""
    known = mapping(holder)
    for key, kind in kinds:
        if key in known:
            yield from _named(kind, known[key], "name", f"{path}.{key}")


def _elsewhere(kind: str, reference: Mapping[str, Any], path: str) -> Iterator[Mention]:
    """A reference that may say its kind and its namespace."""
    if name := text(reference.get("name")):
        yield Mention(text(reference.get("kind")) or kind, name, f"{path}.name", namespace=text(reference.get("namespace")))


def _claim(item: Item) -> Iterator[Mention]:
    """The device classes of a claim."""
    template = item.kind == "ResourceClaimTemplate"
    spec, path = (mapping(item.spec.get("spec")), "spec.spec") if template else (item.spec, "spec")
    for request, place in items(mapping(spec.get("devices")), "requests", f"{path}.devices"):
        bodies = [(request, place), (mapping(request.get("exactly")), f"{place}.exactly"), *items(request, "firstAvailable", place)]
        for body, inner in bodies:
            yield from _named("DeviceClass", body, "deviceClassName", inner)


def _volume_claim(item: Item) -> Iterator[Mention]:
    yield from _named("StorageClass", item.spec, "storageClassName", "spec")


def _gateway(item: Item) -> Iterator[Mention]:
    yield from _named("GatewayClass", item.spec, "gatewayClassName", "spec")
    for listener, place in items(item.spec, "listeners", "spec"):
        for reference, inner in items(mapping(listener.get("tls")), "certificateRefs", f"{place}.tls"):
            yield from _elsewhere("Secret", reference, inner)


def _route(item: Item) -> Iterator[Mention]:
    for parent, place in items(item.spec, "parentRefs", "spec"):
        yield from _elsewhere("Gateway", parent, place)
    for rule, rule_path in items(item.spec, "rules", "spec"):
        for backend, place in items(rule, "backendRefs", rule_path):
            yield from _elsewhere("Service", backend, place)


def _ingress(item: Item) -> Iterator[Mention]:
    yield from _named("IngressClass", item.spec, "ingressClassName", "spec")
    yield from _named("Service", at(item.spec, "defaultBackend", "service"), "name", "spec.defaultBackend.service")
    for rule, place in items(item.spec, "rules", "spec"):
        for way, inner in items(mapping(rule.get("http")), "paths", f"{place}.http"):
            yield from _named("Service", at(way, "backend", "service"), "name", f"{inner}.backend.service")
    for entry, place in items(item.spec, "tls", "spec"):
        yield from _named("Secret", entry, "secretName", place)


def _binding(item: Item) -> Iterator[Mention]:
    role = mapping(item.value.get("roleRef"))
    yield from _named(text(role.get("kind")), role, "name", "roleRef")


def _pool(item: Item) -> Iterator[Mention]:
    for key in ("endpointPickerRef", "extensionRef"):
        yield from _named("Service", item.spec.get(key), "name", f"spec.{key}")


def _trigger(item: Item) -> Iterator[Mention]:
    """The credentials that a scaler's triggers name."""
    for trigger, place in items(item.spec, "triggers", "spec"):
        yield from _elsewhere("TriggerAuthentication", mapping(trigger.get("authenticationRef")), f"{place}.authenticationRef")


def _credentials(item: Item) -> Iterator[Mention]:
    """The secrets that the credentials of triggers are taken from."""
    for secret, place in items(item.spec, "secretTargetRef", "spec"):
        yield from _named("Secret", secret, "name", place)


def _group(item: Item) -> Iterator[Mention]:
    """What a group of pods names."""
    yield from _named("PriorityClass", item.spec, "priorityClassName", "spec")
    yield from _named("Workload", item.spec.get("workloadRef"), "workloadName", "spec.workloadRef")
    for claim, place in items(item.spec, "resourceClaims", "spec"):
        yield from _named("ResourceClaimTemplate", claim, "resourceClaimTemplateName", place)
        yield from _named("ResourceClaim", claim, "resourceClaimName", place)


def _local_queue(item: Item) -> Iterator[Mention]:
    yield from _named("ClusterQueue", item.spec, "clusterQueue", "spec")


def _cluster_queue(item: Item) -> Iterator[Mention]:
    for group, path in items(item.spec, "resourceGroups", "spec"):
        for flavor, place in items(group, "flavors", path):
            yield from _named("ResourceFlavor", flavor, "name", place)


def _waiting(item: Item) -> Iterator[Mention]:
    """The queue of Kueue that an object waits in, and its place there."""
    for key, kind in ((QUEUE, "LocalQueue"), (QUEUE_PRIORITY, "WorkloadPriorityClass")):
        if name := text(item.labels.get(key)):
            yield Mention(kind, name, f"metadata.labels['{key}']")


_KINDS: Final = {
    "ClusterQueue": _cluster_queue,
    "LocalQueue": _local_queue,
    "PodGroup": _group,
    "Gateway": _gateway,
    "HTTPRoute": _route,
    "InferencePool": _pool,
    "Ingress": _ingress,
    "PersistentVolumeClaim": _volume_claim,
    "ResourceClaim": _claim,
    "ResourceClaimTemplate": _claim,
    "RoleBinding": _binding,
    "ClusterRoleBinding": _binding,
    "ScaledObject": _trigger,
    "TriggerAuthentication": _credentials,
}
"""What objects name beyond their pods."""
