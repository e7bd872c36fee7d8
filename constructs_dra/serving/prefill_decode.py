"""Prefill and decode that belong together: how KV caches go from one to the other, and which objects run the two."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final, Literal

from attrs import field, frozen

from constructs_dra.claims.claim import Claim
from constructs_dra.claims.pairing import paired
from constructs_dra.claims.request import Request
from constructs_dra.errors import Problem, Problems, SpecError, shown
from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.record import Fragment
from constructs_dra.records.values import copied
from constructs_dra.serving import fragments
from constructs_dra.serving.claims import ClaimSpec, role_claim
from constructs_dra.serving.env import field_ref
from constructs_dra.serving.parallelism import Parallelism
from constructs_dra.serving.part import Part, PodView, RoleView, ServiceView, Workload

__all__ = ["PrefillDecode"]

_API: Final = "disaggregatedset.x-k8s.io/v1"

_ROLES: Final = {"prefill": "kv_producer", "decode": "kv_consumer"}
"""What each side does with the cache, in vLLM's words."""

_BUFFERS: Final[Mapping[str, str]] = {
    "gpu.nvidia.com": "cuda",
    "nvidia.com/gpu": "cuda",
    "gpu.amd.com": "cuda",
    "amd.com/gpu": "cuda",
    "gpu.intel.com": "xpu",
    "gpu.intel.com/i915": "xpu",
    "gpu.intel.com/xe": "xpu",
    "rebellions.ai/ATOM": "rbln",
    "npu.rebellions.ai": "rbln",
}
"""Where the transfer buffers are (`kv_buffer_device`), by device class or device-plugin resource, as the guides of llm-d write it."""


_RESOURCE: Final = re.compile(r"[a-z0-9.-]+/[A-Za-z0-9._-]+")

_OWN: Final = {
    "kv_connector": "connector",
    "kv_buffer_device": "buffer_device",
    "kv_connector_extra_config": "extra_config",
}
"""Fields of the configuration that have a field of their own."""


def _check_transfer(value: object, path: str, problems: Problems) -> None:
    if not isinstance(value, Mapping):
        valid.wrong(problems, path, value, "a mapping of fields of --kv-transfer-config")
        return
    for key in value:
        if key == "kv_role":
            problems.add(f"{path}.{key}", "follows from the role", "leave it out")
        elif key in _OWN:
            problems.add(f"{path}.{key}", "has a field of its own", f"write {_OWN[key]}=…")


def _check_nic(value: object, path: str, problems: Problems) -> None:
    if isinstance(value, str):
        if not _RESOURCE.fullmatch(value):
            valid.wrong(problems, path, value, "a request for a NIC or a resource of a device plugin", 'write RdmaNic(device_class="…") or "rdma/ib"')
    elif value is not None and not isinstance(value, Request):
        valid.wrong(problems, path, value, "a request for a NIC or a resource of a device plugin", 'write RdmaNic(device_class="…") or "rdma/ib"')
    elif value is not None and value.computes:
        problems.add(path, "asks for devices that compute, not for a NIC", 'write RdmaNic(device_class="…")')


