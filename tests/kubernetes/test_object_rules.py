"""One wrong value for each rule that a schema cannot say, beside the right one."""

import copy
from typing import Any

import pytest

from constructs_dra.kubernetes.objects import check_semantics
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.paths import split
from constructs_dra.rules import is_stricter

VERSION = "1.36"


def thing(api_version: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, **fields}


LABELS = {"matchLabels": {"app": "a"}}
CONTAINER = {"name": "main", "image": "x", "volumeMounts": [{"name": "data", "mountPath": "/d"}], "livenessProbe": {"httpGet": {"port": 80}}}
POD: dict[str, Any] = {
    "containers": [CONTAINER],
    "initContainers": [{"name": "init", "image": "x"}],
    "volumes": [{"name": "data", "emptyDir": {}}, {"name": "block", "persistentVolumeClaim": {"claimName": "b"}}],
}


def workload(kind: str, **fields: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": "a"}}, "spec": copy.deepcopy(POD)}
    return thing("apps/v1", kind, spec={"selector": LABELS, "template": template, **fields})


def job(**fields: Any) -> dict[str, Any]:
    return thing("batch/v1", "Job", spec={"template": {"spec": {**copy.deepcopy(POD), "restartPolicy": "Never"}}, **fields})


SOUND = {
    "deployment": workload("Deployment"),
    "set": workload("StatefulSet", serviceName="a"),
    "daemon": workload("DaemonSet"),
    "job": job(completionMode="Indexed", completions=4),
    "cron": thing("batch/v1", "CronJob", spec={"schedule": "0 3 * * *", "jobTemplate": {"spec": job()["spec"]}}),
    "scaler": thing(
        "autoscaling/v2", "HorizontalPodAutoscaler",
        spec={
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"},
            "maxReplicas": 3,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}],
        },
    ),
    "service": thing("v1", "Service", spec={"ports": [{"port": 80}]}),
    "policy": thing(
        "networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {}, "ingress": [{"from": [{"podSelector": {}}], "ports": [{"port": 80}]}]},
    ),
    "ingress": thing(
        "networking.k8s.io/v1", "Ingress",
        spec={"rules": [{"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "a", "port": {"number": 80}}}}]}}]},
    ),
    "budget": thing("policy/v1", "PodDisruptionBudget", spec={"minAvailable": 1, "selector": LABELS}),
    "claim": thing("v1", "PersistentVolumeClaim", spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}),
    "priority": thing("scheduling.k8s.io/v1", "PriorityClass", value=5),
    "binding": thing(
        "rbac.authorization.k8s.io/v1", "RoleBinding", roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "a"},
        subjects=[{"kind": "ServiceAccount", "name": "a", "namespace": "b"}],
    ),
    "docker": thing("v1", "Secret", type="kubernetes.io/dockerconfigjson", stringData={".dockerconfigjson": "{}"}),
}  # fmt: skip


def found(manifest: dict[str, Any], version: str = VERSION) -> list[str]:
    problems = [*check_object(manifest, version=version), *check_semantics(manifest, version=version)]
    return [problem.path for problem in problems if problem.severity == "error" and not is_stricter(problem.rule)]


@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_has_no_problem(name: str) -> None:
    assert found(SOUND[name]) == []


P, C = "spec.template.spec", "spec.template.spec.containers[0]"
M = "spec.metrics[0].resource.target"

