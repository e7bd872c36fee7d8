"""Values of chart llm-d-modelservice as a call of `ModelService`: what the chart makes of them, said in this library's words."""

from collections.abc import Mapping
from typing import Any

from constructs_dra.errors import Problem
from constructs_dra.helm.calls import Argument, Call, Tree, call, listed
from constructs_dra.helm.charts import ChartVersion
from constructs_dra.helm.containers import container, init_container, rename, volumes
from constructs_dra.helm.devices import devices, unused_types, warned_resource
from constructs_dra.helm.naming import fullname
from constructs_dra.paths import child

__all__ = ["ROLES", "service_call"]

ROLES = ("decode", "prefill")
"""The roles both lines of the chart have."""


def service_call(
    values: Mapping[str, Any], chart: ChartVersion, *, release: str, namespace: str | None, accept: Mapping[str, str] | None = None
) -> tuple[Call, list[Problem]]:
    """The service that values describe, and what stands against it.

    Args:
        values: The values over the chart's defaults, templates evaluated.
        chart: The chart's line.
        release: Name of the release.
        namespace: Namespace of the objects; none is written where it is None.
        accept: Cross-checks to overrule, each with the reason.
    """
    problems: list[Problem] = []
    roles: dict[str, Argument | Tree] = {name: _role(values, name, chart, problems) for name in ROLES if (values.get(name) or {}).get("create")}
    routing = values.get("routing") or {}
    override = values.get("fullnameOverride") or values.get("nameOverride")
    requester = _requester(values, problems)
    quoted = requester is not None and str((values.get("modelArtifacts") or {}).get("uri")).endswith(('"', "'"))
    named_release = call(
        "HelmRelease",
        # quotes inside a URI vanish when the chart's YAML is read, but not from the text of a requester's patch
        quoted_model=True if quoted else None,
        chart=chart if chart != "0.4" else None,
        warned_resource=warned_resource(values, [name for name in ROLES if name in roles]) if chart == "0.4" else None,
        fullname=Argument(fullname(values, release), "fullnameOverride" if values.get("fullnameOverride") else "nameOverride") if override else None,
    )
    account = values.get("serviceAccountOverride")
    problems += unused_types(values, chart, [name for name in ROLES if name in roles])
    if not roles:
        problems.append(
            Problem("decode.create", "neither decode nor prefill is made, so the release has no pods", "write create: true", rule="no-role")
        )
    service = call(
        "ModelService",
        release,
        namespace=namespace,
        release=named_release,
        model=_model(values, chart, problems),
        service_port=Argument(port, "routing.servicePort") if (port := routing.get("servicePort")) not in (None, 8000) else None,
        proxy=_proxy(values) if "decode" in roles else None,
        tracing=_tracing(values.get("tracing") or {}, problems),
        service_account=call("ServiceAccount", name=account, create=False, at="serviceAccountOverride") if account else None,
        requester=requester,
        decode=roles.get("decode"),
        prefill=roles.get("prefill"),
        extra_objects=Argument(list(objects), "extraObjects") if (objects := values.get("extraObjects")) else None,
        accept=dict(accept) if accept else None,
    )
    return service, problems