@frozen(kw_only=True, eq=False, repr=False)
class PrefillDecode(Part):
    """The contract between the prefill and the decode role of a service, said once for both: `parts=[PrefillDecode()]`.

    Both get the connector with their roles in it, the same block size, the address their peers reach them at, and connections that stay open longer
    than the routing proxy keeps them. What a container's arguments or environment say already stays.

    Attributes:
        connector: vLLM's connector (`kv_connector`). Default `NixlConnector`.
        buffer_device: Where its buffers are (`kv_buffer_device`), on both sides. Default: by each role's devices, left out where they do not tell.
        extra_config: The connector's own settings (`kv_connector_extra_config`). Default: none.
        transfer: Other fields of `--kv-transfer-config` on both sides, in vLLM's words: `{"kv_load_failure_policy": "fail"}`. Default: none.
        block_size: Tokens of a cache block (`--block-size`), which has to be the same on both sides. Default: the engine's own.
        side_channel_port: Port at which peers agree on a transfer (`VLLM_NIXL_SIDE_CHANNEL_PORT`); one for each model copy of a pod from there on.
            Default 5600.
        nic: The network that caches travel over: `RdmaNic(device_class=…)`, and each device of both roles gets such an interface on its own PCIe
            root, in the same claim; or the resource of a device plugin, `"rdma/ib"`, of which each pod gets one. Default: what the roles say.
        keep_alive_seconds: Seconds a connection stays open without requests (`VLLM_HTTP_TIMEOUT_KEEP_ALIVE`). The routing proxy keeps one for 90;
            a server that closes it first resets requests. Default 120.
        workload: `separate` runs each role as a workload of its own; `DisaggregatedSet` runs both as one object, whose roles are rolled out
            together. Default `separate`.
        slices: Copies of the whole of a DisaggregatedSet; replicas are for each. Default 1.
        placement: Where the slices of a DisaggregatedSet run, as its `placementPolicy`:
            `{"type": "ExclusiveSlice", "topology": "topology.kubernetes.io/zone"}`. Default: anywhere.
    """

    CROSS_CHECKED: ClassVar = frozenset({"workload", "slices", "placement"})

    connector: str = field(default="NixlConnector", metadata=valid.text())
    buffer_device: str | None = field(default=None, metadata=valid.text())
    extra_config: Fragment = field(factory=dict, metadata=valid.custom(lambda *_: None))
    transfer: Fragment = field(factory=dict, metadata=valid.custom(_check_transfer))
    block_size: int | None = field(default=None, metadata=valid.integer(1))
    side_channel_port: int = field(default=5600, metadata=valid.port())
    nic: Request | str | None = field(default=None, metadata=valid.custom(_check_nic))
    keep_alive_seconds: int = field(default=120, metadata=valid.integer(90))
    workload: Literal["separate", "DisaggregatedSet"] = field(default="separate", metadata=valid.choice("separate", "DisaggregatedSet"))
    slices: int = field(default=1, metadata=valid.integer(1, 100))
    placement: Fragment | None = field(
        default=None,
        metadata=fragments.part(
            _API,
            "DisaggregatedSet",
            "spec.placementPolicy",
            lambda value: {
                "placementPolicy": value,
                "roles": [{"name": name, "spec": {"leaderWorkerTemplate": {"workerTemplate": {"spec": {"containers": []}}}}} for name in ("a", "b")],
            },
        ),
    )

    def cross_check(self, problems: Problems) -> None:
        """Slices are of a DisaggregatedSet."""
        if self.workload != "DisaggregatedSet":
            for name in ("slices", "placement"):
                if getattr(self, name) not in (1, None):
                    problems.add(name, "belongs to a DisaggregatedSet", 'add workload="DisaggregatedSet", or leave it out')

    def problems(self, service: ServiceView) -> Iterator[Problem]:
        """There is a role on each side."""
        for name in _ROLES:
            if name not in service.roles:
                yield Problem("", f"needs a {name} role", f"give the service {name}=Role(…)")
            elif self.workload == "DisaggregatedSet" and service.roles[name].is_requested:
                yield Problem("workload", "requesters cannot be part of a DisaggregatedSet", 'leave out requester, or write workload="separate"')
            elif self.nic is not None and not isinstance(self.nic, str):
                yield from self._unpaired(name, service.roles[name])

    def _unpaired(self, name: str, role: RoleView) -> Iterator[Problem]:
        """Why a role's devices do not get their interfaces."""
        written = [spec for use in getattr(role.pod, "claims", ()) if (spec := role_claim(use).spec).computes]
        if not written:
            yield Problem("nic", f"{name} has no claim for devices, beside which a NIC could be asked for", f"give the {name} role a claim")
        for claim in written:
            try:
                self._paired(role.parallelism, claim)
            except SpecError as error:
                for problem in error.problems:
                    yield Problem("nic", f"{name}: {problem.message}", problem.hint)

    def adjust_claim(self, name: str, parallelism: Parallelism, claim: ClaimSpec) -> ClaimSpec:
        """Give the devices of both sides their interfaces."""
        if self.nic is None or isinstance(self.nic, str) or name not in _ROLES or not claim.computes:
            return claim
        try:
            return self._paired(parallelism, claim)
        except SpecError:
            return claim  # said among the problems

    def _paired(self, parallelism: Parallelism, claim: ClaimSpec) -> ClaimSpec:
        if not isinstance(claim, Claim) or not isinstance(self.nic, Request):
            raise SpecError([Problem("", f"claim {shown(claim.name)} is made by somebody else", "let that one hold the NIC")])
        return paired(claim, self.nic, parallelism.devices_per_pod)

    def runs_as(self, role: RoleView) -> Workload | None:
        """The object of both roles, where that is wanted."""
        if self.workload != "DisaggregatedSet" or role.name not in _ROLES:
            return None
        return Workload(api_version=_API, kind="DisaggregatedSet", name=role.service.name, times=self.slices)

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        """Tell the model servers of both sides."""
        if role.name not in _ROLES:
            return
        for _, record, made in pod.containers():
            if not record.serves_model:
                continue
            args = made.setdefault("args", [])
            wanted = [("--kv-transfer-config", json.dumps(self._config(role), separators=(",", ":")))]
            wanted += [("--block-size", str(self.block_size))] if self.block_size is not None else []
            given = {arg.partition("=")[0] for arg in args}
            before = len(args) - len(record.args)  # an author's arguments come last
            args[before:before] = [word for flag, value in wanted if flag not in given for word in (flag, value)]
            self._tell(made)
            if isinstance(self.nic, str):
                for key in ("limits", "requests"):
                    made.setdefault("resources", {}).setdefault(key, {}).setdefault(self.nic, "1")
            copies = range(role.parallelism.data_parallel_size_local) if self.connector == "NixlConnector" else ()
            ports = made.setdefault("ports", [])
            taken = {port["containerPort"] for port in ports}
            for rank in copies:
                number = self.side_channel_port + rank
                if number not in taken:
                    ports.append({"containerPort": number, "name": f"nixl-{rank}" if rank else "nixl"})

    def _config(self, role: RoleView) -> dict[str, Any]:
        config: dict[str, Any] = {"kv_connector": self.connector, "kv_role": _ROLES[role.name]}
        found = {_BUFFERS[name] for name in role.device_names if name in _BUFFERS}
        device = self.buffer_device or (found.pop() if len(found) == 1 else None)
        if device is not None:
            config["kv_buffer_device"] = device
        config |= copied(self.transfer)
        if self.extra_config:
            config["kv_connector_extra_config"] = copied(self.extra_config)
        return config

    def _tell(self, made: dict[str, Any]) -> None:
        variables = made.setdefault("env", [])
        given = {variable["name"] for variable in variables}
        wanted: list[dict[str, Any]] = [{"name": "VLLM_HTTP_TIMEOUT_KEEP_ALIVE", "value": str(self.keep_alive_seconds)}]
        if self.connector == "NixlConnector":
            wanted.append({"name": "VLLM_NIXL_SIDE_CHANNEL_HOST", "valueFrom": field_ref("status.podIP")})
            wanted.append({"name": "VLLM_NIXL_SIDE_CHANNEL_PORT", "value": str(self.side_channel_port)})
        made["env"] = [*(variable for variable in wanted if variable["name"] not in given), *variables]

    def combine_workloads(self, service: ServiceView, workloads: list[Manifest]) -> list[Manifest]:
        """Both roles as one object, where that is wanted."""
        if self.workload != "DisaggregatedSet":
            return workloads
        names = {service.roles[name].workload_name: name for name in _ROLES if name in service.roles}
        theirs = {names[item["metadata"]["name"]]: item for item in workloads if item["metadata"]["name"] in names}
        spec: Manifest = {"slices": self.slices}
        if self.placement is not None:
            spec["placementPolicy"] = copied(self.placement)
        spec["roles"] = [_role(name, theirs[name]) for name in _ROLES if name in theirs]
        whole = {
            "apiVersion": _API,
            "kind": "DisaggregatedSet",
            "metadata": service.metadata(),
            "spec": spec,
        }
        return [whole, *(item for item in workloads if item["metadata"]["name"] not in names)]


def _role(name: str, workload: Manifest) -> Manifest:
    """A Deployment or a LeaderWorkerSet as a role of a DisaggregatedSet."""
    spec: Manifest = workload["spec"]
    noted = {key: workload["metadata"][key] for key in ("labels", "annotations") if key in workload["metadata"]}
    made: Manifest = {"name": name, **({"metadata": noted} if noted else {})}
    if "replicas" not in spec:
        made["scaling"] = {"mode": "External"}  # an autoscaler owns the number
    if workload["kind"] == "LeaderWorkerSet":
        return {**made, "spec": spec}
    rolling = (spec.get("strategy") or {}).get("rollingUpdate") or {"maxSurge": 0, "maxUnavailable": 1}
    role = {"replicas": spec["replicas"]} if "replicas" in spec else {}
    role["rolloutStrategy"] = {"type": "RollingUpdate", "rollingUpdateConfiguration": rolling}
    role["leaderWorkerTemplate"] = {"size": 1, "workerTemplate": spec["template"]}
    return {**made, "spec": role}
