"""Routing from the service: names, labels and ports derived, pods admitted at Pod Security level `restricted`, mistakes refused."""

from typing import Any

import pytest
import yaml

from constructs_dra import (
    AgentgatewayProxy,
    Container,
    EndpointPicker,
    EnvoyProxy,
    Gateway,
    GoogleGateway,
    GoogleMonitor,
    HttpProbe,
    HttpRoute,
    InferenceModelRewrite,
    InferenceObjective,
    Istio,
    LatencyPredictor,
    ModelArtifacts,
    ModelService,
    PickerMonitor,
    PickerNetworkPolicy,
    PlainService,
    PrefillDecode,
    Resources,
    Role,
    Router,
    Routing,
    SpecError,
    Tokenizer,
)
from constructs_dra.checks import check_manifests
from constructs_dra.picker.judging import judge_config, judge_text
from constructs_dra.routing.endpoint_picker import DEFAULT_CONFIG, config_for


def service(*parts: Any, **fields: Any) -> ModelService:
    model = ModelArtifacts.hf("Qwen/Qwen3-0.6B")
    decode = Role(containers=[Container.vllm("docker.io/vllm/vllm-openai:v0.11.0")])
    return ModelService("qwen", model=model, decode=decode, namespace="serving", parts=list(parts), **fields)


def made(*parts: Any) -> dict[str, Any]:
    return {f"{one['kind']}/{one['metadata']['name']}": one for one in service(*parts).manifests()}


EVERYTHING = Routing(
    route=HttpRoute(gateway="front", headers={"x-tier": "gold"}),
    gateway=Gateway(gateway_class="istio"),
    istio=Istio(),
    monitor=PickerMonitor(labels={"release": "prometheus"}),
    objectives=[InferenceObjective(name="batch", priority=-1)],
    rewrites=[InferenceModelRewrite(name="latest", model="qwen-latest")],
)


def test_labels_names_and_ports_follow_from_the_service() -> None:
    objects = made(EVERYTHING)
    pool = objects["InferencePool/qwen"]["spec"]
    pods = objects["Deployment/qwen-decode"]["spec"]["template"]
    assert pool["selector"]["matchLabels"].items() <= pods["metadata"]["labels"].items()
    assert pool["targetPorts"] == [{"number": 8000}]
    assert pool["endpointPickerRef"] == {"name": "qwen-epp", "port": {"number": 9002}, "failureMode": "FailOpen"}
    assert objects["HTTPRoute/qwen"]["spec"]["rules"][0]["backendRefs"][0]["name"] == "qwen"
    assert objects["HTTPRoute/qwen"]["spec"]["parentRefs"][0]["name"] == "front"
    assert objects["Gateway/front"]["spec"]["gatewayClassName"] == "istio"
    assert objects["DestinationRule/qwen-epp"]["spec"]["host"] == "qwen-epp.serving.svc.cluster.local"
    assert objects["InferenceModelRewrite/latest"]["spec"]["rules"][0]["targets"] == [{"modelRewrite": "Qwen/Qwen3-0.6B", "weight": 1}]
    picker = objects["Deployment/qwen-epp"]["spec"]
    assert objects["Service/qwen-epp"]["spec"]["selector"].items() <= picker["template"]["metadata"]["labels"].items()
    assert not pool["selector"]["matchLabels"].items() <= picker["template"]["metadata"]["labels"].items()
    # the service's NetworkPolicy knows pickers by this label
    assert "llm-d.ai/igw-mode" in picker["template"]["metadata"]["labels"]
    assert objects["ServiceMonitor/qwen-epp"]["metadata"]["labels"]["release"] == "prometheus"


PLAIN = EndpointPicker(flags={"secure-serving": False})
SERVICE = Routing(proxy=EnvoyProxy(mode="service"))
AGENTGATEWAY = Routing(proxy=AgentgatewayProxy(), pool=None, picker=PLAIN)
TOKENIZED = Routing(picker=EndpointPicker(tokenizer=Tokenizer("Qwen/Qwen3-0.6B")))
GOOGLE = Routing(route=HttpRoute(), google=GoogleGateway(), google_monitor=GoogleMonitor())


