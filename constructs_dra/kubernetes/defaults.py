"""What the API server makes of an object before it stores it: defaults filled in, empty lists and mappings left out, quantities in one spelling.

Two manifests with the same stored form are one and the same to a cluster. The defaults are those of Kubernetes 1.36, from `defaults.go` of each API
group.
"""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from constructs_dra.kubernetes.api import Api, Field, api, custom_schema
from constructs_dra.kubernetes.kinds import pod_templates
from constructs_dra.kubernetes.openapi import has_keyword, with_defaults
from constructs_dra.kubernetes.shapes import mapping, sequence
from constructs_dra.lexical.quantity import canonical, is_quantity
from constructs_dra.lexical.versions import NEWEST_VERSION

__all__ = ["DEFAULTS", "settled", "stored"]

_NO_FLAGS = {"stdin": False, "stdinOnce": False, "tty": False, "workingDir": ""}
_READ_WRITE = {"readOnly": False}
_FILE_MODE = {"defaultMode": 0o644}
_CONTAINER = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "resources": {},
    **_NO_FLAGS,
}
_EXACT = {"allocationMode": "ExactCount"}

DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "core.v1.PodSpec": {
        "dnsPolicy": "ClusterFirst",
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "schedulerName": "default-scheduler",
        "securityContext": {},
        "enableServiceLinks": True,
        "hostNetwork": False,
        "hostPID": False,
        "hostIPC": False,
        "hostname": "",
        "subdomain": "",
        "nodeName": "",
        "priorityClassName": "",
    },
    "core.v1.EnvVar": {"value": ""},
    "core.v1.Container": _CONTAINER,
    "core.v1.EphemeralContainer": _CONTAINER,
    "core.v1.ContainerPort": {"protocol": "TCP", "name": "", "hostIP": "", "hostPort": 0},
    "core.v1.Probe": {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3, "initialDelaySeconds": 0},
    "core.v1.HTTPGetAction": {"path": "/", "scheme": "HTTP"},
    "core.v1.GRPCAction": {"service": ""},
    "core.v1.ObjectFieldSelector": {"apiVersion": "v1"},
    "core.v1.ConfigMapVolumeSource": _FILE_MODE,
    "core.v1.SecretVolumeSource": _FILE_MODE,
    "core.v1.ProjectedVolumeSource": _FILE_MODE,
    "core.v1.DownwardAPIVolumeSource": _FILE_MODE,
    "core.v1.ServiceAccountTokenProjection": {"expirationSeconds": 3600},
    "core.v1.HostPathVolumeSource": {"type": ""},
    "core.v1.VolumeMount": {**_READ_WRITE, "subPath": "", "subPathExpr": ""},
    "core.v1.PersistentVolumeClaimVolumeSource": _READ_WRITE,
    "core.v1.ServiceSpec": {
        "type": "ClusterIP",
        "sessionAffinity": "None",
        "internalTrafficPolicy": "Cluster",
        "publishNotReadyAddresses": False,
    },
    "core.v1.ServicePort": {"protocol": "TCP", "name": ""},
    "core.v1.ClientIPConfig": {"timeoutSeconds": 10800},
    "core.v1.PersistentVolumeClaimSpec": {"volumeMode": "Filesystem"},
    "core.v1.PersistentVolumeSpec": {"volumeMode": "Filesystem", "persistentVolumeReclaimPolicy": "Retain"},
    "networking.v1.NetworkPolicyPort": {"protocol": "TCP"},
    "storage.v1.StorageClass": {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
    "scheduling.v1.PriorityClass": {"preemptionPolicy": "PreemptLowerPriority", "globalDefault": False},
    "core.v1.Secret": {"type": "Opaque"},
    "apps.v1.DeploymentSpec": {
        "replicas": 1,
        "progressDeadlineSeconds": 600,
        "revisionHistoryLimit": 10,
        "minReadySeconds": 0,
        "paused": False,
        "strategy": {"type": "RollingUpdate"},
    },
    "apps.v1.ReplicaSetSpec": {"replicas": 1, "minReadySeconds": 0},
    "apps.v1.StatefulSetSpec": {
        "replicas": 1,
        "podManagementPolicy": "OrderedReady",
        "revisionHistoryLimit": 10,
        "minReadySeconds": 0,
        "updateStrategy": {"type": "RollingUpdate"},
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
    },
    "apps.v1.DaemonSetSpec": {"revisionHistoryLimit": 10, "minReadySeconds": 0, "updateStrategy": {"type": "RollingUpdate"}},
    "batch.v1.PodFailurePolicyOnPodConditionsPattern": {"status": "True"},
    "batch.v1.CronJobSpec": {"concurrencyPolicy": "Allow", "suspend": False, "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1},
    "autoscaling.v2.HorizontalPodAutoscalerSpec": {
        "minReplicas": 1,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}],
    },
    "resource.v1.ExactDeviceRequest": _EXACT,
    "resource.v1.DeviceSubRequest": _EXACT,
    "resource.v1.DeviceToleration": {"operator": "Equal"},
    "resource.v1beta1.DeviceSubRequest": _EXACT,
    "resource.v1beta1.DeviceToleration": {"operator": "Equal"},
    "resource.v1beta2.ExactDeviceRequest": _EXACT,
    "resource.v1beta2.DeviceSubRequest": _EXACT,
    "resource.v1beta2.DeviceToleration": {"operator": "Equal"},
    "rbac.v1.RoleRef": {"apiGroup": "rbac.authorization.k8s.io"},
}
"""What fields that are left out become, by definition."""