WRONG: list[tuple[str, str, Any, str]] = [
    ("deployment", f"{P}.hostAliases", [{"ip": "x"}], f"{P}.hostAliases[0].ip"),
    ("deployment", f"{P}.hostAliases", [{"ip": "1.2.3.4", "hostnames": ["A b"]}], f"{P}.hostAliases[0].hostnames[0]"),
    ("deployment", f"{P}.dnsPolicy", "None", f"{P}.dnsConfig"),
    ("deployment", f"{P}.dnsConfig", {"nameservers": ["1.1.1.1"] * 4}, f"{P}.dnsConfig.nameservers"),
    ("deployment", f"{P}.dnsConfig", {"searches": ["a b"]}, f"{P}.dnsConfig.searches[0]"),
    ("deployment", f"{P}.dnsConfig", {"options": [{}]}, f"{P}.dnsConfig.options[0].name"),
    ("deployment", f"{P}.securityContext", {"supplementalGroups": [1, -1]}, f"{P}.securityContext.supplementalGroups[1]"),
    ("deployment", f"{P}.securityContext", {"runAsUser": 2**31}, f"{P}.securityContext.runAsUser"),
    ("deployment", f"{P}.securityContext", {"seccompProfile": {"type": "Localhost"}}, f"{P}.securityContext.seccompProfile.localhostProfile"),
    ("deployment", f"{P}.securityContext", {"sysctls": [{"name": "a b", "value": "1"}]}, f"{P}.securityContext.sysctls[0].name"),
    ("deployment", f"{P}.os", {"name": "macos"}, f"{P}.os.name"),
    ("deployment", f"{P}", {**POD, "os": {"name": "windows"}, "resources": {"limits": {"cpu": "1"}}}, f"{P}.resources"),
    ("deployment", f"{P}.overhead", {"x": "1"}, f"{P}.overhead.x"),
    ("deployment", f"{P}.schedulingGates", [{"name": "a"}, {"name": "a"}], f"{P}.schedulingGates[1].name"),
    ("deployment", f"{P}.tolerations", [{"key": "a", "operator": "Gt", "value": "1"}], f"{P}.tolerations[0].operator"),
    ("deployment", f"{P}.runtimeClassName", "", f"{P}.runtimeClassName"),
    ("deployment", f"{P}.volumes[0].emptyDir", {"sizeLimit": "-1"}, f"{P}.volumes[0].emptyDir.sizeLimit"),
    ("deployment", f"{P}.initContainers[0].restartPolicy", "", f"{P}.initContainers[0].restartPolicy"),
    ("deployment", f"{P}.initContainers[0].livenessProbe", {"tcpSocket": {"port": 80}}, f"{P}.initContainers[0].livenessProbe"),
    ("deployment", f"{C}.volumeDevices", [{"name": "data", "devicePath": "/x"}], f"{C}.volumeMounts[0].name"),
    ("deployment", f"{C}.volumeDevices", [{"name": "nope", "devicePath": "/x"}], f"{C}.volumeDevices[0].name"),
    ("deployment", f"{C}.resizePolicy", [{"resourceName": "gpu", "restartPolicy": "NotRequired"}], f"{C}.resizePolicy[0].resourceName"),
    ("deployment", f"{C}.restartPolicyRules", [{"action": "Restart"}], f"{C}.restartPolicy"),
    ("deployment", f"{C}.volumeMounts[0].recursiveReadOnly", "Enabled", f"{C}.volumeMounts[0].recursiveReadOnly"),
    ("deployment", f"{C}.volumeMounts[0].mountPropagation", "", f"{C}.volumeMounts[0].mountPropagation"),
    ("deployment", f"{C}.envFrom", [{"prefix": "a=b", "secretRef": {"name": "s"}}], f"{C}.envFrom[0].prefix"),
    ("deployment", f"{C}.envFrom", [{"configMapRef": {}}], f"{C}.envFrom[0].configMapRef.name"),
    ("deployment", f"{C}.lifecycle", {"preStop": {"sleep": {"seconds": 31}}}, f"{C}.lifecycle.preStop.sleep.seconds"),
    ("deployment", f"{C}.resources", {"limits": {"cpu": "1", "hugepages-2Mi": "3Mi"}}, f"{C}.resources.limits.hugepages-2Mi"),
    ("deployment", f"{C}.resources", {"requests": {"cpu": "1", "hugepages-2Mi": "2Mi"}}, f"{C}.resources.limits"),
    ("deployment", f"{C}.resources", {"limits": {"cpu": None}, "requests": {"cpu": "1"}}, f"{C}.resources.requests"),
    ("deployment", f"{C}.securityContext", {"procMount": "Unmasked"}, f"{C}.securityContext.procMount"),
    ("deployment", f"{C}.securityContext", {"windowsOptions": {"runAsUserName": ""}}, f"{C}.securityContext.windowsOptions.runAsUserName"),
    ("deployment", f"{C}.livenessProbe.httpGet.httpHeaders", [{"name": "X A", "value": "1"}], f"{C}.livenessProbe.httpGet.httpHeaders[0].name"),
    ("deployment", "spec.progressDeadlineSeconds", 0, "spec.progressDeadlineSeconds"),
    ("deployment", "spec.strategy", {"rollingUpdate": {"maxUnavailable": "101%"}}, "spec.strategy.rollingUpdate.maxUnavailable"),
    ("set", "spec.updateStrategy", {"type": "OnDelete", "rollingUpdate": {}}, "spec.updateStrategy.rollingUpdate"),
    ("set", "spec.ordinals", {"start": -1}, "spec.ordinals.start"),
    ("set", "spec.volumeClaimTemplates", [{"spec": {"accessModes": ["X"]}}], "spec.volumeClaimTemplates[0].spec.accessModes[0]"),
    ("daemon", "spec.updateStrategy", {"rollingUpdate": {"maxSurge": 1}}, "spec.updateStrategy.rollingUpdate.maxSurge"),
    ("daemon", "spec.updateStrategy", {"rollingUpdate": {"maxUnavailable": 0}}, "spec.updateStrategy.rollingUpdate.maxUnavailable"),
    ("job", "spec.maxFailedIndexes", 1, "spec.backoffLimitPerIndex"),
    ("job", "spec.successPolicy", {"rules": [{"succeededIndexes": "3,1"}]}, "spec.successPolicy.rules[0].succeededIndexes"),
    ("job", "spec.successPolicy", {"rules": [{"succeededIndexes": "0-4"}]}, "spec.successPolicy.rules[0].succeededIndexes"),
    ("job", "spec.podFailurePolicy", {"rules": [{"action": "Ignore"}]}, "spec.podFailurePolicy.rules[0]"),
    ("job", "spec.selector", {"matchLabels": {"a": "b"}}, "spec.selector"),
    ("cron", "spec.schedule", "* * * 13 *", "spec.schedule"),
    ("cron", "spec.schedule", "*/0 * * * *", "spec.schedule"),
    ("cron", "spec.schedule", "@every x", "spec.schedule"),
    ("cron", "spec.timeZone", "europe/berlin", "spec.timeZone"),
    ("scaler", f"{M}.type", "x", f"{M}.type"),
    ("scaler", f"{M}.averageUtilization", 0, f"{M}.averageUtilization"),
    ("scaler", f"{M}.averageValue", "1", f"{M}.averageValue"),
    ("scaler", "spec.scaleTargetRef.apiVersion", "v1", "spec.scaleTargetRef.apiVersion"),
    ("scaler", "spec.minReplicas", 0, "spec.minReplicas"),
    ("scaler", "spec.behavior", {"scaleUp": {"policies": []}}, "spec.behavior.scaleUp.policies"),
    ("service", "spec.externalIPs", ["127.0.0.1"], "spec.externalIPs[0]"),
    ("service", "spec.clusterIP", "x", "spec.clusterIP"),
    ("service", "spec.ports[0].nodePort", 30000, "spec.ports[0].nodePort"),
    ("service", "spec.ports[0].appProtocol", "a b", "spec.ports[0].appProtocol"),
    ("service", "spec.loadBalancerClass", "a.b/c", "spec.loadBalancerClass"),
    ("service", "spec.ipFamilies", ["IPv4", "IPv4"], "spec.ipFamilies[1]"),
    ("service", "spec.ipFamilies", ["IPv4", "IPv6"], "spec.ipFamilyPolicy"),
    ("service", "spec", {"ports": [{"port": 80}], "clusterIP": "10.0.0.1", "ipFamilies": ["IPv6"]}, "spec.clusterIP"),
    ("service", "spec.internalTrafficPolicy", "x", "spec.internalTrafficPolicy"),
    ("policy", "spec.ingress[0].from[0]", {}, "spec.ingress[0].from[0]"),
    ("policy", "spec.ingress[0].from[0]", None, "spec.ingress[0].from[0]"),
    ("policy", "spec.ingress[0].from[0]", {"ipBlock": {"cidr": "1.0.0.0/8", "except": ["2.0.0.0/16"]}}, "spec.ingress[0].from[0].ipBlock.except[0]"),
    ("policy", "spec.ingress[0].ports[0].endPort", 79, "spec.ingress[0].ports[0].endPort"),
    ("ingress", "spec.rules[0].host", "A b", "spec.rules[0].host"),
    ("ingress", "spec.tls", [{"hosts": [""]}], "spec.tls[0].hosts[0]"),
    ("ingress", "spec.rules[0].http.paths[0].path", "/a//b", "spec.rules[0].http.paths[0].path"),
    ("budget", "spec.minAvailable", "x", "spec.minAvailable"),
    ("budget", "spec.unhealthyPodEvictionPolicy", "", "spec.unhealthyPodEvictionPolicy"),
    ("claim", "spec.storageClassName", "A", "spec.storageClassName"),
    ("claim", "spec.dataSourceRef", {"kind": "X", "name": "a"}, "spec.dataSourceRef.kind"),
    ("priority", "preemptionPolicy", "x", "preemptionPolicy"),
    ("priority", "value", 2_000_000_000, "value"),
    ("binding", "roleRef.apiGroup", "A", "roleRef.apiGroup"),
    ("binding", "subjects[0].name", "a/b", "subjects[0].name"),
    ("docker", "stringData['.dockerconfigjson']", "a", "stringData['.dockerconfigjson']"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "place", "value", "path"), WRONG)
