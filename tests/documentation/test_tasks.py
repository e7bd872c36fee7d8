"""What people come to do: each as the program that a reader of the pages writes, within the number of lines it may take."""

import ast
import os
import runpy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from constructs_dra import Manifest, ModelService
from constructs_dra.checks import Setting, check_manifests
from constructs_dra.cli import main
from constructs_dra.manifest import to_yaml

TASKS = {path.stem[1:3]: path for path in sorted((Path(__file__).parent / "tasks").glob("t*"))}
BUDGETS = {
    "01": 8,
    "02": 8,
    "03": 16,
    "04": 10,
    "05": 8,
    "06": 8,
    "07": 5,
    "08": 3,
    "09": 25,
    "10": 6,
    "11": 20,
    "12": 2,
    "13": 40,
    "15": 6,
    "16": 4,
    "17": 8,
}
"""Lines of a user's own code, without imports. Number 14 takes none: it is what number 1 makes already."""


def own_lines(path: Path) -> int:
    """Lines that are neither blank nor of an import."""
    text = path.read_text(encoding="utf-8")
    imported: set[int] = set()
    if path.suffix == ".py":
        for node in ast.parse(text).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                imported |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return sum(bool(line.strip()) for number, line in enumerate(text.splitlines(), 1) if number not in imported)


