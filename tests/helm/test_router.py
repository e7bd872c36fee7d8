"""Values of the router's charts: what they make, what is refused, and the app written from them."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conformance import router_cases
from constructs_dra.cli import main
from constructs_dra.helm.router.any_chart import render_any
from constructs_dra.helm.router.rendering import RouterImport

SHARED = Path(__file__).resolve().parents[3] / "shared"
VALUES = """\
router:
  epp:
    flags: {v: 2}
    pluginsConfigFile: mine.yaml
    pluginsCustomConfig:
      mine.yaml: |
        apiVersion: llm-d.ai/v1alpha1
        kind: EndpointPickerConfig
        plugins:
        - type: queue-scorer
  modelServers:
    matchLabels: {app: llama}
"""


def read(tmp_path: Path, text: str, **options: Any) -> RouterImport:
    (tmp_path / "values.yaml").write_text(text)
    found = render_any([tmp_path / "values.yaml"], release="llama", namespace="serving", **{"chart": "router-gateway", **options})
    assert isinstance(found, RouterImport)
    return found


def faults(tmp_path: Path, text: str, **options: Any) -> list[str]:
    return [f"{each.line}: {each.path}: {each.message} ({each.hint})" for each in read(tmp_path, text, **options).problems]


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"no recorded renders at {SHARED}")
def test_recorded_renders_agree() -> None:
    for score in router_cases.scores(SHARED):
        assert score.total > 30
        assert score.short == [], score


def test_objects_are_named_and_labelled_as_the_chart_does(tmp_path: Path) -> None:
    made = {f"{one['kind']}/{one['metadata']['name']}": one for one in read(tmp_path, VALUES).manifests}
    assert {"InferencePool/llama", "ConfigMap/llama-epp", "Deployment/llama-epp", "Role/llama-epp-non-sa", "ServiceAccount/llama-epp"} <= made.keys()
    assert made["Deployment/llama-epp"]["spec"]["selector"]["matchLabels"] == {"llm-d-router-gateway": "llama-epp"}
    assert "--config-file" in made["Deployment/llama-epp"]["spec"]["template"]["spec"]["containers"][0]["args"]
    assert set(made["ConfigMap/llama-epp"]["data"]) == {"default-plugins.yaml", "payload-agnostic.yaml", "mine.yaml"}
    assert made["ConfigMap/llama-epp"]["data"]["mine.yaml"].startswith("apiVersion: llm-d.ai/v1alpha1\nkind:")


def test_a_picker_without_a_pool_is_told_the_labels_of_its_pods(tmp_path: Path) -> None:
    made = read(tmp_path, VALUES + "  inferencePool: {create: false}\n", chart="router-standalone", sets=["router.proxy.args={-c,a}"]).manifests
    assert "InferencePool" not in {one["kind"] for one in made}
    deployment = next(one for one in made if one["kind"] == "Deployment")
    picker = next(one for one in deployment["spec"]["template"]["spec"]["containers"] if one["name"] == "epp")
    assert picker["args"][:4] == ["--endpoint-selector", "app=llama", "--endpoint-target-ports", "8000"]
    assert deployment["spec"]["selector"]["matchLabels"] == {"llm-d-router-standalone": "llama-epp"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("flags:", "flag:"), "3: router.epp.flag: chart llm-d-router-gateway does not read this key (did you mean 'flags'?)"),
        (("{app: llama}", "{}"), "modelServers.matchLabels: is empty, and Helm fails"),
        (("pluginsConfigFile: mine", "pluginsConfigFile: my"), "router.epp.pluginsConfigFile: names 'my.yaml', which is not a file of the ConfigMap"),
        (("type: queue-scorer", "type: queue-scorrer"), "plugin type 'queue-scorrer' is not registered"),
        (("flags: {v: 2}", "flags: {vv: 2}"), "--vv is not a flag"),
        (("router:\n", "inferenceExtension: {}\nrouter:\n"), "1: inferenceExtension: is a key of earlier charts"),
        (
            ("router:\n", "provider: {name: gke, gke: {preferredBackends: {enabled: true}}}\nrouter:\n"),
            "provider.gke.preferredBackends.enabled: the chart knows preferred backends, and this importer does not",
        ),
        (("router:\n", "provider: {name: isto}\nrouter:\n"), "provider.name: 'isto' is unknown (did you mean 'istio'?)"),
        (("router:\n", "router:\n  tokenizer: {enabled: true}\n"), "router.tokenizer.modelName: is empty, and Helm fails without it"),
        (("flags: {v: 2}", "resources: {requests: {cpu: null}}"), "router.epp.resources.requests.cpu: is missing, and Helm fails without it"),
        (("flags: {v: 2}", "replicas: two"), "router.epp.replicas: must be a whole number"),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_place(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    text = VALUES.replace(*change)
    assert text != VALUES
    found = read(tmp_path, text)
    assert says in "\n".join(faults(tmp_path, text))
    assert found.refused
    assert found.manifests == []


def test_leniency_leaves_out_what_helm_passes_over_and_lives_with_a_picker_that_does_not_start(tmp_path: Path) -> None:
    text = VALUES.replace("flags:", "flag:").replace("queue-scorer", "p2p-source-producer")
    assert read(tmp_path, text).refused
    lenient = read(tmp_path, text, lenient=True)
    assert not lenient.refused
    assert {each.rule for each in lenient.problems if each.severity == "warning"} >= {"unknown-key", "picker-refused"}


def test_the_command_finds_out_which_chart_values_are_of(tmp_path: Path) -> None:
    file = tmp_path / "llama.yaml"
    file.write_text(VALUES + "httpRoute: {create: true}\n")
    result = run("helm", "render", str(file), "--namespace", "serving")
    assert result.exit_code == 0, result.stderr
    assert "kind: HTTPRoute" in result.stdout
    assert "kind: InferencePool" in result.stdout


def test_a_migrated_app_makes_the_objects_of_its_values(tmp_path: Path) -> None:
    file = tmp_path / "llama.yaml"
    file.write_text(VALUES + "httpRoute: {create: true}  # the way in\nprovider: {name: istio}\n")
    result = run("helm", "migrate", str(file), "--namespace", "serving")
    assert result.exit_code == 0, result.stderr
    assert "Release llama of chart llm-d-router-gateway" in result.stdout
    assert "RouterDeployment(" in result.stdout
    assert "# the way in" in result.stdout
    compile(result.stdout, "app.py", "exec")


def test_nothing_is_written_where_something_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "llama.yaml"
    file.write_text(VALUES.replace("queue-scorer", "queue-scorrer"))
    result = run("helm", "migrate", str(file), "--output", str(tmp_path / "app.py"))
    assert result.exit_code == 1
    assert not (tmp_path / "app.py").exists()
