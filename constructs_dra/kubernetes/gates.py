"""Feature gates around Dynamic Resource Allocation: since when each exists, and in which versions it is on.

Source: `pkg/features/kube_features.go` of Kubernetes 1.34 to 1.37, collected in November 2026. Gates of Kubernetes that manifests for devices or
models meet besides DRA (image volumes) are here too.
"""

from functools import lru_cache
from typing import Literal

from attrs import field, frozen

from constructs_dra.lexical.versions import KubernetesVersion

__all__ = ["GATES", "Gate", "KubernetesVersion", "Stage", "enabled", "gate_state"]

Stage = Literal["absent", "alpha", "beta", "stable"]

_CONTROL_PLANE = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
_COMPONENTS = (*_CONTROL_PLANE, "kubelet")
_NODES = ("kube-apiserver", "kubelet")


def _version(text: str | None) -> KubernetesVersion | None:
    major, _, minor = (text or "").partition(".")
    return KubernetesVersion(int(major), int(minor)) if minor else None


@frozen(kw_only=True)
class Gate:
    """One feature gate.

    Attributes:
        name: As `--feature-gates` spells it.
        purpose: What it allows, in words that follow "needs … for".
        alpha: First version that has it as alpha (off); None when it began as beta.
        beta: First version that has it as beta.
        beta_on: First version in which the beta is on; None while it is off.
        stable: First version in which it is generally available (on).
        locked: First version that no longer lets it be turned off.
        formerly: Gate that covered the feature before this one existed; empty when none did.
        components: Which parts of the cluster need the gate.
    """

    name: str
    purpose: str
    alpha: KubernetesVersion | None = field(default=None, converter=_version)
    beta: KubernetesVersion | None = field(default=None, converter=_version)
    beta_on: KubernetesVersion | None = field(default=None, converter=_version)
    stable: KubernetesVersion | None = field(default=None, converter=_version)
    locked: KubernetesVersion | None = field(default=None, converter=_version)
    formerly: str = ""
    components: tuple[str, ...] = _COMPONENTS

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

    @property
    def since(self) -> KubernetesVersion | None:
        """The first version that has it at all."""
        return min((since for since in (self.alpha, self.beta, self.stable) if since is not None), default=None)


_TABLE = (
    Gate(name="DynamicResourceAllocation", purpose="resource claims", alpha="1.26", beta="1.32", stable="1.34", locked="1.35"),
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
    Gate(name="DRAWorkloadResourceClaims", purpose="claims of pod groups", alpha="1.36", beta="1.37"),
    Gate(name="DRAFractionalCapacityRange", purpose="fractional capacity ranges", beta="1.37", beta_on="1.37"),
    Gate(name="DRAOptionalNodeOperations", purpose="devices without node operations", alpha="1.37"),
    Gate(name="DRADerivedAttributes", purpose="derived attributes", alpha="1.37"),
    Gate(name="DRADeviceCompatibilityGroups", purpose="device compatibility groups", alpha="1.37"),
    Gate(name="ClusterTrustBundleProjection", purpose="trust bundles in volumes", alpha="1.29", beta="1.33", components=_NODES),
    Gate(name="ContainerRestartRules", purpose="restart rules of containers", alpha="1.34", beta="1.35", beta_on="1.35", components=_NODES),
    Gate(name="ContainerStopSignals", purpose="stop signals of containers", alpha="1.33", components=_NODES),
    Gate(name="CrossNamespaceVolumeDataSource", purpose="data sources in other namespaces", alpha="1.26", components=("kube-apiserver",)),
    Gate(name="EnvFiles", purpose="variables from files", alpha="1.34", beta="1.35", beta_on="1.35", components=_NODES),
    Gate(
        name="GenericWorkload", purpose="pod groups", alpha="1.35", beta="1.37",
        components=("kube-apiserver", "kube-scheduler"),
    ),
    Gate(
        name="HPAConfigurableTolerance", purpose="tolerances of autoscalers", alpha="1.33", beta="1.35", beta_on="1.35",
        components=("kube-apiserver", "kube-controller-manager"),
    ),
    Gate(
        name="HPAScaleToZero", purpose="autoscalers that scale to zero", alpha="1.16",
        components=("kube-apiserver", "kube-controller-manager"),
    ),
    Gate(name="HostnameOverride", purpose="host names other than the pod's", alpha="1.34", beta="1.35", beta_on="1.35", components=_NODES),
    Gate(
        name="MaxUnavailableStatefulSet", purpose="several pods of a StatefulSet updated at once", alpha="1.24", beta="1.35",
        components=("kube-apiserver", "kube-controller-manager"),
    ),
    Gate(name="PodCertificateRequest", purpose="certificates in volumes", alpha="1.34", beta="1.35"),
    Gate(
        name="PreferSameTrafficDistribution", purpose="traffic that stays in a zone or on a node", alpha="1.33", beta="1.34", beta_on="1.34",
        stable="1.35", locked="1.35",
    ),
    Gate(
        name="RelaxedServiceNameValidation", purpose="names of Services that start with a digit", alpha="1.34", beta="1.36", beta_on="1.36",
        components=("kube-apiserver",),
    ),
    Gate(
        name="RestartAllContainersOnContainerExits", purpose="restarts of a whole pod by a restart rule", alpha="1.35", beta="1.36",
        beta_on="1.36", components=_NODES,
    ),
    Gate(name="SELinuxMount", purpose="volumes mounted with an SELinux label", alpha="1.30", beta="1.33"),
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
