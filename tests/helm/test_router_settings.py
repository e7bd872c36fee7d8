"""Every setting of the router's charts that no guide uses, by what the charts make of it (`facts/router/charts.md`)."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_dra.checks import check_manifests
from constructs_dra.helm.router.any_chart import render_any
from constructs_dra.helm.router.rendering import RouterImport

ENVOY = ["router.modelServers.matchLabels.app=llama"]
HTTP = ["router.extraServicePorts[0].name=http", "router.extraServicePorts[0].port=8081"]
AGENTGATEWAY = [*ENVOY, "router.proxy.proxyType=agentgateway", "router.inferencePool.create=false"]
GATEWAY = ["router.modelServers.matchLabels.app=llama"]


def read(tmp_path: Path, text: str, *sets: str, chart: str = "router-standalone", release: str = "llama") -> RouterImport:
    (tmp_path / "values.yaml").write_text(text or "{}")
    found = render_any([tmp_path / "values.yaml"], release=release, namespace="serving", chart=chart, sets=sets, lenient=True)
    assert isinstance(found, RouterImport)
    return found


def objects(tmp_path: Path, text: str, *sets: str, chart: str = "router-standalone") -> dict[str, Any]:
    found = read(tmp_path, text, *sets, chart=chart)
    assert not found.refused, [str(each) for each in found.problems]
    return {f"{one['kind']}/{one['metadata']['name']}": one for one in found.manifests}


def pod(made: dict[str, Any], name: str = "Deployment/llama-epp") -> dict[str, Any]:
    spec: dict[str, Any] = made[name]["spec"]["template"]["spec"]
    return spec


def container(made: dict[str, Any], name: str, workload: str = "Deployment/llama-epp") -> dict[str, Any]:
    return next(each for each in pod(made, workload)["containers"] if each["name"] == name)


def config(made: dict[str, Any], name: str, key: str) -> Any:
    return yaml.safe_load(made[f"ConfigMap/{name}"]["data"][key])


def test_parsers_stand_in_the_default_configuration_alone(tmp_path: Path) -> None:
    made = objects(tmp_path, "router: {epp: {parsers: [openai-parser, anthropic-parser]}}", *ENVOY)
    parsed = config(made, "llama-epp", "default-plugins.yaml")
    assert [each for each in parsed["plugins"] if each["type"].endswith("-parser")] == [{"type": "openai-parser"}, {"type": "anthropic-parser"}]
    assert parsed["requestHandler"] == {"parsers": [{"pluginRef": "openai-parser"}, {"pluginRef": "anthropic-parser"}]}
    assert made.keys() == objects(tmp_path, "", *ENVOY).keys()
    grpc = objects(tmp_path, "router: {epp: {parsers: [openai-parser]}, modelServers: {protocol: grpc}}", *ENVOY)
    assert config(grpc, "llama-epp", "default-plugins.yaml")["requestHandler"] == {"parsers": [{"pluginRef": "vllmgrpc-parser"}]}


def test_fields_of_the_proxy_go_over_the_chart_s_preset(tmp_path: Path) -> None:
    text = """
router:
  proxy:
    image: example.com/envoy:1
    env: [{name: A, value: b}]
    readinessProbe: {periodSeconds: 9}
    livenessProbe: {tcpSocket: {port: 8081}}
    securityContext: {runAsNonRoot: true}
    volumes: [{name: other, emptyDir: {}}]
    volumeMounts: [{name: other, mountPath: /other}]
    configMap: {data: {more.yaml: "a: 1"}}