@pytest.mark.parametrize(
    "routing",
    [
        Routing(),
        EVERYTHING,
        Routing(proxy=EnvoyProxy()),
        Routing(pool=None),
        Routing(picker=EndpointPicker(replicas=2)),
        SERVICE,
        AGENTGATEWAY,
        TOKENIZED,
        GOOGLE,
    ],
)
def test_everything_that_is_made_passes_every_check(routing: Routing) -> None:
    problems = [each for each in check_manifests(service(routing).manifests()) if each.severity == "error"]
    assert problems == []


def test_who_may_connect_to_the_picker() -> None:
    policy = made(EVERYTHING)["NetworkPolicy/qwen-epp"]["spec"]
    pods = made(EVERYTHING)["Deployment/qwen-epp"]["spec"]["template"]["metadata"]["labels"]
    assert policy["podSelector"]["matchLabels"].items() <= pods.items()
    asked, read, inside = policy["ingress"]
    assert (asked["ports"][0]["port"], read["ports"][0]["port"], "ports" in inside) == (9002, 9090, False)
    assert asked["from"][0]["podSelector"]["matchExpressions"][0]["key"] == "gateway.networking.k8s.io/gateway-name"
    assert read["from"][0]["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": "prometheus"}
    assert inside["from"][1]["podSelector"]["matchLabels"] == {"app.kubernetes.io/instance": "qwen"}
    managed = {"ipBlock": {"cidr": "10.0.0.0/8"}}
    own = Routing(network=PickerNetworkPolicy(callers=[managed], scrapers=[]), picker=EndpointPicker(port=9005, metrics_port=9095))
    asked, inside = made(own)["NetworkPolicy/qwen-epp"]["spec"]["ingress"]  # a rule with an empty list would admit everybody
    assert (asked["from"][1], asked["ports"][0]["port"], len(inside["from"])) == (managed, 9005, 2)
    assert "NetworkPolicy/qwen-epp" not in made(Routing(network=None))
    standalone = made(Routing(proxy=EnvoyProxy()))
    requests = standalone["NetworkPolicy/qwen-epp"]["spec"]["ingress"][0]
    envoy = standalone["Deployment/qwen-epp"]["spec"]["template"]["spec"]["containers"][0]
    named = {each["name"]: each["containerPort"] for each in envoy["ports"]}
    assert ("from" in requests, requests["ports"][0]["port"]) == (False, named["http"])


def test_load_balancers_of_google_reach_servers_and_picker() -> None:
    subnet = Routing(route=HttpRoute(), google=GoogleGateway(proxy_subnets=["10.129.0.0/23"]))
    objects = made(subnet)
    blocks = [{"ipBlock": {"cidr": cidr}} for cidr in ("35.191.0.0/16", "130.211.0.0/22", "10.129.0.0/23")]
    for name, port in (("NetworkPolicy/qwen", 8000), ("NetworkPolicy/qwen-epp", 9002)):
        rule = objects[name]["spec"]["ingress"][0]
        assert all(block in rule["from"] for block in blocks)
        assert {"port": port, "protocol": "TCP"} in rule["ports"]
    assert not any("ipBlock" in peer for peer in made(Routing(route=HttpRoute()))["NetworkPolicy/qwen"]["spec"]["ingress"][0]["from"])
    manifests = list(objects.values())
    assert [problem for problem in check_manifests(manifests) if problem.rule == "policy-blocks"] == []
    rule = objects["NetworkPolicy/qwen"]["spec"]["ingress"][0]
    rule["from"] = [peer for peer in rule["from"] if "ipBlock" not in peer]
    (found,) = (problem for problem in check_manifests(manifests) if problem.rule == "policy-blocks")
    assert found.message == "keeps Google's load balancers from Deployment/qwen-decode on port 8000"
    with pytest.raises(SpecError, match=r"proxy_subnets\[0\]: '10.129.0.0' is not a CIDR block"):
        GoogleGateway(proxy_subnets=["10.129.0.0"])