def run(number: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names a program leaves."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("CDK8S_OUTDIR", str(folder / "dist"))
    monkeypatch.setattr("constructs_dra.catalogue.registry._registered", {})  # what a program makes known ends with it
    return runpy.run_path(str(TASKS[number]), run_name="__main__")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The objects of a program's service, by kind; the last one of each."""

    def objects(number: str, name: str = "service") -> dict[str, Manifest]:
        service: ModelService = run(number, tmp_path, monkeypatch)[name]
        return {manifest["kind"]: manifest for manifest in service.manifests()}

    return objects


def devices(template: Manifest) -> Any:
    return template["spec"]["spec"]["devices"]


def pod(workload: Manifest) -> Any:
    return workload["spec"]["template"]["spec"]


@pytest.mark.parametrize("number", sorted(BUDGETS))
def test_a_task_takes_no_more_lines_than_it_may(number: str) -> None:
    assert own_lines(TASKS[number]) <= BUDGETS[number]


@pytest.mark.parametrize("number", sorted(set(BUDGETS) - {"09", "10", "12", "17"}))
def test_nothing_is_wrong_with_what_it_makes(number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = run(number, tmp_path, monkeypatch)
    for service in (left[name] for name in ("service", "prod", "dev") if name in left):
        found = check_manifests(service.manifests(), Setting(version="1.36"))
        assert [problem for problem in found if problem.severity == "error"] == []


def test_one_and_two_and_six_ask_for_the_devices_that_follow_from_the_parallelism(made: Any) -> None:
    assert devices(made("01")["ResourceClaimTemplate"])["requests"][0]["exactly"]["count"] == 1
    assert devices(made("02")["ResourceClaimTemplate"])["requests"][0]["exactly"]["count"] == 2
    group = made("06")
    assert group["LeaderWorkerSet"]["spec"]["leaderWorkerTemplate"]["size"] == 2
    assert devices(group["ResourceClaimTemplate"])["requests"][0]["exactly"]["count"] == 8


def test_three_has_a_claim_for_each_role_whose_names_belong_to_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifests = run("03", tmp_path, monkeypatch)["service"].manifests()
    names = [manifest["metadata"]["name"] for manifest in manifests if manifest["kind"] == "ResourceClaimTemplate"]
    assert len(names) == 2
    assert all("llama" in name for name in names)
    assert [manifest["spec"]["replicas"] for manifest in manifests if manifest["kind"] == "Deployment"] == [4, 4]


def test_four_is_one_claim_with_two_requests_and_one_constraint(made: Any) -> None:
    objects = made("04")
    found = devices(objects["ResourceClaimTemplate"])
    assert [request["name"] for request in found["requests"]] == ["gpu", "nic"]
    assert [constraint["matchAttribute"] for constraint in found["constraints"]] == ["resource.kubernetes.io/pcieRoot"]
    assert pod(objects["Deployment"])["containers"][0]["resources"]["claims"] == [{"name": "pair"}]


def test_five_has_a_selector_for_each_alternative(made: Any) -> None:
    (request,) = devices(made("05")["ResourceClaimTemplate"])["requests"]
    assert [(each["count"], len(each["selectors"])) for each in request["firstAvailable"]] == [(2, 1), (4, 1)]


def test_seven_makes_no_claim_and_eight_writes_the_field(made: Any) -> None:
    objects = made("07")
    assert "ResourceClaimTemplate" not in objects
    assert pod(objects["Deployment"])["resourceClaims"][0]["resourceClaimTemplateName"] == "team-gpu"
    assert pod(made("08")["Deployment"])["shareProcessNamespace"] is True


def test_nine_is_a_folder_for_each_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("09", tmp_path, monkeypatch)
    files = Counter(path.parent.name for path in (tmp_path / "dist").rglob("*.yaml"))
    assert files == {"amsterdam": 40, "berlin": 40, "cork": 40}


def test_ten_is_a_test_that_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("10", tmp_path, monkeypatch)["test_decode_never_asks_for_more_than_8_devices"]()


def test_eleven_selects_by_the_drivers_own_attributes(made: Any) -> None:
    (request,) = devices(made("11")["ResourceClaimTemplate"])["requests"]
    expression = request["exactly"]["selectors"][0]["cel"]["expression"]
    assert 'device.attributes["fpga.example.org"].model == "B2"' in expression
    assert 'compareTo(quantity("8Gi")) >= 0' in expression


def test_twelve_says_the_reason_in_the_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = run("12", tmp_path, monkeypatch)["server"]
    assert server.accept == {"image-tag": "the mirror moves the tag after its own tests"}


def test_thirteen_has_every_object_and_says_names_and_ports_once(made: Any) -> None:
    assert set(made("13")) >= {
        "ConfigMap", "Deployment", "HTTPRoute", "InferencePool", "Job", "NetworkPolicy", "PersistentVolumeClaim", "PodMonitor", "ScaledObject",
    }  # fmt: skip
    text = TASKS["13"].read_text(encoding="utf-8")
    assert "8000" not in text
    assert "matchLabels" not in text


def test_fourteen_is_what_number_one_makes(made: Any) -> None:
    assert any(volume.get("emptyDir", {}).get("medium") == "Memory" for volume in pod(made("02")["Deployment"])["volumes"]), "for two devices"
    spec = pod(made("01")["Deployment"])
    server = spec["containers"][0]
    assert {"readinessProbe", "startupProbe", "resources"} <= set(server)
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["terminationGracePeriodSeconds"] > 30


def test_fifteen_differs_in_replicas_devices_and_image_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = run("15", tmp_path, monkeypatch)
    prod, dev = (set(to_yaml(left[name].manifests()).replace(f"namespace: {name}", "namespace: n").splitlines()) for name in ("prod", "dev"))
    changed = {line.strip().removeprefix("- ").partition(":")[0] for line in prod ^ dev}
    assert changed == {"replicas", "expression", "image"}


def test_sixteen_downloads_to_where_the_servers_read(made: Any) -> None:
    objects = made("16")
    job, server = pod(objects["Job"]), pod(objects["Deployment"])
    claims = [
        volume["persistentVolumeClaim"]["claimName"] for spec in (job, server) for volume in spec["volumes"] if "persistentVolumeClaim" in volume
    ]
    assert set(claims) == {"models"}
    assert objects["PersistentVolumeClaim"]["metadata"]["name"] == "models"


def test_seventeen_annotates_files_that_nobody_wrote_with_this_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    step = yaml.safe_load(TASKS["17"].read_text(encoding="utf-8"))["jobs"]["check"]["steps"][-1]["run"]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "a.yaml").write_text("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: x}\n")
    words = [word.replace("'the mirror moves it'", "the mirror moves it") for word in step.split(" ", 1)[1].split(" --")]
    arguments = words[0].split() + [part for word in words[1:] for part in f"--{word}".split(" ", 1)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert f"::error file=manifests{os.sep}a.yaml,line=4" in result.stdout