"""
    made = objects(tmp_path, text, *ENVOY)
    proxy = container(made, "envoy-proxy")
    # lists are replaced, mappings merge
    assert (proxy["image"], proxy["env"], proxy["volumeMounts"]) == (
        "example.com/envoy:1",
        [{"name": "A", "value": "b"}],
        [{"name": "other", "mountPath": "/other"}],
    )
    assert proxy["readinessProbe"]["periodSeconds"] == 9
    assert proxy["readinessProbe"]["httpGet"]["path"] == "/ready"
    assert proxy["livenessProbe"] == {"tcpSocket": {"port": 8081}}
    assert proxy["securityContext"] == {"runAsNonRoot": True}
    assert [each["name"] for each in pod(made)["volumes"]] == ["other", "plugins-config-volume"]
    assert set(made["ConfigMap/envoy"]["data"]) == {"envoy.yaml", "more.yaml"}
    assert proxy["args"][-1] == "/etc/envoy/envoy.yaml"


def test_a_proxy_as_a_service_has_a_deployment_and_finds_the_picker_by_name(tmp_path: Path) -> None:
    sets = [*ENVOY, "router.proxy.mode=service", "router.clusterDomain=example.org"]
    made = objects(tmp_path, "", *sets)
    proxy = made["Deployment/llama-proxy"]
    assert proxy["spec"]["replicas"] == 2
    assert proxy["spec"]["selector"]["matchLabels"] == {"llm-d-router-proxy": "llama-proxy"}
    assert "serviceAccountName" not in pod(made, "Deployment/llama-proxy")
    assert "strategy" not in proxy["spec"]
    assert [each["name"] for each in pod(made)["containers"]] == ["epp"]
    assert container(made, "envoy-proxy", "Deployment/llama-proxy")["command"] == ["envoy"]
    clusters = {each["name"]: each for each in config(made, "envoy", "envoy.yaml")["static_resources"]["clusters"]}
    address = clusters["ext_proc"]["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"]["address"]["socket_address"]
    assert clusters["ext_proc"]["type"] == "STRICT_DNS"
    assert address == {"address": "llama-epp.serving.svc.example.org", "port_value": 9002}
    # the picker's Service keeps the port, although nothing listens there
    ports = [{"name": "http", "port": 8081, "protocol": "TCP", "targetPort": 8081}]
    assert made["Service/llama-proxy"]["spec"]["ports"] == ports
    assert made["Service/llama-epp"]["spec"]["ports"][-1:] == ports
    assert check_manifests([made["Deployment/llama-proxy"], made["Service/llama-proxy"], made["ConfigMap/envoy"]]) == []


def test_agentgateway_stands_in_envoy_s_place(tmp_path: Path) -> None:
    made = objects(
        tmp_path, "router: {proxy: {args: [-f, /config/config.yaml]}, modelServers: {targetPorts: [{number: 8000}, {number: 8001}]}}", *AGENTGATEWAY
    )
    proxy = container(made, "agentgateway-proxy")
    assert proxy["ports"] == [
        {"containerPort": 8081, "name": "http"},
        {"containerPort": 15020, "name": "metrics-15020"},
        {"containerPort": 15021, "name": "readiness-15021"},
    ]
    assert proxy["volumeMounts"] == [{"name": "agentgateway-config-template", "mountPath": "/config", "readOnly": True}]
    assert proxy["startupProbe"]["failureThreshold"] == 60
    assert "--secure-serving=false" in container(made, "epp")["args"]
    read_back = config(made, "agentgateway", "config.yaml")
    (route,) = read_back["binds"][0]["listeners"][0]["routes"]
    assert read_back["binds"][0]["port"] == 8081
    assert route["backends"][0]["service"] == {"name": "serving/llama", "port": 8000}
    assert route["backends"][0]["policies"]["inferenceRouting"]["endpointPicker"]["host"] == "127.0.0.1:9002"
    assert read_back["services"][0]["ports"] == {8000: 8000, 8001: 8001}


@pytest.mark.parametrize(
    ("sets", "says"),
    [
        (["router.proxy.proxyType=agentgateway"], "router.inferencePool.create: must be false with agentgateway"),
        ([*AGENTGATEWAY[1:], "router.epp.flags.secure-serving=true"], "router.epp.flags.secure-serving: must be false with agentgateway"),
        ([*AGENTGATEWAY[1:], *HTTP, "router.extraServicePorts[0].targetPort=9"], "router.extraServicePorts[0].targetPort: must be the port itself"),
        (["router.proxy.proxyType=nginx"], "router.proxy.proxyType: must be one of envoy, agentgateway, not 'nginx'"),
        (["router.proxy.mode=daemonset"], "router.proxy.mode: must be one of sidecar, service, not 'daemonset'"),
        (["router.proxy.mode=service", "router.proxy.enabled=false"], "router.proxy.mode: needs router.proxy.enabled"),
        (["router.proxy.mode=service", "router.extraServicePorts[0].name=web"], "router.extraServicePorts: needs a port named http"),
        (["router.tokenizer.enabled=true"], "router.tokenizer.modelName: is empty"),
    ],
)
def test_what_helm_refuses_is_refused_with_its_place(tmp_path: Path, sets: list[str], says: str) -> None:
    found = read(tmp_path, "", *ENVOY, *sets)
    assert found.refused
    assert says in "\n".join(f"{each.path}: {each.message}" for each in found.problems)


def test_a_template_of_the_chart_is_not_taken_for_a_value(tmp_path: Path) -> None:
    found = read(tmp_path, "router: {proxy: {volumes: [{name: a, configMap: {name: '{{ .Release.Name }}'}}]}}", *ENVOY)
    assert found.refused
    assert "is a template of the chart, which this importer does not run" in "\n".join(each.message for each in found.problems)


def test_the_tokenizer_stands_beside_the_picker(tmp_path: Path) -> None:
    text = """
