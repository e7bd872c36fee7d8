"""What values become."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Rendered = Callable[..., Any]


def _pod(imported: Any, role: str = "decode") -> dict[str, Any]:
    name = f"-{role}"
    workload = next(made for made in imported.manifests if made["metadata"]["name"].endswith(name) and "template" in made["spec"])
    spec: dict[str, Any] = workload["spec"]["template"]["spec"]
    return spec


def test_plain_values_give_an_account_and_a_deployment(rendered: Rendered, plain: str) -> None:
    imported = rendered(plain)
    assert [(made["kind"], made["metadata"]["name"]) for made in imported.manifests] == [
        ("ServiceAccount", "rel-llm-d-modelservice"),
        ("Deployment", "rel-llm-d-modelservice-decode"),
    ]
    assert not imported.refused


def test_names_follow_the_release_and_its_overrides(rendered: Rendered, plain: str) -> None:
    def first(text: str, **options: Any) -> str:
        name: str = rendered(plain + text, **options).manifests[-1]["metadata"]["name"]
        return name

    assert first("", release="my-llm-d-modelservice") == "my-llm-d-modelservice-decode"
    assert first("nameOverride: ms\n") == "rel-ms-decode"
    assert first("fullnameOverride: " + "x" * 54 + "-y\n") == "x" * 54 + "-decode"


def test_an_account_of_ones_own_is_used_and_not_made(rendered: Rendered, plain: str) -> None:
    imported = rendered(plain + "serviceAccountOverride: mine\n")
    assert [made["kind"] for made in imported.manifests] == ["Deployment"]
    assert _pod(imported)["serviceAccountName"] == "mine"


def test_templates_are_evaluated_in_the_fields_the_chart_evaluates(rendered: Rendered, plain: str) -> None:
    values = plain.replace("uri: hf://org/model", 'uri: hf://"{{ .Values.modelArtifacts.name }}"').replace(
        "    ports:",
        "    env:\n    - name: A\n      value: '{{ .Release.Name }}/{{ .Values.routing.servicePort }}'\n"
        "    args: ['{{ literal }}']\n"
        "    extraConfig:\n      terminationMessagePath: '{{ include \"llm-d-modelservice.fullname\" . }}'\n    ports:",
    )
    container = _pod(rendered(values))["containers"][0]
    assert container["env"][0] == {"name": "A", "value": "rel/8000"}
    assert container["args"][0] == "org/model"
    assert container["args"][-1] == "{{ literal }}"
    assert container["terminationMessagePath"] == "rel-llm-d-modelservice"


def test_what_extra_config_says_gives_way_to_what_the_chart_writes_after_it(rendered: Rendered, plain: str) -> None:
    own = "schedulerName: own\n  enableServiceLinks: true"
    extra = "extraConfig: {schedulerName: e, enableServiceLinks: false, dnsPolicy: Default}"
    values = plain.replace("decode:\n", f"decode:\n  {own}\n  {extra}\n")
    imported = rendered(values, lenient=True)
    pod = _pod(imported)
    assert (pod["schedulerName"], pod["enableServiceLinks"], pod["dnsPolicy"]) == ("own", False, "Default")
    assert any(problem.path == "decode.extraConfig.schedulerName" and problem.rule == "ignored" for problem in imported.problems)


def test_old_values_are_recognised_by_their_dra_block(rendered: Rendered, plain: str) -> None:
    imported = rendered(plain + "dra: {enabled: true, type: intel}\n")
    assert imported.chart == "0.3"
    assert next(problem for problem in imported.problems if problem.path == "dra").severity == "warning"
    assert rendered(plain + "dra: {enabled: true, type: intel}\n", chart="0.4").refused
    assert [made["metadata"]["name"] for made in imported.manifests if made["kind"] == "ResourceClaimTemplate"] == ["intel-resource-claim-template"]


def test_each_role_has_its_own_accelerator_and_claim(rendered: Rendered, plain: str) -> None:
    values = plain.replace(
        "prefill:\n  create: false",
        "prefill:\n  accelerator: {type: intel-gaudi}\n  parallelism: {tensor: 4}\n  containers:\n  - {image: 'i:1', modelCommand: vllmServe}",
    )
    imported = rendered(values + "accelerator: {dra: true}\n", lenient=True)
    made = {
        one["metadata"]["name"]: one["spec"]["spec"]["devices"]["requests"][0] for one in imported.manifests if one["kind"] == "ResourceClaimTemplate"
    }
    assert made["nvidia-claim-template-decode"]["exactly"] == {"deviceClassName": "gpu.nvidia.com", "count": 1}
    assert made["intel-gaudi-claim-template-prefill"] == {"name": "intel-gaudi", "exactly": {"deviceClassName": "gaudi.intel.com", "count": 4}}


def test_multinode_makes_a_leader_worker_set(rendered: Rendered, plain: str) -> None:
    values = plain.replace(
        "decode:\n", "decode:\n  parallelism: {data: 4, dataLocal: 2, workers: 2}\n  hostIPC: true\n  subGroupExclusiveTopology: true\n"
    )
    made = rendered(values + "multinode: true\n", lenient=True).manifests[-1]
    assert made["kind"] == "LeaderWorkerSet"
    assert made["spec"]["leaderWorkerTemplate"]["size"] == 2
    assert made["spec"]["leaderWorkerTemplate"]["workerTemplate"]["spec"]["hostIPC"] is True


@pytest.mark.parametrize(
    ("uri", "argument"),
    [("hf://org/model", "org/model"), ("pvc://claim/a/b", "/model-cache/a/b"), ("pvc+hf://claim/x/org/model", "org/model")],
)
def test_the_model_argument_follows_the_uri(rendered: Rendered, plain: str, uri: str, argument: str) -> None:
    assert _pod(rendered(plain.replace("uri: hf://org/model", f"uri: {uri}")))["containers"][0]["args"][0] == argument


@pytest.mark.parametrize("uri", ["oci://image:1", "s3://bucket", "model", "hf://", "pvc://claim"])
def test_a_uri_the_chart_stops_at_is_an_error(errors: Callable[..., Any], plain: str, uri: str) -> None:
    assert errors(plain.replace("uri: hf://org/model", f"uri: {uri}"))["modelArtifacts.uri"].line == 4


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("args: ['--served-model-name', 'x']", "flag-twice"),
        ("env: [{name: A, value: x}, {name: A, value: z}]", "env-twice"),
        ("resources: {limits: {nvidia.com/gpu: 8}, requests: {nvidia.com/gpu: 8}}", "count-parallelism"),
        ("env: [{name: HF_TOKEN, value: hf_abcdefghijklmnopqrstuvwxyzabcdefgh}]", "plain-text-token"),
    ],
)
def test_cross_checks_speak_of_the_values_and_can_be_suppressed(rendered: Rendered, plain: str, line: str, rule: str) -> None:
    values = plain.replace("    modelCommand", f"    {line}\n    modelCommand")
    problem = next(one for one in rendered(values).problems if one.rule == rule)
    assert problem.severity == "error"
    assert problem.line in {10, 11}
    assert f"--accept {rule}=REASON" in problem.hint
    assert not rendered(values, lenient=True).refused
    accepted = rendered(values, accept={rule: "it is right here"})
    assert not accepted.refused
    assert accepted.manifests == rendered(values, lenient=True).manifests


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("ports: [{containerPort: 1, name: much-too-long-name}]", "decode.containers[0].ports[0].name"),
        ("ports: [{containerPort: 70000}]", "decode.containers[0].ports[0]"),
        ("env: [{name: A, value: 1}]", "decode.containers[0].env[0].value"),
        ("resources: {limits: {cpu: much}}", "decode.containers[0].resources.limits.cpu"),
        ("volumeMounts: [{name: nowhere, mountPath: /x}]", "decode.containers[0].volumeMounts[0]"),
        ("name: Not_A_Name", "decode.containers[0].name"),
        ("env: [{name: '=bad', value: x}]", "decode.containers[0].env[0]"),
    ],
)
def test_what_kubernetes_refuses_is_an_error_in_both_modes(errors: Callable[..., Any], plain: str, line: str, place: str) -> None:
    values = plain.replace("    ports:\n    - containerPort: 8000\n      name: vllm\n", "").replace(
        "    modelCommand", f"    {line}\n    modelCommand"
    )
    for lenient in (False, True):
        found = errors(values, lenient=lenient)
        assert any(path.startswith(place) for path in found), found
        assert all(problem.line for problem in found.values())


def test_nulls_count_as_not_written(rendered: Rendered, plain: str) -> None:
    nulls = (
        "env: [{name: A, value: null}, {name: B, value: x, valueFrom: null}]\n    args: null\n    resources: {limits: null}\n    livenessProbe: null"
    )
    imported = rendered(plain.replace("    modelCommand", f"    {nulls}\n    modelCommand").replace("decode:\n", "decode:\n  tolerations: null\n"))
    assert _pod(imported)["containers"][0]["env"][:2] == [{"name": "A"}, {"name": "B", "value": "x"}]


def test_extra_objects_are_passed_through_and_checked(rendered: Rendered, errors: Callable[..., Any], plain: str) -> None:
    values = plain + "extraObjects:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: '{{ .Release.Name }}-x'}\n  data: {a: b}\n"
    assert rendered(values).manifests[-1]["metadata"]["name"] == "rel-x"
    assert errors(values.replace("data:", "dta:"), lenient=False)["extraObjects[0].dta"].line


def test_no_role_at_all_is_an_error(errors: Callable[..., Any], plain: str) -> None:
    assert "decode.create" in errors(plain.replace("decode:\n", "decode:\n  create: false\n"))


def test_rendering_does_not_load_cdk8s(tmp_path: Path, plain: str) -> None:
    file = tmp_path / "values.yaml"
    file.write_text(plain)
    script = "import sys; from constructs_dra.helm import render; made = render([sys.argv[1]]).manifests"
    script += "; sys.exit(not made or bool({'jsii', 'cdk8s'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", script, str(file)], check=False).returncode == 0


def _with(plain: str, container: str = "", role: str = "") -> str:
    return plain.replace("    ports:", f"{container}    ports:").replace("decode:\n", f"decode:\n{role}")


def test_a_false_stdin_is_not_written(rendered: Rendered, plain: str) -> None:
    container = _pod(rendered(_with(plain, "    stdin: false\n    tty: true\n")))["containers"][0]
    assert "stdin" not in container
    assert container["tty"] is True


@pytest.mark.parametrize(
    ("extra", "field", "wanted"),
    [
        ("ports: [{containerPort: 8000, name: http}]", "ports", [{"containerPort": 8000, "name": "http"}]),
        ("args: [--verbose]", "args", ["--verbose"]),
        ("volumeMounts: [{name: metrics-volume, mountPath: /m}]", "volumeMounts", [{"name": "metrics-volume", "mountPath": "/m"}]),
    ],
)
def test_lists_under_extra_config_stand_where_the_container_has_none(
    rendered: Rendered, plain: str, extra: str, field: str, wanted: list[object]
) -> None:
    head = plain[: plain.index("    ports:")].replace("modelCommand: vllmServe", "command: [serve]")
    imported = rendered(f"{head}    extraConfig: {{{extra}}}\nprefill:\n  create: false\n")
    assert _pod(imported)["containers"][0][field] == wanted
    assert not [problem for problem in imported.problems if "extraConfig" in problem.path]


def test_a_command_under_extra_config_of_an_image_default_is_refused(errors: Callable[..., Any], plain: str) -> None:
    values = _with(plain.replace("vllmServe", "imageDefault"), "    extraConfig: {command: [serve]}\n")
    assert errors(values, lenient=True)["decode.containers[0].extraConfig.command"].rule == "command"


@pytest.mark.parametrize(
    ("sizes", "data", "local"),
    [
        ("{data: null, dataLocal: 2, workers: 2}", "4", "2"),
        ("{data: 8, dataLocal: 0, workers: 4}", "8", "2"),
        ("{data: 4, dataLocal: null}", "4", "4"),
        ("{dataLocal: 2, data: null, workers: null}", "2", "2"),
        ("{data: null, dataLocal: null, workers: 3}", "1", "1"),
    ],
)
def test_sizes_left_open_follow_from_the_others(rendered: Rendered, plain: str, sizes: str, data: str, local: str) -> None:
    container = _pod(rendered(_with(plain, role=f"  parallelism: {sizes}\n"), lenient=True))["containers"][0]
    variables = {variable["name"]: variable.get("value") for variable in container["env"]}
    assert (variables["DP_SIZE"], variables["DP_SIZE_LOCAL"]) == (data, local)
    assert container["resources"]["limits"]["nvidia.com/gpu"] == local


def test_sizes_that_do_not_divide_are_refused_as_the_chart_does(errors: Callable[..., Any], plain: str) -> None:
    values = _with(plain, role="  parallelism: {data: 3, dataLocal: null, workers: 2}\n")
    assert "decode.parallelism.data" in errors(values, lenient=True)


def test_a_null_takes_the_flag_of_the_proxy_away(rendered: Rendered, plain: str) -> None:
    values = plain.replace("enabled: false", "enabled: true\n    secure: null\n    imagePullPolicy: ''").replace("8000", "8200")
    proxy = _pod(rendered(values))["initContainers"][0]
    assert not [flag for flag in proxy["args"] if "secure" in flag]
    assert proxy["imagePullPolicy"] == "Always"


def test_a_model_without_a_name_is_refused(errors: Callable[..., Any], plain: str) -> None:
    assert errors(plain, "modelArtifacts: {name: null}\n", lenient=True)["modelArtifacts.name"].rule == "required"


def test_a_policy_spelt_as_no_api_server_knows_it_is_ignored(rendered: Rendered, plain: str) -> None:
    values = _with(plain, role="  subGroupPolicy: {subGroupSize: 2, type: LeaderExcluded}\n  parallelism: {workers: 2}\n") + "multinode: true\n"
    workload = rendered(values, lenient=True).manifests[-1]
    assert workload["spec"]["leaderWorkerTemplate"]["subGroupPolicy"] == {"subGroupSize": 2}


def test_an_image_volume_needs_no_arguments_for_a_command_of_ones_own(rendered: Rendered, plain: str) -> None:
    values = plain.replace("hf://org/model", "oci://registry.example.com/model:1")
    values = values.replace("modelCommand: vllmServe", "command: [serve]\n    mountModelVolume: true")
    pod = _pod(rendered(values))
    assert pod["volumes"][-1]["image"] == {"reference": "registry.example.com/model:1", "pullPolicy": "Always"}
    assert pod["containers"][0]["volumeMounts"] == [{"name": "model-storage", "mountPath": "/model-cache", "readOnly": True}]


def test_values_with_the_old_block_give_their_containers_the_claim_and_nothing_else(rendered: Rendered, plain: str) -> None:
    values = _with(plain, "    resources: {limits: {memory: 1Gi}}\n") + "dra: {enabled: true, type: nvidia}\n"
    imported = rendered(values, lenient=True)
    assert _pod(imported)["containers"][0]["resources"] == {"claims": [{"name": "nvidia-resource-claim"}]}
    assert "decode.containers[0].resources.limits" in {problem.path for problem in imported.problems}
    assert rendered(values).refused


@pytest.mark.parametrize(
    ("accelerator", "limits", "warned"),
    [
        ("{type: intel-gaudi, dra: true}", "{habana.ai/gaudi: 4}", "habana.ai/gaudi"),
        ("{type: nvidia, dra: true}", "{cpu: 4}", ""),
        ("{type: amd}", "{amd.com/gpu: 1}", ""),
    ],
)
def test_the_note_on_a_mismatch_is_about_the_top_level_accelerator(
    rendered: Rendered, plain: str, accelerator: str, limits: str, warned: str
) -> None:
    values = _with(plain, f"    resources: {{limits: {limits}}}\n") + f"accelerator: {accelerator}\n"
    annotations = rendered(values, lenient=True).manifests[-1]["metadata"].get("annotations", {})
    assert annotations.get("llm-d.ai/accelerator-warning", "").startswith(f"Accelerator mismatch: {warned} " if warned else "")
    assert bool(annotations) is bool(warned)


def test_a_role_with_an_accelerator_of_its_own_is_noted_for_the_top_level_one(rendered: Rendered, plain: str) -> None:
    head = _with(plain, "    resources: {limits: {nvidia.com/gpu: 2}}\n", "  accelerator: {type: amd}\n")
    note = rendered(head, lenient=True).manifests[-1]["metadata"]["annotations"]["llm-d.ai/accelerator-warning"]
    assert note == "Accelerator mismatch: nvidia.com/gpu is set to 2 but parallelism calculates 1. Using 2."
    same = head.replace("nvidia.com/gpu: 2}", "amd.com/gpu: 2}, requests: {amd.com/gpu: 2}")
    assert "annotations" not in rendered(same, lenient=True).manifests[-1]["metadata"]


def test_init_containers_are_part_of_what_a_requester_hands_over(rendered: Rendered, plain: str) -> None:
    values = _with(plain, role="  initContainers: [{name: prepare, image: busybox, command: [prepare]}]\n") + "requester: {enable: true}\n"
    patch = rendered(values, lenient=True).manifests[-1]["spec"]["template"]["metadata"]["annotations"]["dual-pod.llm-d.ai/server-patch"]
    assert "\n  initContainers:\n  \n  - command:\n    - prepare\n    image: busybox\n    name: prepare\n  containers:\n" in patch


def test_a_name_under_extra_config_is_the_one_that_counts(rendered: Rendered, plain: str) -> None:
    assert _pod(rendered(_with(plain, "    name: first\n    extraConfig: {name: second}\n")))["containers"][0]["name"] == "second"


def test_a_claim_template_without_a_name_is_called_by_its_type(rendered: Rendered, plain: str) -> None:
    values = plain + "accelerator: {type: own, dra: true, resourceClaimTemplates: {own: {class: devices.example.com}}}\n"
    imported = rendered(values)
    template = next(made for made in imported.manifests if made["kind"] == "ResourceClaimTemplate")
    assert template["metadata"]["name"] == "own-decode-claim-template"
    assert _pod(imported)["resourceClaims"] == [{"name": "own-decode-claim", "resourceClaimTemplateName": "own-decode-claim-template"}]
    assert _pod(imported)["containers"][0]["resources"]["claims"] == [{"name": "own-decode-claim"}]


def test_claims_that_only_this_library_refuses_are_lived_with_when_lenient(rendered: Rendered, plain: str) -> None:
    values = plain + "accelerator: {type: google, dra: true}\n"
    assert rendered(values).refused
    imported = rendered(values, lenient=True)
    template = next(made for made in imported.manifests if made["kind"] == "ResourceClaimTemplate")
    assert template["spec"]["spec"]["devices"]["requests"][0]["exactly"] == {"deviceClassName": "tpu.google.com", "count": 1}
    assert "annotations" not in template["metadata"]
    found = next(problem for problem in imported.problems if problem.rule == "strict-every-device")
    assert (found.severity, found.path) == ("warning", "accelerator.resourceClaimTemplates.google")


def test_tracing_stands_in_a_requesters_patch_where_the_chart_writes_it(rendered: Rendered, plain: str) -> None:
    values = plain.replace("name: org/model", "name: org/model/variant") + "requester: {enable: true}\ntracing: {enabled: true}\n"
    patch = rendered(values, lenient=True).manifests[-1]["spec"]["template"]["metadata"]["annotations"]["dual-pod.llm-d.ai/server-patch"]
    assert '"model-reg": "model",\n    "model-repo": "org",' in patch
    wanted = ["", "- --otlp-traces-endpoint", '- "http://otel-collector:4317"', "- --collect-detailed-traces", '- "all"']
    assert "".join(f"        {line}\n" for line in wanted) + "      env:\n" in patch
    assert "\n      \n      - name: OTEL_SERVICE_NAME\n" in patch
    assert '        value: "1.0"\n      ports:\n' in patch


def test_a_folder_on_a_volume_may_end_in_a_slash(rendered: Rendered, plain: str) -> None:
    imported = rendered(plain.replace("uri: hf://org/model", "uri: pvc://claim/models/"))
    assert _pod(imported)["containers"][0]["args"][0] == "/model-cache/models/"