def test_a_wrong_value_is_reported_with_its_place(name: str, place: str, value: Any, path: str) -> None:
    manifest = copy.deepcopy(SOUND[name])
    *way, step = split(place)
    owner: Any = manifest
    for each in way:
        owner = owner.setdefault(each, {}) if isinstance(owner, dict) else owner[each]
    owner[step] = value
    assert path in found(manifest)


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_a_workload_without_a_spec_is_reported(kind: str) -> None:
    assert {"spec.selector", "spec.template"} <= set(found(thing("apps/v1", kind)))


def test_a_null_in_a_list_is_an_empty_entry() -> None:
    manifest = workload("Deployment")
    manifest["spec"]["template"]["spec"]["volumes"].append(None)
    assert found(manifest) == ["spec.template.spec.volumes[2].name"]


def test_what_a_schema_requires_and_no_server_asks_for_is_no_error() -> None:
    empty = job(podFailurePolicy={})
    volumes = workload("Deployment")
    volumes["spec"]["template"]["spec"]["volumes"] += [
        {"name": "a", "iscsi": {"targetPortal": "a:1", "iqn": "iqn.2001-04.com.example:x"}},
        {"name": "b", "scaleIO": {"gateway": "g", "system": "s", "volumeName": "v"}},
    ]
    assert found(empty) == found(volumes) == []
    assert {problem.rule for manifest in (empty, volumes) for problem in check_object(manifest)} == {"strict-required"}


