"""What has to be turned on in a cluster for a set of objects, as configuration for kubeadm."""

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import evolve, frozen

from constructs_dra.checks.collect import Item
from constructs_dra.checks.needs import Need, needs, off_by_default
from constructs_dra.errors import Problem
from constructs_dra.kubernetes.api import api
from constructs_dra.kubernetes.gates import GATES
from constructs_dra.kubernetes.schemas import kind_problem
from constructs_dra.kubernetes.shapes import text
from constructs_dra.lexical.versions import KubernetesVersion
from constructs_dra.manifest import Manifest

__all__ = ["ClusterSetup", "cluster_setup"]

_CONTROL_PLANE = {"kube-apiserver": "apiServer", "kube-controller-manager": "controllerManager", "kube-scheduler": "scheduler"}
"""Where kubeadm's ClusterConfiguration keeps the flags of each component."""


@frozen(kw_only=True)
class ClusterSetup:
    """What to turn on, and why.

    Attributes:
        version: Kubernetes version of the cluster.
        turned_on: The first need of each gate that is off in that version and can be turned on.
        already_on: The first need of each gate that is on anyway.
        served: API versions to serve beyond the version's defaults, each with the first object that needs it.
        problems: What cannot be had in that version, each with its hint.
    """

    version: KubernetesVersion
    turned_on: Sequence[Need]
    already_on: Sequence[Need]
    served: dict[str, Item]
    problems: Sequence[Problem]

    @property
    def gates(self) -> list[str]:
        """Names of the gates to turn on, sorted."""
        return sorted(need.gate for need in self.turned_on)

    def manifests(self) -> list[Manifest]:
        """ClusterConfiguration for kubeadm and, where the kubelet needs a gate, KubeletConfiguration."""
        known = f"v{self.version}" if self.version.patch else f"stable-{self.version.release}"
        cluster: Manifest = {"apiVersion": "kubeadm.k8s.io/v1beta4", "kind": "ClusterConfiguration", "kubernetesVersion": known}
        for component, place in _CONTROL_PLANE.items():
            arguments = self._arguments(component)
            if arguments:
                cluster[place] = {"extraArgs": arguments}
        kubelet = [gate for gate in self.gates if "kubelet" in GATES[gate].components]
        if not kubelet:
            return [cluster]
        configuration = {"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "featureGates": dict.fromkeys(kubelet, True)}
        return [cluster, configuration]

    def _arguments(self, component: str) -> list[dict[str, Any]]:
        gates = [f"{gate}=true" for gate in self.gates if component in GATES[gate].components]
        arguments = [{"name": "feature-gates", "value": ",".join(gates)}] if gates else []
        if component == "kube-apiserver" and self.served:
            arguments.append({"name": "runtime-config", "value": ",".join(f"{name}=true" for name in sorted(self.served))})
        return arguments


def _add_required(wanted: dict[str, Need], version: KubernetesVersion) -> None:
    """Add the gates without which a component does not start that has a wanted one on."""
    waiting = list(wanted.values())
    while waiting:
        need = waiting.pop()
        for name in GATES[need.gate].requires:
            if name not in wanted and GATES[name].stage(version) != "absent":
                wanted[name] = evolve(need, gate=name)
                waiting.append(wanted[name])


def cluster_setup(objects: Iterable[Item], version: KubernetesVersion, *, extra_gates: Iterable[str] = ()) -> ClusterSetup:
    """Find out what a cluster of a version has to turn on for these objects.

    Args:
        objects: What is going to be applied.
        version: The cluster's version.
        extra_gates: Gates wanted whatever the objects need.
    """
    items = list(objects)
    nobody = Item(value={})
    wanted: dict[str, Need] = {}
    for need in [*needs(items, version), *(Need(gate=gate, path="", item=nobody) for gate in extra_gates)]:
        wanted.setdefault(need.gate, need)
    _add_required(wanted, version)
    problems: list[Problem] = []
    for name, need in list(wanted.items()):
        gate = GATES[name]
        if gate.stage(version) == "absent":
            shown = f"needs the feature gate {name} for {gate.purpose}, which Kubernetes {version} does not have"
            problem = Problem(need.path, shown, f"it comes with Kubernetes {gate.since}", rule="feature-gate")
            problems.append(need.item.placed(problem) if need.item is not nobody else problem)
            del wanted[name]
    tables, served = api(version), dict[str, Item]()
    for item in items:
        api_version = text(item.value.get("apiVersion"))
        if f"{api_version} {item.kind}" in tables.kinds:
            if off_by_default(api_version):
                served.setdefault(api_version, item)
        elif (fault := kind_problem(item.value.get("apiVersion"), item.value.get("kind"), version)) and fault.severity == "error":
            problems.append(item.placed(fault))
    return ClusterSetup(
        version=version,
        turned_on=[need for name, need in wanted.items() if not GATES[name].on(version)],
        already_on=[need for name, need in wanted.items() if GATES[name].on(version)],
        served=served,
        problems=problems,
    )
