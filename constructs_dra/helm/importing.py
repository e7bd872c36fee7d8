"""Values of chart llm-d-modelservice as a call of `ModelService`: what the chart makes of them, said in this library's words."""

from collections.abc import Mapping
from typing import Any

from constructs_dra.errors import Problem
from constructs_dra.helm.calls import Argument, Call, Tree, call, named
from constructs_dra.helm.charts import ChartVersion
from constructs_dra.helm.containers import rename
from constructs_dra.helm.devices import unused_types, warned_resource
from constructs_dra.helm.naming import fullname
from constructs_dra.helm.roles import role_call
from constructs_dra.paths import child
from constructs_dra.serving.proxy import RoutingProxy

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
        accept: Cross-checks to suppress, each with the reason.
    """
    problems: list[Problem] = []
    roles: dict[str, Argument | Tree] = {name: role_call(values, name, chart, problems) for name in ROLES if (values.get(name) or {}).get("create")}
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

_OF_CHART = frozenset(("image", "zap_encoder", "zap_log_level", "image_pull_policy"))
"""What `RoutingProxy.of_chart` says by itself and a plain `RoutingProxy` does not."""


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
    if _OF_CHART <= arguments.keys() <= _OF_CHART | {"target_port", "kv_connector", "secure_proxy"}:
        usual_proxy = RoutingProxy.of_chart()
        said = {name: argument for name, argument in arguments.items() if argument.value != getattr(usual_proxy, name)}
        return Argument(Call("RoutingProxy.of_chart", (), said, path), path)
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
    path = "requester.resources.limits"
    amounts = {names[key]: Argument(amount, child(path, key)) for key, amount in limits.items() if key in names and amount is not None}
    return Argument(
        call("Requester", at="requester", **found, resources=named({"limits": named(amounts, path)}, path) if amounts else None),
        "requester",
    )