def test_a_proxy_of_its_own_reaches_the_picker_and_is_none() -> None:
    objects = made(Routing(proxy=EnvoyProxy(mode="service")))
    pods = objects[next(name for name in objects if name.startswith("Deployment/") and "prox" in name)]["spec"]["template"]["metadata"]["labels"]
    assert not objects["Service/qwen-epp"]["spec"]["selector"].items() <= pods.items()
    asked = objects["NetworkPolicy/qwen-epp"]["spec"]["ingress"][0]
    assert any(peer.get("podSelector", {}).get("matchLabels", {"": ""}).items() <= pods.items() for peer in asked["from"])
    # and the model servers, which know routers by the mode
    assert "llm-d.ai/igw-mode" in pods


def restricted(spec: dict[str, Any]) -> list[str]:
    """What Pod Security level `restricted` asks of a pod, as far as the pods here touch it."""
    faults = []
    pod = spec.get("securityContext", {})
    if pod.get("seccompProfile", {}).get("type") not in {"RuntimeDefault", "Localhost"}:
        faults.append("seccomp")
    faults += [name for name in ("hostNetwork", "hostPID", "hostIPC") if spec.get(name)]
    faults += ["hostPath" for volume in spec.get("volumes", ()) if "hostPath" in volume]
    for container in [*spec["containers"], *spec.get("initContainers", ())]:
        context = container.get("securityContext", {})
        faults += [] if context.get("allowPrivilegeEscalation") is False else ["escalation"]
        faults += [] if context.get("capabilities", {}).get("drop") == ["ALL"] else ["capabilities"]
        faults += [] if context.get("runAsNonRoot", pod.get("runAsNonRoot")) else ["root"]
    return faults


@pytest.mark.parametrize(
    "routing",
    [
        Routing(),
        Routing(proxy=EnvoyProxy()),
        Routing(picker=EndpointPicker(latency_predictor=LatencyPredictor())),
        SERVICE,
        AGENTGATEWAY,
        TOKENIZED,
    ],
)
def test_the_pods_of_the_picker_are_admitted_at_restricted(routing: Routing) -> None:
    spec = Router("a", match_labels={"a": "b"}, routing=routing).manifests()
    for deployment in [one for one in spec if one["kind"] == "Deployment"]:
        assert restricted(deployment["spec"]["template"]["spec"]) == []


def test_a_proxy_of_its_own_is_what_clients_talk_to() -> None:
    objects = made(SERVICE)
    assert objects["Deployment/qwen-proxy"]["spec"]["replicas"] == 2
    assert [each["name"] for each in objects["Service/qwen-proxy"]["spec"]["ports"]] == ["http"]
    assert [each["name"] for each in objects["Service/qwen-epp"]["spec"]["ports"]] == ["grpc-ext-proc", "http-metrics"]
    labels = objects["Deployment/qwen-proxy"]["spec"]["template"]["metadata"]["labels"]
    assert objects["Service/qwen-proxy"]["spec"]["selector"].items() <= labels.items()
    for other in ("Service/qwen-epp", "InferencePool/qwen"):
        selector = objects[other]["spec"]["selector"]
        assert not selector.get("matchLabels", selector).items() <= labels.items()
    assert "llm-d.ai/igw-mode" in labels  # the service's NetworkPolicy lets it in by that
    assert "qwen-epp.serving.svc.cluster.local" in objects["ConfigMap/qwen-epp-envoy"]["data"]["envoy.yaml"]


def test_agentgateway_without_what_it_needs_is_refused() -> None:
    with pytest.raises(SpecError, match=r"pool: must be None(?s:.*)proxy: talks to the picker without TLS"):
        Routing(proxy=AgentgatewayProxy())


def test_two_servers_on_one_port_of_the_picker_s_pod_are_refused() -> None:
    with pytest.raises(SpecError, match="port 8000 is the training server's too"):
        EndpointPicker(tokenizer=Tokenizer("a/b"), latency_predictor=LatencyPredictor())
    EndpointPicker(tokenizer=Tokenizer("a/b", port=8100), latency_predictor=LatencyPredictor())