_ROLLING: Mapping[str, Mapping[str, Any]] = {
    "apps.v1.DeploymentStrategy": {"maxSurge": "25%", "maxUnavailable": "25%"},
    "apps.v1.StatefulSetUpdateStrategy": {"partition": 0},
    "apps.v1.DaemonSetUpdateStrategy": {"maxSurge": 0, "maxUnavailable": 1},
}
"""What a strategy RollingUpdate has where its numbers are left out."""

_JOB: Mapping[str, Any] = {"completionMode": "NonIndexed", "suspend": False}
"""What a Job has where it is left out; the template of a CronJob stays as it is written."""

_MOST_FAILURES = 2**31 - 1
_SCALE_UP: Mapping[str, Any] = {
    "selectPolicy": "Max",
    "stabilizationWindowSeconds": 0,
    "policies": [{"type": "Pods", "value": 4, "periodSeconds": 15}, {"type": "Percent", "value": 100, "periodSeconds": 15}],
}
_SCALE_DOWN: Mapping[str, Any] = {"selectPolicy": "Max", "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}]}

_OPTIONAL_TEXTS: Mapping[str, frozenset[str]] = {
    "AppArmorProfile": frozenset({"localhostProfile"}),
    "CSIVolumeSource": frozenset({"fsType"}),
    "ClusterTrustBundleProjection": frozenset({"name", "signerName"}),
    "Container": frozenset({"restartPolicy"}),
    "CronJobSpec": frozenset({"timeZone"}),
    "Device": frozenset({"nodeName"}),
    "DeviceAttribute": frozenset({"string", "version"}),
    "DeviceClassSpec": frozenset({"extendedResourceName"}),
    "DeviceConstraint": frozenset({"matchAttribute", "distinctAttribute"}),
    "DeviceTaintSelector": frozenset({"driver", "pool", "device", "deviceClassName"}),
    "EndpointPort": frozenset({"name", "protocol", "appProtocol"}),
    "GRPCAction": frozenset({"service"}),
    "HPAScalingRules": frozenset({"selectPolicy"}),
    "HTTPIngressPath": frozenset({"pathType"}),
    "HostPathVolumeSource": frozenset({"type"}),
    "IngressSpec": frozenset({"ingressClassName"}),
    "JobSpec": frozenset({"completionMode", "managedBy", "podReplacementPolicy"}),
    "Lifecycle": frozenset({"stopSignal"}),
    "NetworkPolicyPort": frozenset({"protocol"}),
    "PersistentVolumeClaimSpec": frozenset({"storageClassName", "volumeMode", "volumeAttributesClassName"}),
    "PersistentVolumeSpec": frozenset({"volumeMode", "volumeAttributesClassName"}),
    "PodDisruptionBudgetSpec": frozenset({"unhealthyPodEvictionPolicy"}),
    "PodFailurePolicyOnExitCodesRequirement": frozenset({"containerName"}),
    "PodResourceClaim": frozenset({"resourceClaimName", "resourceClaimTemplateName"}),
    "PodSecurityContext": frozenset({"fsGroupChangePolicy", "supplementalGroupsPolicy", "seLinuxChangePolicy"}),
    "PodSpec": frozenset({"runtimeClassName", "preemptionPolicy", "hostnameOverride"}),
    "PriorityClass": frozenset({"preemptionPolicy"}),
    "ResourceSliceSpec": frozenset({"nodeName"}),
    "SeccompProfile": frozenset({"localhostProfile"}),
    "SecurityContext": frozenset({"procMount"}),
    "ServicePort": frozenset({"appProtocol"}),
    "ServiceSpec": frozenset({"loadBalancerClass", "internalTrafficPolicy", "ipFamilyPolicy", "trafficDistribution"}),
    "StorageClass": frozenset({"reclaimPolicy", "volumeBindingMode"}),
    "SuccessPolicyRule": frozenset({"succeededIndexes"}),
    "TopologySpreadConstraint": frozenset({"nodeAffinityPolicy", "nodeTaintsPolicy"}),
    "TypedLocalObjectReference": frozenset({"apiGroup"}),
    "TypedObjectReference": frozenset({"apiGroup", "namespace"}),
    "VolumeMount": frozenset({"mountPropagation", "recursiveReadOnly"}),
    "WindowsSecurityContextOptions": frozenset({"gmsaCredentialSpecName", "gmsaCredentialSpec", "runAsUserName"}),
}
"""Texts of which an empty one is not the same as none (pointers in Kubernetes' own types); of all others it is."""

_COUNTED_FROM_ONE = frozenset({"timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"})
"""Numbers of a probe of which 0 means the default."""

_SYSTEM_METADATA = frozenset(
    {"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink", "deletionTimestamp", "ownerReferences"}
)
_SYSTEM_ANNOTATIONS = frozenset({"kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision"})


def stored(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """An object as a cluster would store it, without what the cluster itself writes: status, versions, who manages what.

    Kinds not known here are only freed from nulls and from what the cluster writes.
    """
    served = api(NEWEST_VERSION)
    key = f"{manifest.get('apiVersion')} {manifest.get('kind')}"
    body = {name: value for name, value in manifest.items() if name != "status" and value is not None}
    metadata = body.get("metadata")
    if isinstance(metadata, Mapping):
        kept = {name: value for name, value in metadata.items() if name not in _SYSTEM_METADATA and value not in (None, {}, [])}
        notes = kept.get("annotations")
        if isinstance(notes, Mapping):
            kept["annotations"] = {name: value for name, value in notes.items() if name not in _SYSTEM_ANNOTATIONS}
        body["metadata"] = {name: value for name, value in kept.items() if value != {}}
    if key == "v1 Secret":
        body = _with_text(body)
    definition = served.kinds.get(key)
    if definition is not None:
        made = _object(served, definition, {name: value for name, value in body.items() if name != "metadata"})
        return {**made, **({"metadata": body["metadata"]} if "metadata" in body else {})}
    schema = custom_schema(key)
    if schema is None:
        return body
    made = with_defaults(body, schema)
    return {**made, "metadata": body.get("metadata") or {}} if isinstance(made, dict) else body


_LEFT_OUT = frozenset({"groupIdentity", "groupReplacementPolicy", "replicas"})
"""Fields whose default is never written out: older releases of LeaderWorkerSet do not have the first two, and the last may be an autoscaler's."""


def settled(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """An object as it is written so that applying it again changes nothing.

    `kubectl apply` exchanges lists of custom resources as a whole: an entry that the server completed differs from what is applied each time. So
    these hold what the server fills in. And a variable's empty value is left out, as a server does not store it, and amounts are spelt as it stores
    them; the pod templates given are changed.
    """
    for template, _ in pod_templates(manifest):
        spec = mapping(template.get("spec"))
        for container in (*sequence(spec.get("initContainers")), *sequence(spec.get("containers"))):
            for variable in sequence(mapping(container).get("env")):
                if mapping(variable).get("value") == "":
                    del variable["value"]
            for part in ("limits", "requests"):
                amounts = mapping(mapping(mapping(container).get("resources")).get(part))
                for name, amount in amounts.items():
                    if not isinstance(amount, bool) and isinstance(amount, str | int | float) and is_quantity(amount):
                        amounts[name] = canonical(str(amount))
    schema = custom_schema(f"{manifest.get('apiVersion')} {manifest.get('kind')}")
    return dict(manifest) if schema is None else {**_settled(manifest, schema), "metadata": manifest.get("metadata")}


def _settled(value: Any, schema: dict[str, Any]) -> Any:
    if not has_keyword(schema, "default"):
        return value
    if isinstance(value, list):
        return with_defaults(value, schema, but=_LEFT_OUT)
    if not isinstance(value, Mapping):
        return value
    properties, other = mapping(schema.get("properties")), mapping(schema.get("additionalProperties"))
    return {key: _settled(item, properties.get(key, other)) for key, item in value.items()}


def _with_text(secret: dict[str, Any]) -> dict[str, Any]:
    """A Secret whose `stringData` stands among its data, as the server writes it."""
    texts = secret.get("stringData")
    if not isinstance(texts, Mapping):
        return secret
    data = {name: b64encode(str(value).encode()).decode() for name, value in texts.items()}
    return {name: value for name, value in secret.items() if name != "stringData"} | {"data": {**mapping(secret.get("data")), **data}}


def _value(served: Api, field: Field, value: Any) -> Any:
    _, letter, inner = field
    if letter == "@" and isinstance(value, Mapping):
        return _object(served, inner, value)
    if letter == "[" and isinstance(value, list):
        return [_value(served, inner, item) for item in value]
    if letter == "{" and isinstance(value, Mapping):
        return {key: _value(served, inner, item) for key, item in value.items()}
    if letter == "q" and not isinstance(value, bool) and isinstance(value, str | int | float) and is_quantity(value):
        return canonical(str(value))
    return value


def _object(served: Api, definition: str, value: Mapping[str, Any]) -> dict[str, Any]:
    fields = served.fields(definition) if definition in served else None
    if fields is None:
        return dict(value)
    made: dict[str, Any] = {}
    optional = _OPTIONAL_TEXTS.get(definition.rpartition(".")[2], frozenset())
    for name, entry in value.items():
        field = fields.get(name)
        if entry is None or (field is not None and _is_nothing(definition, name, field, entry, optional)):
            continue
        made[name] = entry if field is None else _value(served, field, entry)
    for name, default in DEFAULTS.get(definition, {}).items():
        made.setdefault(name, default)
    _derive(definition, made)
    return made


def _is_nothing(definition: str, name: str, field: Field, entry: Any, optional: frozenset[str]) -> bool:
    """Whether a value is stored like none at all."""
    if definition == "core.v1.Probe" and name in _COUNTED_FROM_ONE:
        return type(entry) is int and entry == 0
    return not entry if field[1] in "[{" else field[1] == "s" and entry == "" and name not in optional


def _derive(definition: str, made: dict[str, Any]) -> None:
    """Defaults that depend on what else is written."""
    if definition in _ROLLING and made.get("type", "RollingUpdate") == "RollingUpdate":
        made["type"] = "RollingUpdate"
        made["rollingUpdate"] = {**_ROLLING[definition], **mapping(made.get("rollingUpdate"))}
    elif definition in {"apps.v1.DeploymentSpec", "apps.v1.StatefulSetSpec", "apps.v1.DaemonSetSpec"}:
        _derive_workload(definition, made)
    elif definition == "core.v1.Container" and "image" in made:
        made.setdefault("imagePullPolicy", _pull_policy(str(made["image"])))
    elif definition == "core.v1.ResourceRequirements" and "limits" in made:
        made["requests"] = {**mapping(made["limits"]), **mapping(made.get("requests"))}
    elif definition == "core.v1.ServicePort" and "port" in made:
        made.setdefault("targetPort", made["port"])
    elif definition == "core.v1.ServiceSpec":
        _derive_service(made)
    elif definition == "batch.v1.Job":
        _derive_job(made.get("spec"))
    elif definition == "autoscaling.v2.HorizontalPodAutoscalerSpec" and isinstance(made.get("behavior"), dict):
        behavior = made["behavior"]
        made["behavior"] = {
            "scaleUp": {**_SCALE_UP, **mapping(behavior.get("scaleUp"))},
            "scaleDown": {**_SCALE_DOWN, **mapping(behavior.get("scaleDown"))},
        }
    elif definition == "networking.v1.NetworkPolicySpec":
        made.setdefault("podSelector", {})
        made.setdefault("policyTypes", ["Ingress", "Egress"] if made.get("egress") else ["Ingress"])
    elif definition.startswith("resource.") and made.get("allocationMode") == "ExactCount":
        made["count"] = made.get("count") or 1
    elif definition == "core.v1.PodSpec":
        # the old name of the field is written next to the new one
        account = made.pop("serviceAccount", "")
        made["serviceAccountName"] = made.get("serviceAccountName") or account
    elif definition == "core.v1.Volume" and made.keys() <= {"name"}:
        made["emptyDir"] = {}
    elif definition == "rbac.v1.Subject" and made.get("kind") in ("User", "Group"):
        made.setdefault("apiGroup", "rbac.authorization.k8s.io")


def _derive_workload(definition: str, made: dict[str, Any]) -> None:
    name = "strategy" if definition == "apps.v1.DeploymentSpec" else "updateStrategy"
    strategy = dict(mapping(made[name]))
    _derive(definition.removesuffix("Spec") + ("Strategy" if name == "strategy" else "UpdateStrategy"), strategy)
    made[name] = strategy
    if isinstance(templates := made.get("volumeClaimTemplates"), list):
        written = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "status": {"phase": "Pending"}}
        made["volumeClaimTemplates"] = [{**entry, **written} if isinstance(entry, dict) else entry for entry in templates]


def _derive_service(made: dict[str, Any]) -> None:
    if made["type"] in ("NodePort", "LoadBalancer"):
        made.setdefault("externalTrafficPolicy", "Cluster")
    if made["type"] == "LoadBalancer":
        made.setdefault("allocateLoadBalancerNodePorts", True)
    if made["sessionAffinity"] == "ClientIP":
        made.setdefault("sessionAffinityConfig", {"clientIP": {"timeoutSeconds": 10800}})
    if made["type"] != "ExternalName" and len(sequence(made.get("ipFamilies"))) < 2:
        made.setdefault("ipFamilyPolicy", "SingleStack")


def _derive_job(spec: Any) -> None:
    """Defaults of a Job; the spec in the template of a CronJob gets none of them."""
    if not isinstance(spec, dict):
        return
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("backoffLimit", 6 if spec.get("backoffLimitPerIndex") is None else _MOST_FAILURES)
    spec.setdefault("podReplacementPolicy", "TerminatingOrFailed" if spec.get("podFailurePolicy") is None else "Failed")
    for name, default in _JOB.items():
        spec.setdefault(name, default)


def _pull_policy(image: str) -> str:
    name = image.rpartition("/")[2]
    return "Always" if "@" not in image and (":" not in name or name.endswith(":latest")) else "IfNotPresent"