def test_a_pod_on_the_nodes_network_takes_a_port_once() -> None:
    containers = [{"name": name, "image": "x", "ports": [{"containerPort": 80}]} for name in ("a", "b")]
    pod = thing("v1", "Pod", spec={"hostNetwork": True, "containers": containers})
    assert found(pod) == ["spec.containers[1].ports[0].hostPort"]
    assert found(thing("v1", "Pod", spec={"containers": containers})) == []


def test_pods_of_a_leader_worker_set_are_only_judged_by_us() -> None:
    template = {"spec": {**copy.deepcopy(POD), "dnsPolicy": "Nobody"}}
    manifest = thing(
        "leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", spec={"replicas": 1, "leaderWorkerTemplate": {"size": 2, "workerTemplate": template}}
    )
    assert {problem.rule for problem in check_semantics(manifest, version=VERSION)} == {"strict-pod-template"}


@pytest.mark.parametrize(("version", "good"), [("1.35", False), ("1.36", True)])
def test_a_service_may_start_with_a_digit_from_a_version_on(version: str, good: bool) -> None:
    manifest = thing("v1", "Service", spec={"ports": [{"port": 80}]}) | {"metadata": {"name": "1a"}}
    assert (found(manifest, version) == []) is good


def test_a_gate_that_is_turned_on_allows_what_it_is_for() -> None:
    manifest = copy.deepcopy(SOUND["deployment"])
    manifest["spec"]["template"]["spec"]["tolerations"] = [{"key": "a", "operator": "Gt", "value": "1"}]
    assert check_semantics(manifest, version=VERSION, gates={"TaintTolerationComparisonOperators": True}) == []