def test_the_standalone_mode_is_reached_through_the_pickers_service() -> None:
    objects = made(Routing(proxy=EnvoyProxy()))
    port = objects["Service/qwen-epp"]["spec"]["ports"][-1]
    containers = {one["name"]: one for one in objects["Deployment/qwen-epp"]["spec"]["template"]["spec"]["containers"]}
    assert port["targetPort"] in {each["name"] for each in containers["envoy-proxy"]["ports"]}
    assert "ConfigMap/qwen-epp-envoy" in objects


def test_two_routers_fit_into_one_namespace() -> None:
    names = [
        f"{one['kind']}/{one['metadata']['name']}"
        for name in ("a", "b")
        for one in Router(name, match_labels={"x": name}, routing=Routing(proxy=EnvoyProxy())).manifests()
    ]
    assert len(names) == len(set(names))


def test_the_configuration_the_picker_gets_by_default_loads() -> None:
    text = made(Routing())["ConfigMap/qwen-epp"]["data"]["plugins.yaml"]
    for version in ("v0.9", "v0.10", "main"):
        assert judge_text(text, version=version).problems == []


def test_a_plain_service_leads_to_the_pods() -> None:
    objects = made(PlainService(port=80))
    selector = objects["Service/qwen"]["spec"]["selector"]
    assert selector.items() <= objects["Deployment/qwen-decode"]["spec"]["template"]["metadata"]["labels"].items()
    assert objects["Service/qwen"]["spec"]["ports"] == [{"name": "http", "port": 80, "targetPort": 8000, "protocol": "TCP"}]


@pytest.mark.parametrize(
    ("routing", "says"),
    [
        (lambda: Routing(pool=None, route=HttpRoute()), "route: needs a pool"),
        (lambda: Routing(gateway=Gateway(gateway_class="istio")), "gateway: serves no route"),
        (lambda: service(Routing(picker=EndpointPicker(config="plugin: []"))), 'unknown field "plugin"'),
        (lambda: service(Routing(picker=EndpointPicker(flags={"grpc-prt": 1}))), "unknown flag: --grpc-prt"),
        (
            lambda: service(Routing(rewrites=[InferenceModelRewrite(name="a", targets={"Qwen/Qwen3": 1})])),
            "answers to 'Qwen/Qwen3'",
        ),
        (lambda: Router("a", match_labels={}), "match_labels: must not be empty"),
        (lambda: Router("a", match_labels={"a": "b"}, target_ports=range(9000, 9009)), "must be 1 to 8 ports, not 9"),
        (lambda: EndpointPicker(version="v0.4"), "is not a version of the router known here"),
        (lambda: EndpointPicker(flags={"--v": 2}), "must be the name of a flag without dashes"),
        (lambda: Routing(picker={}), "must be an EndpointPicker"),  # type: ignore[arg-type]
    ],
)
def test_what_disagrees_is_refused(routing: Any, says: str) -> None:
    with pytest.raises(SpecError) as caught:
        routing()
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("parts", "pool", "name"),
    [
        ([], None, None),
        ([EVERYTHING], "qwen", None),
        ([Routing(pool=None, proxy=EnvoyProxy())], None, None),
        ([PlainService()], None, "qwen"),
        ([Routing(), PlainService(name="direct")], "qwen", "direct"),
    ],
)
def test_a_service_says_what_its_pool_and_its_service_are_called(parts: list[Any], pool: str | None, name: str | None) -> None:
    made = service(*parts)
    assert (made.pool, made.service) == (pool, name)


def test_pods_that_do_not_show_the_port_of_the_pool_are_found() -> None:
    def problems(role: Role, *parts: Any) -> list[str | None]:
        model = ModelArtifacts.hf("Qwen/Qwen3-0.6B")
        try:
            made = ModelService("qwen", model=model, decode=role, parts=list(parts), accept={"listening-port": "tried here"})
        except SpecError as error:
            return [problem.rule for problem in error.problems]
        return [problem.rule for problem in made.check()]

    elsewhere = Role(containers=[Container.custom("example.com/server:1", ["server"], ports=[9000])])
    assert "pool-port" in problems(elsewhere, Routing())
    assert "pool-port" not in problems(elsewhere)
    assert "pool-port" not in problems(Role(containers=[Container.custom("example.com/server:1", ["server"], ports=[8000, 9000])]), Routing())