router:
  tokenizer:
    enabled: true
    modelName: a/b
    extraArgs: [--trust-remote-code]
    volumes: [{name: more, emptyDir: {}}]
    volumeMounts: [{name: more, mountPath: /more}]
    initContainers: [{name: first, image: "busybox:1"}]
"""
    made = objects(tmp_path, text, *ENVOY)
    render = container(made, "vllm-render")
    assert render["command"] == ["vllm", "launch", "render"]
    assert render["args"] == ["a/b", "--port=8000", "--trust-remote-code"]
    assert render["env"][0]["valueFrom"]["secretKeyRef"] == {"name": "llm-d-hf-token", "key": "HF_TOKEN"}
    assert [each["mountPath"] for each in render["volumeMounts"]] == ["/root/.cache/huggingface", "/more"]
    assert pod(made)["initContainers"] == [{"name": "first", "image": "busybox:1"}]
    assert [each["name"] for each in pod(made)["volumes"]][:2] == ["model-cache", "more"]
    assert [each["name"] for each in pod(made)["containers"]] == ["envoy-proxy", "epp", "vllm-render"]


def test_settings_of_the_servers_that_predict(tmp_path: Path) -> None:
    text = """
router:
  latencyPredictor:
    enabled: true
    trainingServer: {port: 9000, volumeSize: 1Gi, config: {LATENCY_MODEL_TYPE: lightgbm, MORE: 5}, livenessProbe: {periodSeconds: 7}}
    predictionServers: {count: 2, startPort: 9100, image: {tag: v1}, readinessProbe: {failureThreshold: 3, timeoutSeconds: 9}}
    eppEnv: {LATENCY_MAX_SAMPLE_SIZE: 7}
