"""Feature gates around Dynamic Resource Allocation: since when each exists, and in which versions it is on.

Source: the feature gates of Kubernetes 1.34 to 1.37 (`pkg/features`, the table of its documentation) and what is decided for 1.38, collected in
November 2026. Gates of Kubernetes that manifests for devices or models meet besides DRA (image volumes) are here too.
"""

from functools import lru_cache
from typing import Literal

from attrs import field, frozen

from constructs_dra.lexical.versions import KubernetesVersion
from constructs_dra.records.valued import Valued

__all__ = ["GATES", "Gate", "KubernetesVersion", "Stage", "enabled", "gate_state"]

Stage = Literal["absent", "alpha", "beta", "stable"]

_CONTROL_PLANE = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
_COMPONENTS = (*_CONTROL_PLANE, "kubelet")
_NODES = ("kube-apiserver", "kubelet")
_MANAGED = ("kube-apiserver", "kube-controller-manager")


def _version(text: str | None) -> KubernetesVersion | None:
    major, _, minor = (text or "").partition(".")
    return KubernetesVersion(int(major), int(minor)) if minor else None


@frozen(kw_only=True, eq=False, repr=False)
class Gate(Valued):
    """One feature gate.

    Attributes:
        name: As `--feature-gates` spells it.
        purpose: What it allows, in words that follow "needs … for".
        alpha: First version that has it as alpha (off); None when it began as beta.
        beta: First version that has it as beta.
        beta_on: First version in which the beta is on; None while it is off.
        stable: First version in which it is generally available (on).
        locked: First version that no longer lets it be turned off.
        gone: First version that no longer knows the gate, whose feature stays on.
        formerly: Gate that covered the feature before this one existed; empty when none did.
        components: Which parts of the cluster need the gate.
        requires: Gates without which a component that has it on does not start.
    """

    name: str
    purpose: str
    alpha: KubernetesVersion | None = field(default=None, converter=_version)
    beta: KubernetesVersion | None = field(default=None, converter=_version)
    beta_on: KubernetesVersion | None = field(default=None, converter=_version)
    stable: KubernetesVersion | None = field(default=None, converter=_version)
    locked: KubernetesVersion | None = field(default=None, converter=_version)
    gone: KubernetesVersion | None = field(default=None, converter=_version)
    formerly: str = ""
    components: tuple[str, ...] = _COMPONENTS
    requires: tuple[str, ...] = ()

    def stage(self, version: str | KubernetesVersion) -> Stage:
        """How far the feature is in a version."""
        at = KubernetesVersion.parse(version).release
        stages: tuple[tuple[Stage, KubernetesVersion | None], ...] = (("stable", self.stable), ("beta", self.beta), ("alpha", self.alpha))
        for stage, since in stages:
            if since is not None and at >= since:
                return stage
        return "absent"

    def on(self, version: str | KubernetesVersion) -> bool:
        """Whether it is on in a version unless somebody turned it off."""
        at = KubernetesVersion.parse(version).release
        return any(since is not None and at >= since for since in (self.stable, self.beta_on))

    def fixed(self, version: str | KubernetesVersion) -> bool:
        """Whether a version no longer lets it be turned on or off: it is on for good."""
        at = KubernetesVersion.parse(version).release
        return any(since is not None and at >= since for since in (self.locked, self.gone))

    @property
    def since(self) -> KubernetesVersion | None:
        """The first version that has it at all."""
        return min((since for since in (self.alpha, self.beta, self.stable) if since is not None), default=None)