def _model(everything: Mapping[str, Any], chart: ChartVersion, problems: list[Problem]) -> Argument:
    values = everything.get("modelArtifacts") or {}
    uri = str(values.get("uri") or f"hf://{values.get('name')}")
    scheme, _, location = uri.partition("://")
    location = location.strip("\"'")
    keywords: dict[str, Argument | Tree] = {}
    name = values.get("name")
    labels = Argument(values["labels"], "modelArtifacts.labels") if values.get("labels") else Argument({}, "modelArtifacts.labels")
    place = "modelArtifacts.uri"
    token = values.get("authSecretName") or None
    keywords["token_secret"] = Argument(token, "modelArtifacts.authSecretName")
    if values.get("mountPath") != "/model-cache":
        keywords["mount_path"] = Argument(values.get("mountPath"), "modelArtifacts.mountPath")
    if scheme.startswith("pvc"):
        # chart 0.3 makes the mount of a Hugging Face cache writable although its volume is not
        read_only = values.get("readOnly", True) if chart == "0.4" else None
        keywords["read_only"] = Argument(None if read_only is True else read_only, "modelArtifacts.readOnly")
    parts = location.split("/")
    if not name:
        problems.append(Problem("modelArtifacts.name", "is empty", "write the name clients ask for", rule="required"))
    if scheme == "hf":
        function, positional, served = "ModelArtifacts.hf", [location], location
        keywords["size"] = Argument(str(values.get("size") or "0"), "modelArtifacts.size")
    elif scheme == "pvc" and len(parts) > 1 and token is None:
        function, positional, served = "ModelArtifacts.pvc", [parts[0], "/".join(parts[1:])], "/".join(parts[1:])
    elif scheme == "pvc+hf" and len(parts) > 2:
        function, positional, served = "ModelArtifacts.pvc_hf", [parts[0], "/".join(parts[-2:])], "/".join(parts[-2:])
        keywords["cache"] = Argument("/".join(parts[1:-2]) or None, place)
    else:
        function, positional, served = "ModelArtifacts", [], ""
        keywords["uri"] = Argument(uri, place)
        if scheme == "oci":
            keywords["image_pull_policy"] = Argument(values.get("imagePullPolicy") or "Always", "modelArtifacts.imagePullPolicy")
            if any((item.get("modelCommand") or "custom") != "custom" for name in ROLES for item in _containers(everything, name)):
                problems.append(
                    Problem(
                        place, "the chart stops at oci://: it makes the volume, but no arguments for it", "use hf://, pvc:// or pvc+hf://", rule="oci"
                    )
                )
    ordered = ("uri", "name", "cache", "size", "token_secret", "mount_path", "read_only", "image_pull_policy")
    keywords["name"] = Argument(name if name != served else None, "modelArtifacts.name")
    arguments = {key: keywords[key] for key in ordered if key in keywords}
    return Argument(
        call(function, *(Argument(part, place) for part in positional), **arguments, labels=labels, at="modelArtifacts"), "modelArtifacts"
    )