"""
    made = objects(tmp_path, text, *ENVOY)
    training, second = container(made, "training-server"), container(made, "prediction-server-2")
    assert training["ports"] == [{"containerPort": 9000, "name": "training-port"}]
    # the chart's probe keeps its own port, whatever the server's is
    assert training["livenessProbe"] == {"httpGet": {"path": "/healthz", "port": 8000}, "initialDelaySeconds": 30, "periodSeconds": 7}
    assert second["image"].endswith("prediction-server-dev:v1")
    assert second["ports"] == [{"containerPort": 9101, "name": "predict-port-2"}]
    # time-outs of these servers are dropped
    assert second["readinessProbe"] == {
        "httpGet": {"path": "/readyz", "port": 9101}, "initialDelaySeconds": 10, "periodSeconds": 10, "failureThreshold": 3,
    }  # fmt: skip
    env = {each["name"]: each.get("value") for each in container(made, "epp")["env"]}
    assert env["PREDICTION_SERVER_URL"] == "http://localhost:9100,http://localhost:9101"
    assert (env["TRAINING_SERVER_URL"], env["LATENCY_MAX_SAMPLE_SIZE"]) == ("http://localhost:9000", "7")
    data = made["ConfigMap/llama-epp-latency-predictor-training"]["data"]
    assert (data["LATENCY_MODEL_TYPE"], data["MORE"], list(data)) == ("lightgbm", "5", sorted(data))
    sizes = {each["name"]: each["emptyDir"]["sizeLimit"] for each in pod(made)["volumes"] if "emptyDir" in each}
    assert sizes == {"training-server-storage": "1Gi", "prediction-server-1-storage": "10Gi", "prediction-server-2-storage": "10Gi"}


def test_google_s_gateway_and_prometheus(tmp_path: Path) -> None:
    text = """
provider: {name: gke}
httpRoute: {create: true}
router:
  monitoring: {interval: 20s, provider: {name: gmp, gmp: {autopilot: true}}, prometheus: {enabled: true}}
"""
    made = objects(tmp_path, text, *GATEWAY, chart="router-gateway")
    health = made["HealthCheckPolicy/llama"]["spec"]
    assert health["targetRef"] == {"group": "inference.networking.k8s.io", "kind": "InferencePool", "name": "llama"}
    assert health["default"]["config"]["httpHealthCheck"] == {"requestPath": "/health", "port": 8000}
    assert made["GCPBackendPolicy/llama"]["spec"]["default"] == {"timeoutSec": 300, "logging": {"enabled": True}}
    assert "timeouts" not in made["HTTPRoute/llama"]["spec"]["rules"][0]
    assert made["PodMonitoring/llama"]["spec"]["endpoints"][0]["interval"] == "20s"
    assert made["PodMonitoring/llama"]["spec"]["selector"]["matchLabels"] == {"llm-d-router-gateway": "llama-epp"}
    assert made["RoleBinding/gke-gmp-system:collector:serving-llama-metrics-reader-secret-read"]["subjects"][0]["namespace"] == "gke-gmp-system"
    assert {"ServiceAccount/llama-metrics-reader-sa", "ClusterRole/serving-llama-metrics-reader", "ClusterRole/llama-serving-epp"} <= made.keys()
    assert "ServiceMonitor/llama-epp-monitor" not in made


def test_google_s_prometheus_without_its_gateway_leaves_the_right_to_ask_and_nothing_else(tmp_path: Path) -> None:
    text = "router: {monitoring: {provider: {name: gmp}, prometheus: {enabled: true}}}"
    made = objects(tmp_path, text, *GATEWAY, chart="router-gateway")
    assert "ClusterRole/llama-serving-epp" in made
    assert not {each.partition("/")[0] for each in made} & {"PodMonitoring", "ServiceMonitor"}
    assert "PodMonitoring/llama" in objects(tmp_path, text, *ENVOY)


def test_a_proxy_beside_the_gateway_s_picker_is_what_the_values_say(tmp_path: Path) -> None:
    text = "router: {proxy: {enabled: true, name: mine, image: 'example.com/p:1', ports: [{containerPort: 8081}]}}"
    made = objects(tmp_path, text, *GATEWAY, chart="router-gateway")
    assert container(made, "mine") == {
        "name": "mine", "image": "example.com/p:1", "imagePullPolicy": "IfNotPresent", "ports": [{"containerPort": 8081}],
    }  # fmt: skip
    assert "ConfigMap/envoy" not in made
    assert read(tmp_path, "router: {proxy: {enabled: true}}", *GATEWAY, chart="router-gateway").refused
