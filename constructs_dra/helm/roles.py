"""Roles of values files as calls of `Role`: replicas, devices, containers, and where the pods run."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from constructs_dra.errors import Problem
from constructs_dra.helm.calls import Argument, Call, Tree, call, listed
from constructs_dra.helm.charts import ChartVersion
from constructs_dra.helm.containers import container, init_container, rename, volumes
from constructs_dra.helm.devices import devices
from constructs_dra.paths import child
from constructs_dra.records.kubernetes import kubernetes_names
from constructs_dra.serving.pod import Pod

__all__ = ["role_call"]

_SAME = ("nodeSelector", "schedulerName", "terminationGracePeriodSeconds", "enableServiceLinks", "tolerations")
"""Fields of a PodSpec that the chart reads at the role under their own names."""
_OTHER = {"podSecurityContext": "security_context", "annotations": "annotations", "podAnnotations": "pod_annotations"}
"""What else it reads there, and the fields of a role."""

_OF_THEIR_OWN = {"containers", "initContainers", "volumes", "imagePullSecrets"}
"""Fields of a PodSpec whose values take another form in a role, or that the chart has rules of its own for."""


@cache
def _pod_fields() -> Mapping[str, str]:
    """Fields of a PodSpec that a role has under a name of its own, with the same values."""
    return {key: name for key, name in kubernetes_names(Pod).items() if key not in _OF_THEIR_OWN}


_BEFORE_EXTRA = {"decode": {"enable_service_links", "termination_grace_period_seconds", "node_selector", "host_ipc", "host_pid"}}
_BEFORE_EXTRA["prefill"] = _BEFORE_EXTRA["decode"] - {"node_selector"}
"""What the chart writes before `extraConfig`, which therefore wins; everything else wins over it."""


def role_call(values: Mapping[str, Any], name: str, chart: ChartVersion, problems: list[Problem]) -> Call:
    """One role that is made.

    Args:
        values: The values over the chart's defaults, templates evaluated.
        name: `decode` or `prefill`.
        chart: The chart's line.
        problems: Takes what stands against it.
    """
    role: Mapping[str, Any] = values[name]
    multinode = bool(values.get("multinode"))
    keywords: dict[str, Argument | Tree] = {}
    if role.get("replicas") not in (None, 1):
        keywords["replicas"] = Argument(role["replicas"], f"{name}.replicas")
    if (role.get("autoscaling") or {}).get("enabled"):
        keywords["autoscaling"] = Argument(value=True, path=f"{name}.autoscaling.enabled")
    keywords["parallelism"] = _parallelism(role.get("parallelism") or {}, f"{name}.parallelism", problems, multinode=multinode)
    keywords |= devices(values, name, chart, problems)
    if multinode:
        keywords["multinode"] = _multinode(role, name)
    containers = [container(item, child(f"{name}.containers", index), problems) for index, item in enumerate(_given(values, role, name, problems))]
    if not containers:
        problems.append(Problem(f"{name}.containers", "has no container", "write the model server under containers", rule="required"))
    keywords["containers"] = listed([item for item in containers if item is not None], f"{name}.containers")
    if role.get("initContainers"):
        keywords["init_containers"] = listed(
            [init_container(item, child(f"{name}.initContainers", index)) for index, item in enumerate(role["initContainers"])],
            f"{name}.initContainers",
        )
    if role.get("volumes"):
        keywords["volumes"] = volumes(role["volumes"], f"{name}.volumes")
    keywords |= _placement(values, role, name, multinode=multinode, problems=problems)
    keywords["monitoring"] = _monitoring((role.get("monitoring") or {}).get("podmonitor") or {}, f"{name}.monitoring.podmonitor")
    return call("Role", at=name, **keywords)


def _given(values: Mapping[str, Any], role: Mapping[str, Any], name: str, problems: list[Problem]) -> list[Mapping[str, Any]]:
    """The containers as the chart reads them: with claims of the old block, it writes nothing else under resources."""
    items: list[Mapping[str, Any]] = list(role.get("containers") or [])
    if (values.get("dra") or {}).get("enabled"):
        for index, item in enumerate(items):
            problems += [
                _unused(
                    f"{name}.containers[{index}].resources.{part}", "with dra.enabled the chart writes the claim and nothing else", "leave it out"
                )
                for part in ("limits", "requests")
                if (item.get("resources") or {}).get(part)
            ]
        return [{key: value for key, value in item.items() if key != "resources"} for item in items]
    return items


def _placement(
    values: Mapping[str, Any], role: Mapping[str, Any], name: str, *, multinode: bool, problems: list[Problem]
) -> dict[str, Argument | Tree]:
    """Where and how the pods run: the role's own keys and its `extraConfig`, in the chart's order of precedence."""
    names = _pod_fields()
    own = rename(role, name, {**{key: names[key] for key in _SAME}, **_OTHER})
    for key in ("hostIPC", "hostPID"):
        if role.get(key) is not None:
            if multinode:
                own[names[key]] = Argument(role[key], f"{name}.{key}")
            else:
                problems.append(_unused(f"{name}.{key}", "the chart reads it with multinode: true only", f"write it under extraConfig as {key}"))
    if "scheduler_name" not in own and values.get("schedulerName"):
        own["scheduler_name"] = Argument(values["schedulerName"], "schedulerName")
    if str(role.get("priorityClassName") or "none").lower() != "none":
        own["priority_class_name"] = Argument(role["priorityClassName"], f"{name}.priorityClassName")
    if role.get("strategy"):
        if multinode:
            problems.append(_unused(f"{name}.strategy", "the chart reads it with multinode: false only", "leave it out"))
        else:
            own["strategy"] = Argument(role["strategy"], f"{name}.strategy")
    if (role.get("autoscaling") or {}).get("enabled") and not multinode:
        problems.append(
            _unused(
                f"{name}.autoscaling.enabled",
                "the chart reads it with multinode: true only, so each upgrade sets replicas back",
                "leave it out; in Python: fixes=['replicas-left-to-autoscaler']",
            )
        )
    workers = (role.get("parallelism") or {}).get("workers")
    if isinstance(workers, int) and workers > 1 and not multinode:
        problems.append(
            _unused(f"{name}.parallelism.workers", "the chart reads it with multinode: true only", "write multinode: true, or leave it out")
        )
    types = role.get("acceleratorTypes") or {}
    if types.get("labelValues") and not types.get("labelKey"):
        problems.append(_unused(f"{name}.acceleratorTypes.labelValues", "there is no labelKey", "write the node label as labelKey"))
    if types.get("labelKey"):
        path = f"{name}.acceleratorTypes"
        own["accelerator_types"] = Argument(
            call("AcceleratorTypes", at=path, **rename(types, path, {"labelKey": "label_key", "labelValues": "label_values"})), path
        )
    if secrets := role.get("imagePullSecrets"):
        own["image_pull_secrets"] = Argument([item.get("name") for item in secrets], f"{name}.imagePullSecrets")
    return {**own, **_extra(role.get("extraConfig") or {}, own, name, problems)}


def _extra(extra: Mapping[str, Any], own: Mapping[str, Argument], name: str, problems: list[Problem]) -> dict[str, Argument | Tree]:
    found: dict[str, Argument | Tree] = {}
    rest: dict[str, Any] = {}
    for key, value in extra.items():
        place = child(f"{name}.extraConfig", key)
        field = _pod_fields().get(key)
        if value is None:
            continue
        if key in {"containers", "volumes", "serviceAccountName"} or (key == "affinity" and "accelerator_types" in own):
            other = "acceleratorTypes" if key == "affinity" else key
            problems.append(
                _unused(place, f"the chart writes {key} itself after it", f"use {other} of the role; in Python: affinity and accelerator_types")
            )
        elif key == "imagePullSecrets":
            if "image_pull_secrets" not in own:
                found["image_pull_secrets"] = Argument([item.get("name") for item in value], place)
        elif key in {"initContainers", "resourceClaims"}:
            problems.append(Problem(place, f"takes the place of {key} that the chart makes", f"write {key} of the role", rule="written-twice"))
        elif field is None:
            rest[key] = value
        elif field not in own or field in _BEFORE_EXTRA[name]:
            found[field] = Argument(value, place)
        else:
            problems.append(_unused(place, f"{own[field].path} says the same, and the chart takes that", "leave one of them out"))
    if rest:
        found["extra"] = Argument(rest, f"{name}.extraConfig")
    return found


def _unused(path: str, why: str, hint: str) -> Problem:
    return Problem(path, f"has no effect: {why}", hint, rule="ignored")


def _parallelism(values: Mapping[str, Any], path: str, problems: list[Problem], *, multinode: bool) -> Argument | None:
    """The sizes that differ from one device, each worked out from the others as the chart does, whose 0 means that it is not given."""
    tensor, data, local, workers = (values.get(name) or None for name in ("tensor", "data", "dataLocal", "workers"))
    sizes = {
        "tensor": (tensor or 1, "tensor"),
        "data": (data or (local or 1) * (workers if local and workers else 1), "data"),
        "data_local": (local or (data // workers if data and workers else data) or 1, "dataLocal"),
        "workers": ((workers or (data // local if data and local else 1)) if multinode else 1, "workers"),
    }
    for whole, part, name in ((data, workers, "workers"), (data, local, "dataLocal")):
        other = local if name == "workers" else workers if multinode else 1
        if whole and part and not other and whole % part:
            problems.append(Problem(child(path, "data"), f"is {whole}, which the {part} of {name} do not divide", f"write a multiple of {part}"))
    found = {name: Argument(size, child(path, key)) for name, (size, key) in sizes.items() if name == "tensor" and size != 1}
    if sizes["data"][0] != 1 or sizes["data_local"][0] != 1 or sizes["workers"][0] != 1:
        found |= {name: Argument(size, child(path, key)) for name, (size, key) in sizes.items() if name != "tensor"}
    return Argument(call("Parallelism", at=path, **found), path) if found else None


def _multinode(role: Mapping[str, Any], name: str) -> Argument:
    policy = role.get("subGroupPolicy") or {}
    path = f"{name}.subGroupPolicy"
    return Argument(
        call(
            "LeaderWorkerSet",
            sub_group_size=Argument(policy.get("subGroupSize"), f"{path}.subGroupSize"),
            sub_group_policy_type=Argument(policy.get("subGroupPolicyType"), f"{path}.subGroupPolicyType"),
            sub_group_exclusive_topology=Argument(
                "kubernetes.io/hostname" if role.get("subGroupExclusiveTopology") else None, f"{name}.subGroupExclusiveTopology"
            ),
        ),
        "multinode",
    )


_PODMONITOR = {
    "portName": "port",
    "path": "path",
    "interval": "interval",
    "scrapeTimeout": "scrape_timeout",
    "labels": "labels",
    "annotations": "annotations",
    "relabelings": "relabelings",
    "metricRelabelings": "metric_relabelings",
    "namespaceSelector": "namespace_selector",
}


def _monitoring(values: Mapping[str, Any], path: str) -> Argument | None:
    if not values.get("enabled"):
        return None
    found = rename(values, path, _PODMONITOR)
    for name, usual in (("port", "metrics"), ("path", "/metrics"), ("interval", "30s")):
        if name in found and found[name].value == usual:
            del found[name]
    return Argument(call("PodMonitor", at=path, **found), path)