def test_records_of_amounts_and_probes_are_taken_around_the_picker() -> None:
    amounts, asked = Resources(cpu=2, memory="4Gi"), HttpProbe("/asked", port=8000)
    predictor = LatencyPredictor(
        training_port=8500,
        first_port=8501,
        training_resources=amounts,
        prediction_resources=amounts,
        training_liveness=asked,
        training_readiness=asked,
    )
    tokenizer = Tokenizer("a/b", resources=amounts, readiness_probe=asked)
    picker = EndpointPicker(resources=amounts, latency_predictor=predictor, tokenizer=tokenizer)
    deployment = made(Routing(picker=picker, proxy=EnvoyProxy(resources=amounts)))["Deployment/qwen-epp"]
    containers = [*deployment["spec"]["template"]["spec"]["containers"], *deployment["spec"]["template"]["spec"].get("initContainers", ())]
    assert [each["name"] for each in containers if each["resources"] != amounts.manifest()] == []
    assert [each.get(probe) for each in containers for probe in ("livenessProbe", "readinessProbe")].count(asked.manifest()) == 3


def _paired(*parts: Any, **roles: Role) -> dict[str, Any]:
    server = Role(containers=[Container.vllm("docker.io/vllm/vllm-openai:v0.20.0")])
    given: Any = {"prefill": server, "decode": server, **roles}
    made = ModelService("qwen", model=ModelArtifacts.hf("Qwen/Qwen3-0.6B"), namespace="serving", parts=[PrefillDecode(), *parts], **given)
    config = next(one for one in made.manifests() if one["kind"] == "ConfigMap")["data"]["plugins.yaml"]
    read: dict[str, Any] = yaml.safe_load(config)
    return {each["name"]: [entry["pluginRef"] for entry in each["plugins"]] for each in read["schedulingProfiles"]}


def test_beside_prefill_and_decode_the_picker_has_a_profile_for_each() -> None:
    profiles = _paired(Routing())
    assert list(profiles) == ["prefill", "decode"]
    assert profiles["prefill"][0] == "prefill-filter"
    assert profiles["decode"][0] == "decode-filter"
    encode = Role(containers=[Container.vllm("docker.io/vllm/vllm-openai:v0.20.0")])
    assert list(_paired(Routing(), encode=encode)) == ["encode", "prefill", "decode"]


def test_a_configuration_that_is_written_stays_as_it_is() -> None:
    assert list(_paired(Routing(picker=EndpointPicker(config=dict(DEFAULT_CONFIG))))) == ["default"]


@pytest.mark.parametrize("roles", [("decode", "prefill"), ("decode", "encode"), ("decode", "encode", "prefill")])
@pytest.mark.parametrize("version", ["v0.9", "v0.10", "main"])
def test_the_loader_takes_the_profiles_of_stages_without_a_word(roles: tuple[str, ...], version: str) -> None:
    assert judge_config(config_for(roles), version=version).problems == []


@pytest.mark.parametrize("roles", [(), ("decode",), ("prefill",)])
def test_one_stage_needs_no_profile_of_its_own(roles: tuple[str, ...]) -> None:
    assert config_for(roles) is DEFAULT_CONFIG


def test_a_picker_that_does_not_tell_prefill_from_decode_is_found() -> None:
    server = Role(containers=[Container.vllm("docker.io/vllm/vllm-openai:v0.20.0")])
    routing = Routing(picker=EndpointPicker(config=dict(DEFAULT_CONFIG)))
    fields: Any = {"model": ModelArtifacts.hf("Qwen/Qwen3-0.6B"), "prefill": server, "decode": server, "namespace": "serving"}
    found = [
        each for each in check_manifests(ModelService("qwen", parts=[PrefillDecode(), routing], **fields).manifests()) if each.rule == "picker-role"
    ]
    assert ["no profile of its picker tells them apart" in each.message for each in found] == [True]
    assert "disagg-profile-handler" in found[0].hint
    sound = ModelService("qwen", parts=[PrefillDecode(), Routing()], **fields).manifests()
    assert [each for each in check_manifests(sound) if each.rule == "picker-role"] == []
