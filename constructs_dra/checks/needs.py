"""Which feature gates and API versions objects need."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from constructs_dra.checks.collect import Item
from constructs_dra.errors import Problem, SpecError
from constructs_dra.kubernetes.api import api
from constructs_dra.kubernetes.gates import GATES, gate_state
from constructs_dra.kubernetes.kinds import pod_templates
from constructs_dra.kubernetes.shapes import at, items, mapping, pairs, text
from constructs_dra.lexical.versions import NEWEST_VERSION, KubernetesVersion
from constructs_dra.paths import child

__all__ = ["Need", "api_problems", "gate_problems", "needs", "off_by_default", "turned_problems"]

IMPLICIT_RESOURCE = "deviceclass.resource.kubernetes.io/"
"""Prefix of the extended resource every DeviceClass has without naming one."""


@frozen(kw_only=True)
class Need:
    """One object needs one gate.

    Attributes:
        gate: The gate.
        path: The field that needs it, in the object.
        item: The object.
    """

    gate: str
    path: str
    item: Item


_DEVICE_FIELDS = {
    "taints": "DRADeviceTaints",
    "consumesCounters": "DRAPartitionableDevices",
    "bindingConditions": "DRADeviceBindingConditions",
    "bindingFailureConditions": "DRADeviceBindingConditions",
    "bindsToNode": "DRADeviceBindingConditions",
    "allowMultipleAllocations": "DRAConsumableCapacity",
    "nodeName": "DRAPartitionableDevices",
    "nodeSelector": "DRAPartitionableDevices",
    "allNodes": "DRAPartitionableDevices",
    "nodeAllocatableResourceMappings": "DRANodeAllocatableResources",
    "nodeAllocatableResources": "DRANodeAllocatableResources",
}
"""Fields of a device in a ResourceSlice, by the gate each needs."""

_SLICE_FIELDS = {
    "sharedCounters": "DRAPartitionableDevices",
    "perDeviceNodeSelection": "DRAPartitionableDevices",
    "skipNodeOperations": "DRAOptionalNodeOperations",
    "partitionTypeAttribute": "DRAPartitionableDevicesType",
}
_BODY_FIELDS = {
    "adminAccess": "DRAAdminAccess",
    "tolerations": "DRADeviceTaints",
    "capacity": "DRAConsumableCapacity",
    "derivedAttributes": "DRADerivedAttributes",
}
"""Fields of a request, by the gate each needs."""


def _fields(owner: dict[str, Any], table: dict[str, str], path: str) -> Iterator[tuple[str, str]]:
    for key, gate in table.items():
        if owner.get(key):
            yield gate, child(path, key)


def _selectors(owner: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    from constructs_dra.selectors.check import compile_for  # noqa: PLC0415  (only where there are expressions)

    for selector, place in items(owner, "selectors", path):
        expression = at(selector, "cel", "expression")
        if isinstance(expression, str):
            try:
                gates = compile_for(expression, NEWEST_VERSION).gates
            except SpecError:
                continue
            yield from ((gate, f"{place}.cel.expression") for gate in gates)


def _claim(spec: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    devices, path = mapping(spec.get("devices")), child(path, "devices")
    for request, place in items(devices, "requests", path):
        if request.get("firstAvailable"):
            yield "DRAPrioritizedList", child(place, "firstAvailable")
        bodies = [(request, place), *items(request, "firstAvailable", place)]
        if isinstance(request.get("exactly"), dict):
            bodies.append((request["exactly"], child(place, "exactly")))
        for body, body_path in bodies:
            yield from _fields(body, _BODY_FIELDS, body_path)
            yield from _selectors(body, body_path)
    for constraint, place in items(devices, "constraints", path):
        if constraint.get("distinctAttribute"):
            yield "DRAConsumableCapacity", child(place, "distinctAttribute")


def _slice(spec: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    yield from _fields(spec, _SLICE_FIELDS, path)
    for device, place in items(spec, "devices", path):
        body, body_path = (device["basic"], child(place, "basic")) if isinstance(device.get("basic"), dict) else (device, place)
        yield from _fields(body, _DEVICE_FIELDS, body_path)
        for consumption, where in items(body, "consumesCounters", body_path):
            yield from _fields(consumption, {"compatibilityGroups": "DRADeviceCompatibilityGroups"}, where)
        for _, attribute, attribute_path in pairs(body, "attributes", body_path):
            if {"bools", "ints", "strings", "versions"} & set(mapping(attribute)):
                yield "DRAListTypeAttributes", attribute_path


_POD_FIELDS = {
    "hostnameOverride": "HostnameOverride",
    "schedulingGroup": "GenericWorkload",
    "workloadRef": "GenericWorkload",
    "resources": "PodLevelResources",
}
_PROJECTIONS = {"podCertificate": "PodCertificateRequest", "clusterTrustBundle": "ClusterTrustBundleProjection"}


def _pod(template: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    spec, path = mapping(template.get("spec")), child(path, "spec")
    yield from _fields(spec, _POD_FIELDS, path)
    if spec.get("hostNetwork") is True and spec.get("hostUsers") is False:
        yield "UserNamespacesHostNetworkSupport", child(path, "hostNetwork")
    if at(spec, "securityContext", "seLinuxChangePolicy") == "MountOption":
        yield "SELinuxMount", f"{path}.securityContext.seLinuxChangePolicy"
    for toleration, place in items(spec, "tolerations", path):
        if toleration.get("operator") in ("Lt", "Gt"):  # a tuple: what is there may be a list
            yield "TaintTolerationComparisonOperators", child(place, "operator")
    for volume, place in items(spec, "volumes", path):
        if volume.get("image"):
            yield "ImageVolume", child(place, "image")
        if at(volume, "emptyDir", "mode") is not None:
            yield "EmptyDirVolumeMode", f"{place}.emptyDir.mode"
        for source, where in items(volume.get("projected"), "sources", child(place, "projected")):
            yield from _fields(source, _PROJECTIONS, where)
        if at(volume, "ephemeral", "volumeClaimTemplate", "spec", "dataSourceRef", "namespace"):
            yield "CrossNamespaceVolumeDataSource", f"{place}.ephemeral.volumeClaimTemplate.spec.dataSourceRef.namespace"
    for key in ("initContainers", "containers"):
        for container, place in items(spec, key, path):
            yield from _container(container, place, init=key == "initContainers")


def _container(container: dict[str, Any], path: str, *, init: bool) -> Iterator[tuple[str, str]]:
    for name, _, resource in pairs(container.get("resources"), "limits", f"{path}.resources"):
        if name.startswith(IMPLICIT_RESOURCE):
            yield "DRAExtendedResource", resource
    if at(container, "lifecycle", "stopSignal"):
        yield "ContainerStopSignals", f"{path}.lifecycle.stopSignal"
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if at(container, probe, "httpGet", "protocol"):
            yield "H2CContainerProbe", f"{path}.{probe}.httpGet.protocol"
        if at(container, probe, "grpc", "mode"):
            yield "GRPCContainerProbeTLS", f"{path}.{probe}.grpc.mode"
    for mount, place in items(container, "volumeMounts", path):
        yield from _fields(mount, {"bindMountOptions": "VolumeBindMountOptions"}, place)
    for variable, place in items(container, "env", path):
        if at(variable, "valueFrom", "fileKeyRef"):
            yield "EnvFiles", f"{place}.valueFrom.fileKeyRef"
    policy = container.get("restartPolicy")
    if isinstance(policy, str) and policy and not (init and policy == "Always"):
        yield "ContainerRestartRules", child(path, "restartPolicy")
    if container.get("restartPolicyRules"):
        yield "ContainerRestartRules", child(path, "restartPolicyRules")
    for rule, place in items(container, "restartPolicyRules", path):
        if rule.get("action") == "RestartAllContainers":
            yield "RestartAllContainersOnContainerExits", child(place, "action")


def _other(item: Item) -> Iterator[tuple[str, str]]:
    """What kinds beside pods and claims need."""
    if item.kind == "StatefulSet" and at(item.spec, "updateStrategy", "rollingUpdate", "maxUnavailable") is not None:
        yield "MaxUnavailableStatefulSet", "spec.updateStrategy.rollingUpdate.maxUnavailable"
    elif item.kind == "StatefulSet" and at(item.spec, "updateStrategy", "type") == "Recreate":
        yield "StatefulSetRecreateStrategy", "spec.updateStrategy.type"
    elif item.kind == "LeaderWorkerSet" and item.spec.get("scheduling") is not None:  # an empty one means a gang for each group
        yield "GenericWorkload", "spec.scheduling"
    elif item.kind == "Job" and item.spec.get("scheduling"):
        yield "WorkloadWithJob", "spec.scheduling"
    elif item.kind == "CronJob" and at(item.spec, "jobTemplate", "spec", "scheduling"):
        yield "WorkloadWithJob", "spec.jobTemplate.spec.scheduling"
    elif item.kind == "PersistentVolumeClaim" and at(item.spec, "dataSourceRef", "namespace"):
        yield "CrossNamespaceVolumeDataSource", "spec.dataSourceRef.namespace"
    elif item.kind == "HorizontalPodAutoscaler":
        if item.spec.get("minReplicas") == 0:
            yield "HPAScaleToZero", "spec.minReplicas"
        for key in ("scaleUp", "scaleDown"):
            if at(item.spec, "behavior", key, "tolerance") is not None:
                yield "HPAConfigurableTolerance", f"spec.behavior.{key}.tolerance"


_GROUP_FIELDS = {
    "schedulingConstraints": "TopologyAwareWorkloadScheduling",
    "preemptionPolicy": "PodGroupPreemptionPolicy",
    "resourceClaims": "DRAWorkloadResourceClaims",
    "compositePodGroupTemplates": "CompositePodGroup",
    "parentCompositePodGroupName": "CompositePodGroup",
}
"""Fields of a pod group, or of a template of one, by the gate each needs."""


def _pod_groups(item: Item) -> Iterator[tuple[str, str]]:
    """What the objects of scheduling.k8s.io around groups of pods need."""
    yield ("CompositePodGroup" if item.kind == "CompositePodGroup" else "GenericWorkload"), ""
    yield from _fields(item.spec, _GROUP_FIELDS, "spec")
    for key in ("podGroupTemplates", "compositePodGroupTemplates"):
        for template, place in items(item.spec, key, "spec"):
            yield from _fields(template, _GROUP_FIELDS, place)


def _of(item: Item) -> Iterator[tuple[str, str]]:
    """Gate and field of everything in an object that needs a gate."""
    if item.group == "resource.k8s.io":
        if item.kind == "ResourceClaim":
            yield from _claim(item.spec, "spec")
        elif item.kind == "ResourceClaimTemplate":
            yield from _claim(mapping(item.spec.get("spec")), "spec.spec")
        elif item.kind == "DeviceClass":
            yield from _selectors(item.spec, "spec")
            if item.spec.get("extendedResourceName"):
                yield "DRAExtendedResource", "spec.extendedResourceName"
        elif item.kind == "DeviceTaintRule":
            yield "DRADeviceTaintRules", ""
            yield "DRADeviceTaints", ""
        elif item.kind == "ResourceSlice":
            yield from _slice(item.spec, "spec")
        elif item.kind == "ResourcePoolStatusRequest":
            yield "DRAResourcePoolStatus", ""
            yield from _fields(item.spec, {"defaultPartitionTypeAttribute": "DRAPartitionableDevicesType"}, "spec")
    elif item.group == "scheduling.k8s.io" and item.kind in {"CompositePodGroup", "PodGroup", "Workload"}:
        yield from _pod_groups(item)
    yield from _other(item)
    for template, path in pod_templates(item.value):
        yield from _pod(template, path)


def needs(objects: Iterable[Item], version: KubernetesVersion) -> Iterator[Need]:
    """Every gate that every object needs in a version, once per object and gate, whether it is on or not."""
    for item in objects:
        seen: set[str] = set()
        for named, path in _of(item):
            entry = GATES[named]
            gate = entry.formerly if entry.formerly and entry.stage(version) == "absent" else named
            if gate not in seen:
                seen.add(gate)
                yield Need(gate=gate, path=path, item=item)


_REFUSED = (".operator", ".seLinuxChangePolicy", ".fileKeyRef", ".action", "spec.minReplicas", ".hostNetwork", "spec.updateStrategy.type")
"""Ends of fields that are refused, not dropped, while their gate is off."""


def _consequence(path: str, kind: str) -> str:
    """What happens to a field while its gate is off."""
    if not path:
        return "nothing acts on this object"
    if (kind, path) == ("LeaderWorkerSet", "spec.scheduling"):
        return "its controller refuses the object"
    if path.endswith(".expression"):
        return "the API server refuses the selector"
    if path.endswith(_REFUSED):
        return "the API server refuses the object"
    if ".resources.limits" in path:
        return "the pod waits for a device plugin that provides the resource"
    return "the API server drops the field silently"


def gate_problems(objects: Iterable[Item], version: KubernetesVersion, turned: dict[str, bool]) -> Iterator[Problem]:
    """What the objects need that is off or absent in a version. Objects that come from a cluster have it there.

    Args:
        objects: The objects.
        version: The version.
        turned: Gates that were turned on or off in the cluster.
    """
    for need in needs((item for item in objects if not item.live), version):
        gate = GATES[need.gate]
        state = gate.stage(version)
        if gate.fixed(version) or (turned.get(gate.name, gate.on(version)) and state != "absent"):
            continue
        if state == "absent":
            shown = f"needs the feature gate {gate.name} for {gate.purpose}, which Kubernetes {version} does not have"
            hint = f"it comes with Kubernetes {gate.since}; leave the field out, or take a newer cluster"
        else:
            how = "is turned off" if turned.get(gate.name) is False else f"is {gate_state(gate.name, version)} in Kubernetes {version}"
            shown = f"needs the feature gate {gate.name} for {gate.purpose}, which {how}; {_consequence(need.path, need.item.kind)}"
            hint = f"turn it on (constructs-dra kubeadm prints how), then check with --feature-gates {gate.name}=true"
            on_since = min((since for since in (gate.beta_on, gate.stable) if since is not None and since > version.release), default=None)
            if on_since is not None:
                hint += f"; it is on from Kubernetes {on_since}"
        yield need.item.placed(Problem(need.path, shown, hint, rule="feature-gate"))


def turned_problems(turned: Mapping[str, bool], version: KubernetesVersion) -> Iterator[Problem]:
    """Gates that no component of a version starts with: one it does not know, or one it has locked and somebody turned off."""
    for name, on in turned.items():
        gate = GATES[name]
        if gate.stage(version) == "absent":
            yield Problem("", f"the feature gate {name} is not known in Kubernetes {version}", f"it comes with {gate.since}", rule="feature-gate")
        elif gate.gone is not None and version.release >= gate.gone:
            shown = f"the feature gate {name} is gone in Kubernetes {version}; its feature is always on"
            yield Problem("", shown, "leave it out", rule="feature-gate")
        elif not on and gate.fixed(version):
            yield Problem("", f"the feature gate {name} cannot be turned off in Kubernetes {version}", "leave it out", rule="feature-gate")


def off_by_default(api_version: str) -> bool:
    """Whether an API version of Kubernetes itself is served only where `--runtime-config` turns it on: alphas and betas."""
    return "alpha" in api_version.rpartition("/")[2] or "beta" in api_version.rpartition("/")[2]


def api_problems(objects: Iterable[Item], version: KubernetesVersion, served: frozenset[str]) -> Iterator[Problem]:
    """API versions that a cluster does not serve unless somebody turned them on.

    Args:
        objects: The objects.
        version: The version.
        served: Those turned on in the cluster, e.g. `resource.k8s.io/v1alpha3`.
    """
    kinds = api(version).kinds
    for item in objects:
        api_version = text(item.value.get("apiVersion"))
        if item.live or f"{api_version} {item.kind}" not in kinds or not off_by_default(api_version) or api_version in served:
            continue
        stable = [other.split(" ")[0] for other in kinds if other.split(" ")[1] == item.kind and other.rpartition("/")[0] == item.group]
        better = next((other for other in stable if not off_by_default(other) and other.rpartition("/")[0] == item.group), "")
        hint = f"use {better}" if better else f"turn it on with --runtime-config={api_version}=true (constructs-dra kubeadm prints how)"
        shown = f"{api_version} is not served by Kubernetes {version} unless it is turned on"
        yield item.placed(Problem("apiVersion", shown, hint, rule="api-off"))