_TABLE = (
    Gate(name="DynamicResourceAllocation", purpose="resource claims", alpha="1.26", beta="1.32", stable="1.34", locked="1.35", gone="1.38"),
    Gate(name="DRAAdminAccess", purpose="admin access to devices", alpha="1.32", beta="1.34", beta_on="1.34", stable="1.36", locked="1.36"),
    Gate(name="DRAPrioritizedList", purpose="alternatives (firstAvailable)", alpha="1.33", beta="1.34", beta_on="1.34", stable="1.36", locked="1.37"),
    Gate(name="DRAPartitionableDevices", purpose="devices that share counters", alpha="1.33", beta="1.36", beta_on="1.36"),
    Gate(
        name="DRADeviceTaints", purpose="taints and tolerations of devices", alpha="1.33", beta="1.36", beta_on="1.36", stable="1.37", locked="1.38",
        components=_CONTROL_PLANE,
    ),
    Gate(
        name="DRADeviceTaintRules", purpose="DeviceTaintRule objects", alpha="1.35", beta="1.36", stable="1.37", locked="1.38",
        formerly="DRADeviceTaints", components=_CONTROL_PLANE,
    ),
    Gate(name="DRAConsumableCapacity", purpose="shares of a device's capacity", alpha="1.34", beta="1.36", beta_on="1.36"),
    Gate(name="DRADeviceBindingConditions", purpose="binding conditions", alpha="1.34", beta="1.36", beta_on="1.36"),
    Gate(
        name="DRAExtendedResource", purpose="devices requested as extended resources", alpha="1.34", beta="1.36", beta_on="1.36",
        stable="1.37", locked="1.37",
    ),
    Gate(
        name="DRAResourceClaimDeviceStatus", purpose="device status in claims", alpha="1.32", beta="1.33", beta_on="1.33", stable="1.37",
        locked="1.37",
    ),
    Gate(name="DRAListTypeAttributes", purpose="attributes that are lists", alpha="1.36"),
    Gate(name="DRANodeAllocatableResources", purpose="devices that stand for CPU or memory", alpha="1.36"),
    Gate(name="DRAWorkloadResourceClaims", purpose="claims of pod groups", alpha="1.36", beta="1.37", requires=("GenericWorkload",)),
    Gate(name="DRAFractionalCapacityRange", purpose="fractional capacity ranges", beta="1.37", beta_on="1.37"),
    Gate(name="DRAOptionalNodeOperations", purpose="devices without node operations", alpha="1.37"),
    Gate(name="DRADerivedAttributes", purpose="derived attributes", alpha="1.37"),
    Gate(
        name="DRADeviceCompatibilityGroups", purpose="device compatibility groups", alpha="1.37", components=_CONTROL_PLANE,
        requires=("DRAPartitionableDevices",),
    ),
    Gate(name="DRAResourcePoolStatus", purpose="ResourcePoolStatusRequest objects", alpha="1.36", components=_MANAGED),
    Gate(
        name="DRAPartitionableDevicesType", purpose="counts of partitions by type", alpha="1.37", components=_MANAGED,
        requires=("DRAResourcePoolStatus", "DRAPartitionableDevices"),
    ),
    Gate(
        name="DRASchedulerFilterTimeout", purpose="a limit on the time the scheduler spends on a node", beta="1.34", beta_on="1.34",
        components=("kube-scheduler",),
    ),
    Gate(
        name="ResourceHealthStatus", purpose="health of devices in the status of pods", alpha="1.31", beta="1.36", beta_on="1.36",
        components=_NODES,
    ),
    Gate(
        name="NodeDeclaredFeatures", purpose="features that nodes declare", alpha="1.35", beta="1.36", beta_on="1.36", stable="1.37", locked="1.37",
    ),
    Gate(name="PodLevelResources", purpose="resources of a pod as a whole", alpha="1.32", beta="1.34", beta_on="1.34"),
    Gate(name="ClusterTrustBundleProjection", purpose="trust bundles in volumes", alpha="1.29", beta="1.33", stable="1.37", components=_NODES),
    Gate(name="ContainerRestartRules", purpose="restart rules of containers", alpha="1.34", beta="1.35", beta_on="1.35", components=_NODES),
    Gate(name="ContainerStopSignals", purpose="stop signals of containers", alpha="1.33", components=_NODES),
    Gate(name="CrossNamespaceVolumeDataSource", purpose="data sources in other namespaces", alpha="1.26", components=("kube-apiserver",)),
    Gate(name="EnvFiles", purpose="variables from files", alpha="1.34", beta="1.35", beta_on="1.35", components=_NODES),
    Gate(
        name="GenericWorkload", purpose="pod groups", alpha="1.35", beta="1.37",
        components=("kube-apiserver", "kube-scheduler"),
    ),
    Gate(
        name="CompositePodGroup", purpose="groups of pod groups", alpha="1.37", components=_CONTROL_PLANE, requires=("GenericWorkload",),
    ),
    Gate(
        name="PodGroupPreemptionPolicy", purpose="preemption policies of pod groups", alpha="1.37", components=("kube-apiserver", "kube-scheduler"),
        requires=("GenericWorkload",),
    ),
    Gate(
        name="TopologyAwareWorkloadScheduling", purpose="topology constraints of pod groups", alpha="1.36",
        components=("kube-apiserver", "kube-scheduler"), requires=("GenericWorkload",),
    ),
    Gate(name="WorkloadWithJob", purpose="pod groups of jobs", alpha="1.36", components=_MANAGED, requires=("GenericWorkload",)),
    Gate(
        name="HPAConfigurableTolerance", purpose="tolerances of autoscalers", alpha="1.33", beta="1.35", beta_on="1.35", stable="1.37",
        components=("kube-apiserver", "kube-controller-manager"),
    ),
    Gate(
        name="HPAScaleToZero", purpose="autoscalers that scale to zero", alpha="1.16", beta="1.37", beta_on="1.37",
        components=("kube-apiserver", "kube-controller-manager"),
    ),
    Gate(
        name="HostnameOverride", purpose="host names other than the pod's", alpha="1.34", beta="1.35", beta_on="1.35", stable="1.37",
        components=_NODES,
    ),
    Gate(
        name="MaxUnavailableStatefulSet", purpose="several pods of a StatefulSet updated at once", alpha="1.24", beta="1.35", beta_on="1.37",
        components=("kube-apiserver", "kube-controller-manager"),
    ),
    Gate(name="PodCertificateRequest", purpose="certificates in volumes", alpha="1.34", beta="1.35", stable="1.37"),
    Gate(
        name="PreferSameTrafficDistribution", purpose="traffic that stays in a zone or on a node", alpha="1.33", beta="1.34", beta_on="1.34",
        stable="1.35", locked="1.35",
    ),
    Gate(
        name="RelaxedServiceNameValidation", purpose="names of Services that start with a digit", alpha="1.34", beta="1.36", beta_on="1.36",
        stable="1.37", components=("kube-apiserver",),
    ),
    Gate(
        name="RestartAllContainersOnContainerExits", purpose="restarts of a whole pod by a restart rule", alpha="1.35", beta="1.36",
        beta_on="1.36", components=_NODES,
    ),
    Gate(name="SELinuxMount", purpose="volumes mounted with an SELinux label", alpha="1.30", beta="1.33", stable="1.37"),
    Gate(name="EmptyDirVolumeMode", purpose="modes of emptyDir volumes", alpha="1.37", components=_NODES),
    Gate(name="GRPCContainerProbeTLS", purpose="gRPC probes over TLS", alpha="1.37", components=_NODES),
    Gate(name="H2CContainerProbe", purpose="HTTP probes over HTTP/2", alpha="1.37", components=_NODES),
    Gate(name="VolumeBindMountOptions", purpose="options of mounts", alpha="1.37", components=_NODES),
    Gate(
        name="StatefulSetRecreateStrategy", purpose="StatefulSets that delete all pods before they make new ones", alpha="1.37",
        components=_MANAGED,
    ),
    Gate(name="UserNamespacesHostNetworkSupport", purpose="user namespaces of pods on the node's network", alpha="1.35", components=_NODES),
    Gate(
        name="TaintTolerationComparisonOperators", purpose="tolerations that compare numbers", alpha="1.35",
        components=("kube-apiserver", "kube-scheduler"),
    ),
    Gate(
        name="ImageVolume", purpose="volumes from OCI images", alpha="1.31", beta="1.33", beta_on="1.35", stable="1.36",
        components=("kube-apiserver", "kubelet"),
    ),
)  # fmt: skip

GATES = {gate.name: gate for gate in _TABLE}
"""Every gate known here, by name."""


@lru_cache(maxsize=512)
def enabled(gate: str, version: str | KubernetesVersion) -> bool:
    """Whether a gate is on in a version unless somebody turned it off.

    Raises:
        KeyError: No such gate here.
        ValueError: The version is not known here.
    """
    return GATES[gate].on(version)


def gate_state(gate: str, version: str | KubernetesVersion) -> str:
    """How far a gate is in a version, in words: `alpha and off`, `beta and on`, `stable`, `absent`."""
    entry = GATES[gate]
    stage = entry.stage(version)
    if stage in {"absent", "stable"}:
        return stage
    return f"{stage} and {'on' if entry.on(version) else 'off'}"