def _containers(values: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    role = values.get(name) or {}
    return (role.get("containers") or []) if role.get("create") else []


_PROXY = {
    "image": "image",
    "targetPort": "target_port",
    "connector": "kv_connector",
    "secure": "secure_proxy",
    "certPath": "cert_path",
    "zapDevel": "zap_devel",
    "zapEncoder": "zap_encoder",
    "zapLogLevel": "zap_log_level",
    "zapStacktraceLevel": "zap_stacktrace_level",
    "zapTimeEncoding": "zap_time_encoding",
    "imagePullPolicy": "image_pull_policy",
}


def _proxy(values: Mapping[str, Any]) -> Argument | None:
    proxy = (values.get("routing") or {}).get("proxy") or {}
    path = "routing.proxy"
    if not proxy.get("enabled"):
        # said only where this library would add one by itself
        needed = (values.get("prefill") or {}).get("create")
        return Argument(call("RoutingProxy", enabled=False, at=path), f"{path}.enabled") if needed else None
    arguments = rename(proxy, path, _PROXY)
    for name, usual in (("target_port", 8200), ("kv_connector", "nixlv2"), ("secure_proxy", False)):
        if name in arguments and arguments[name].value == usual and type(arguments[name].value) is type(usual):
            del arguments[name]
    if "image_pull_policy" not in arguments:
        arguments["image_pull_policy"] = Argument("Always", path)
    if "prefillerUseTLS" in proxy:
        arguments["enable_tls"] = Argument(["prefiller"] if proxy["prefillerUseTLS"] else [], f"{path}.prefillerUseTLS")
    if proxy.get("secure") is None:
        arguments["secure_proxy"] = Argument(None, path)  # a null takes the flag away
    return Argument(Call("RoutingProxy", (), arguments, path), path)


def _tracing(values: Mapping[str, Any], problems: list[Problem]) -> Argument | None:
    if not values.get("enabled"):
        return None
    sampling, names = values.get("sampling") or {}, values.get("serviceNames") or {}
    found = {
        **rename(values, "tracing", {"otlpEndpoint": "otlp_endpoint"}),
        **rename(names, "tracing.serviceNames", {"vllmDecode": "vllm_decode", "vllmPrefill": "vllm_prefill", "routingProxy": "routing_proxy"}),
        **rename(sampling, "tracing.sampling", {"sampler": "sampler"}),
    }
    for name, usual in (("vllm_decode", "vllm-decode"), ("vllm_prefill", "vllm-prefill"), ("routing_proxy", "routing-proxy")):
        if name in found and found[name].value == usual:
            del found[name]
    if "sampler" in found and found["sampler"].value == "parentbased_traceidratio":
        del found["sampler"]
    if sampling.get("samplerArg") is not None:
        found["sampler_arg"] = Argument(str(sampling["samplerArg"]), "tracing.sampling.samplerArg")
    detail = (values.get("vllm") or {}).get("collectDetailedTraces")
    if "otlp_endpoint" not in found:
        problems.append(
            Problem("tracing.otlpEndpoint", "is empty", "write the collector's address, e.g. http://otel-collector:4317", rule="required")
        )
        return None
    if detail not in (None, "all"):
        found["collect_detailed_traces"] = Argument(detail, "tracing.vllm.collectDetailedTraces")
    return Argument(call("Tracing", at="tracing", **found), "tracing")


def _requester(values: Mapping[str, Any], problems: list[Problem]) -> Argument | None:
    requester = values.get("requester") or {}
    if not requester.get("enable") or values.get("multinode"):
        return None
    port, probe = requester.get("port") or {}, requester.get("readinessProbe") or {}
    limits = (requester.get("resources") or {}).get("limits") or {}
    found = {
        **rename(requester, "requester", {"image": "image", "adminPort": "admin_port"}),
        **rename(port, "requester.port", {"probes": "probes_port", "spi": "spi_port"}),
        **rename(probe, "requester.readinessProbe", {"initialDelaySeconds": "initial_delay_seconds", "periodSeconds": "period_seconds"}),
    }
    for name, usual in (("admin_port", 8081), ("probes_port", 8080), ("spi_port", 8081), ("initial_delay_seconds", 2), ("period_seconds", 5)):
        if name in found and found[name].value == usual:
            del found[name]
    if "image" not in found:
        problems.append(Problem("requester.image", "is empty", "write the requester's image", rule="required"))
        return None
    # the chart has its own names for two of them
    names = {"gpus": "nvidia.com/gpu", "cpus": "cpu", "memory": "memory"}
    amounts = {names[key]: amount for key, amount in limits.items() if key in names and amount is not None}
    return Argument(
        call("Requester", at="requester", **found, resources=Argument({"limits": amounts}, "requester.resources.limits") if amounts else None),
        "requester",
    )


_ROLE = {
    "nodeSelector": "node_selector",
    "schedulerName": "scheduler_name",
    "terminationGracePeriodSeconds": "termination_grace_period_seconds",
    "enableServiceLinks": "enable_service_links",
    "tolerations": "tolerations",
    "podSecurityContext": "security_context",
    "annotations": "annotations",
    "podAnnotations": "pod_annotations",
}

_EXTRA = {
    "nodeSelector": "node_selector",
    "affinity": "affinity",
    "tolerations": "tolerations",
    "topologySpreadConstraints": "topology_spread_constraints",
    "schedulerName": "scheduler_name",
    "priorityClassName": "priority_class_name",
    "runtimeClassName": "runtime_class_name",
    "terminationGracePeriodSeconds": "termination_grace_period_seconds",
    "enableServiceLinks": "enable_service_links",
    "hostIPC": "host_ipc",
    "hostPID": "host_pid",
    "hostNetwork": "host_network",
    "securityContext": "security_context",
}
"""Fields of a PodSpec that a role has under a name of its own."""

_BEFORE_EXTRA = {"decode": {"enable_service_links", "termination_grace_period_seconds", "node_selector", "host_ipc", "host_pid"}}
_BEFORE_EXTRA["prefill"] = _BEFORE_EXTRA["decode"] - {"node_selector"}
"""What the chart writes before `extraConfig`, which therefore wins; everything else wins over it."""


def _role(values: Mapping[str, Any], name: str, chart: ChartVersion, problems: list[Problem]) -> Call:
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
    own = rename(role, name, _ROLE)
    for key in ("hostIPC", "hostPID"):
        if role.get(key) is not None:
            if multinode:
                own[_EXTRA[key]] = Argument(role[key], f"{name}.{key}")
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
        field = _EXTRA.get(key)
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


def _unused(path: str, why: str, cure: str) -> Problem:
    return Problem(path, f"has no effect: {why}", cure, rule="ignored")


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
