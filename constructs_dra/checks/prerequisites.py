"""What a cluster must have already for a set of objects: everything they name that is not among them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.checks.collect import Item
from constructs_dra.checks.references import Cluster
from constructs_dra.errors import did_you_mean
from constructs_dra.kubernetes.api import api
from constructs_dra.kubernetes.kinds import pod_templates
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text
from constructs_dra.lexical.versions import NEWEST_VERSION
from constructs_dra.paths import child

__all__ = ["Prerequisite", "prerequisites"]

_CLUSTER_WIDE: Final = frozenset({
    "ClusterRole", "CustomResourceDefinition", "DeviceClass", "GatewayClass", "IngressClass", "Namespace", "PriorityClass", "RuntimeClass",
    "StorageClass",
})  # fmt: skip

_BUILT_IN: Final = {
    "PriorityClass": frozenset({"system-cluster-critical", "system-node-critical"}),
    "ServiceAccount": frozenset({"default"}),
    "ClusterRole": frozenset({"admin", "cluster-admin", "edit", "view"}),
    "Namespace": frozenset({"default", "kube-system", "kube-public", "kube-node-lease"}),
    "ConfigMap": frozenset({"kube-root-ca.crt"}),
}
"""What every cluster has."""


@frozen(kw_only=True)
class Prerequisite:
    """Something that must be there before the objects are applied.

    Attributes:
        kind: Its kind.
        name: Its name; of a CustomResourceDefinition the kind it brings, as `group/version Kind`.
        namespace: Its namespace; empty for what has none, or where the objects leave it open.
        users: Title and place of each object that names it.
        optional: Whether all of them do without it.
        found: Whether the cluster has it; None where that is not known.
        hint: A near name that the cluster has.
    """

    kind: str
    name: str
    namespace: str = ""
    users: Sequence[tuple[str, str]] = field(factory=tuple)
    optional: bool = False
    found: bool | None = None
    hint: str = ""

    def __str__(self) -> str:
        """Kind and name, with the namespace where it counts."""
        where = f" in namespace {self.namespace}" if self.namespace else ""
        return f"{self.kind} {self.name}{where}"


@frozen(kw_only=True)
class _Named:
    """One mention."""

    kind: str
    name: str
    path: str
    optional: bool = False


def prerequisites(objects: Iterable[Item], cluster: Iterable[Item] | None = None) -> list[Prerequisite]:
    """Everything that the objects name and that is not among them, sorted.

    Args:
        objects: The objects.
        cluster: What a cluster has, as `kubectl get -o yaml` prints it. Default: not known. A kind of which it shows nothing counts as not known too.
    """
    own = Cluster(objects=list(objects))
    theirs = Cluster(objects=list(cluster)) if cluster is not None else None
    found: dict[tuple[str, str, str], list[tuple[Item, _Named]]] = {}
    for item in own.objects:
        for named in _mentions(item):
            if not named.name or named.name in _BUILT_IN.get(named.kind, ()) or own.find(named.kind, named.name, item) is not None:
                continue
            namespace = "" if named.kind in _CLUSTER_WIDE else item.namespace
            found.setdefault((named.kind, namespace, named.name), []).append((item, named))
    return [_judged(key, mentions, theirs) for key, mentions in sorted(found.items(), key=lambda each: each[0])]


def _judged(key: tuple[str, str, str], mentions: Sequence[tuple[Item, _Named]], theirs: Cluster | None) -> Prerequisite:
    kind, namespace, name = key
    users = tuple(dict.fromkeys((item.title, _place(item, named.path)) for item, named in mentions))
    there, hint = None, ""
    if theirs is not None:
        there, hint = _at_hand(kind, name, mentions[0][0], theirs)
    optional = all(named.optional for _, named in mentions)
    return Prerequisite(kind=kind, name=name, namespace=namespace, users=users, optional=optional, found=there, hint=hint)


def _place(item: Item, path: str) -> str:
    if item.document is None:
        return path
    line, _ = item.document.line_of(f"{item.prefix}.{path}" if item.prefix else path)
    return f"{item.document.source}:{line}"


def _at_hand(kind: str, name: str, user: Item, theirs: Cluster) -> tuple[bool | None, str]:
    """Whether a cluster has something, and a near name where it does not."""
    if kind == "CustomResourceDefinition":
        known = {served for item in theirs.of(kind) for served in _served(item)}
        return (name in known, did_you_mean(name, known, fallback=lambda _: "")) if known else (None, "")
    if not theirs.of(kind):
        return None, ""
    if theirs.find(kind, name, user) is not None:
        return True, ""
    return False, did_you_mean(name, theirs.names(kind, user), fallback=lambda _: "")


def _served(item: Item) -> Iterator[str]:
    """What a CustomResourceDefinition brings, as `group/version Kind`."""
    for version in sequence(item.spec.get("versions")):
        if mapping(version).get("served") is not False:
            yield f"{text(item.spec.get('group'))}/{text(mapping(version).get('name'))} {text(at(item.spec, 'names', 'kind'))}"


def _mentions(item: Item) -> Iterator[_Named]:
    """Everything an object names."""
    api_version = text(item.value.get("apiVersion"))
    group = api_version.rpartition("/")[0]
    if "." in group and f"{api_version} {item.kind}" not in api(NEWEST_VERSION).kinds and not group.endswith(".k8s.io.config"):
        yield _Named(kind="CustomResourceDefinition", name=f"{api_version} {item.kind}", path="apiVersion")
    if item.namespace:
        yield _Named(kind="Namespace", name=item.namespace, path="metadata.namespace")
    for template, path in pod_templates(item.value):
        yield from _pod(mapping(template.get("spec")), f"{path}.spec" if path else "spec")
    if check := _KINDS.get(item.kind):
        yield from check(item)


def _pod(spec: Mapping[str, Any], path: str) -> Iterator[_Named]:
    """What a pod names."""
    for key, kind in (("priorityClassName", "PriorityClass"), ("runtimeClassName", "RuntimeClass"), ("serviceAccountName", "ServiceAccount")):
        yield _Named(kind=kind, name=text(spec.get(key)), path=f"{path}.{key}")
    for secret, place in items(spec, "imagePullSecrets", path):
        yield _Named(kind="Secret", name=text(secret.get("name")), path=child(place, "name"))
    for claim, place in items(spec, "resourceClaims", path):
        yield _Named(kind="ResourceClaimTemplate", name=text(claim.get("resourceClaimTemplateName")), path=child(place, "resourceClaimTemplateName"))
        yield _Named(kind="ResourceClaim", name=text(claim.get("resourceClaimName")), path=child(place, "resourceClaimName"))
    for volume, place in items(spec, "volumes", path):
        yield from _volume(volume, place)
    for key in ("initContainers", "containers"):
        for container, place in items(spec, key, path):
            yield from _container(container, place)


def _volume(volume: Mapping[str, Any], place: str) -> Iterator[_Named]:
    sources = (
        ("secret", "secretName", "Secret"),
        ("configMap", "name", "ConfigMap"),
        ("persistentVolumeClaim", "claimName", "PersistentVolumeClaim"),
    )
    for key, name, kind in sources:
        source = mapping(volume.get(key))
        yield _Named(kind=kind, name=text(source.get(name)), path=f"{place}.{key}.{name}", optional=source.get("optional") is True)
    for source, inner in items(mapping(volume.get("projected")), "sources", f"{place}.projected"):
        for key, kind in (("secret", "Secret"), ("configMap", "ConfigMap")):
            one = mapping(source.get(key))
            yield _Named(kind=kind, name=text(one.get("name")), path=f"{inner}.{key}.name", optional=one.get("optional") is True)


def _container(container: Mapping[str, Any], place: str) -> Iterator[_Named]:
    for variable, inner in items(container, "env", place):
        for key, kind in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
            source = mapping(at(variable, "valueFrom", key))
            yield _Named(kind=kind, name=text(source.get("name")), path=f"{inner}.valueFrom.{key}.name", optional=source.get("optional") is True)
    for source, inner in items(container, "envFrom", place):
        for key, kind in (("secretRef", "Secret"), ("configMapRef", "ConfigMap")):
            one = mapping(source.get(key))
            yield _Named(kind=kind, name=text(one.get("name")), path=f"{inner}.{key}.name", optional=one.get("optional") is True)


def _claim(item: Item) -> Iterator[_Named]:
    """The device classes of a claim."""
    template = item.kind == "ResourceClaimTemplate"
    spec, path = (mapping(item.spec.get("spec")), "spec.spec") if template else (item.spec, "spec")
    for request, place in items(mapping(spec.get("devices")), "requests", f"{path}.devices"):
        bodies = [(request, place), (mapping(request.get("exactly")), f"{place}.exactly"), *items(request, "firstAvailable", place)]
        for body, inner in bodies:
            yield _Named(kind="DeviceClass", name=text(body.get("deviceClassName")), path=f"{inner}.deviceClassName")


def _volume_claim(item: Item) -> Iterator[_Named]:
    yield _Named(kind="StorageClass", name=text(item.spec.get("storageClassName")), path="spec.storageClassName")


def _gateway(item: Item) -> Iterator[_Named]:
    yield _Named(kind="GatewayClass", name=text(item.spec.get("gatewayClassName")), path="spec.gatewayClassName")
    for listener, place in items(item.spec, "listeners", "spec"):
        for reference, inner in items(mapping(listener.get("tls")), "certificateRefs", f"{place}.tls"):
            if not reference.get("namespace"):
                yield _Named(kind=text(reference.get("kind")) or "Secret", name=text(reference.get("name")), path=f"{inner}.name")


def _route(item: Item) -> Iterator[_Named]:
    for parent, place in items(item.spec, "parentRefs", "spec"):
        if not parent.get("namespace") and text(parent.get("kind") or "Gateway") == "Gateway":
            yield _Named(kind="Gateway", name=text(parent.get("name")), path=f"{place}.name")
    for rule, rule_path in items(item.spec, "rules", "spec"):
        for backend, place in items(rule, "backendRefs", rule_path):
            if not backend.get("namespace"):
                yield _Named(kind=text(backend.get("kind")) or "Service", name=text(backend.get("name")), path=f"{place}.name")


def _ingress(item: Item) -> Iterator[_Named]:
    yield _Named(kind="IngressClass", name=text(item.spec.get("ingressClassName")), path="spec.ingressClassName")


def _binding(item: Item) -> Iterator[_Named]:
    role = mapping(item.value.get("roleRef"))
    yield _Named(kind=text(role.get("kind")), name=text(role.get("name")), path="roleRef.name")


def _pool(item: Item) -> Iterator[_Named]:
    yield _Named(kind="Service", name=text(at(item.spec, "endpointPickerRef", "name")), path="spec.endpointPickerRef.name")


def _trigger(item: Item) -> Iterator[_Named]:
    """The credentials that a scaler's triggers name."""
    for trigger, place in items(item.spec, "triggers", "spec"):
        reference = mapping(trigger.get("authenticationRef"))
        yield _Named(
            kind=text(reference.get("kind")) or "TriggerAuthentication", name=text(reference.get("name")), path=f"{place}.authenticationRef.name"
        )


_KINDS: Final = {
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
}
"""What objects name beyond their pods."""
