"""The report: what is wired to whom, drawn and written, whatever the manifests hold."""

import copy
import re
import shutil
import subprocess
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra import Claim, Container, Gaudi, ModelArtifacts, ModelService, NvidiaGpu, Parallelism, PrefillDecode, Role
from constructs_dra.cli import main
from constructs_dra.drivers import intel, nvidia
from constructs_dra.placement import Fleet, devices_of, plan
from constructs_dra.report import report
from constructs_dra.report.wiring import wiring

SERVICE = ModelService(
    "llama",
    model=ModelArtifacts.pvc_hf("model-pvc", "meta-llama/Llama-3.1-8B-Instruct"),
    prefill=Role(parallelism=Parallelism(tensor=4), claims=[Claim("gaudi", Gaudi())], containers=[Container.vllm("example.com/vllm:1")]),
    decode=Role(replicas=2, claims=[Claim("nvidia", NvidiaGpu())], containers=[Container.vllm("example.com/vllm:1")]),
)
AROUND: list[dict[str, Any]] = list(
    yaml.safe_load_all("""
apiVersion: inference.networking.k8s.io/v1
kind: InferencePool
metadata: {name: pool}
spec:
  selector: {matchLabels: {app.kubernetes.io/instance: llama}}
  targetPorts: [{number: 8000}]
  endpointPickerRef: {name: picker, port: {number: 9002}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: route}
spec: {parentRefs: [{name: gate}], rules: [{backendRefs: [{group: inference.networking.k8s.io, kind: InferencePool, name: pool}]}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: scaler}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llama-decode}, minReplicas: 1, maxReplicas: 3, metrics: []}
""")
)


def wires(manifests: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(wire.source.title, wire.how, wire.target.title) for wire in wiring(manifests).wires}


UNKNOWN: dict[str, Any] = {
    "apiVersion": "tuning.example.com/v1",
    "kind": "Adapter",
    "metadata": {"name": "legal"},
    "spec": {
        "target": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "llama-decode"},
        "sources": [{"claimName": "model-pvc"}, {"secretRef": {"name": "hub"}}, {"serviceName": 5}],
        "owner": {"kind": "Team", "name": "nowhere"},
    },
}


def test_an_object_of_an_unknown_kind_is_a_box_with_what_it_seems_to_name() -> None:
    found = wiring([*SERVICE.manifests(), UNKNOWN])
    assert "Adapter legal" in {node.title for node in found.nodes}
    assert {(wire.how, wire.target.title) for wire in found.wires if wire.source.kind == "Adapter"} == {
        ("names", "Deployment llama-decode"), ("mounts", "PersistentVolumeClaim model-pvc"), ("reads", "Secret hub"),
    }  # fmt: skip
    assert ">legal</text>" in report([*SERVICE.manifests(), UNKNOWN]).svg()
    assert "Namespace" not in {node.kind for node in wiring([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}]).nodes}


def test_every_reference_is_a_wire() -> None:
    found = wires([*SERVICE.manifests(), *AROUND])
    assert {
        ("Deployment llama-decode", "claims", "ResourceClaimTemplate llama-decode-nvidia"),
        ("Deployment llama-prefill", "claims", "ResourceClaimTemplate llama-prefill-gaudi"),
        ("Deployment llama-decode", "mounts", "PersistentVolumeClaim model-pvc"),
        ("InferencePool pool", "sends to", "Deployment llama-decode"),
        ("InferencePool pool", "asks", "Service picker"),
        ("HTTPRoute route", "routes to", "InferencePool pool"),
        ("HTTPRoute route", "attached to", "Gateway gate"),
        ("HorizontalPodAutoscaler scaler", "scales", "Deployment llama-decode"),
        ("NetworkPolicy llama", "guards", "Deployment llama-prefill"),
    } <= found


def test_what_is_not_among_the_manifests_is_drawn_as_such() -> None:
    given = {node.title: node.given for node in wiring([*SERVICE.manifests(), *AROUND]).nodes}
    assert given["Deployment llama-decode"]
    assert not given["Service picker"]
    assert not given["PersistentVolumeClaim model-pvc"]


AT_THE_EDGES: list[dict[str, Any]] = list(
    yaml.safe_load_all("""
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gate}
spec: {gatewayClassName: istio, listeners: [{name: https, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: certificate}]}}]}
---
apiVersion: v1
kind: Service
metadata: {name: picker, labels: {app: picker}}
spec: {selector: {app: picker}, ports: [{name: grpc, port: 9002}]}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: watch}
spec: {selector: {matchLabels: {app: picker}}, endpoints: [{port: grpc}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: tls}
spec: {host: picker.default.svc.cluster.local}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: keda}
spec: {scaleTargetRef: {name: llama-decode}, triggers: [{type: prometheus, authenticationRef: {name: token}}]}
---
apiVersion: keda.sh/v1alpha1
kind: TriggerAuthentication
metadata: {name: token}
spec: {secretTargetRef: [{parameter: bearerToken, name: prometheus, key: token}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: budget}
spec: {maxUnavailable: 1, selector: {matchLabels: {llm-d.ai/role: decode}}}
""")
)


def test_certificates_monitors_budgets_and_what_is_read_are_wires_too() -> None:
    assert {
        ("Gateway gate", "reads", "Secret certificate"),
        ("ServiceMonitor watch", "scrapes", "Service picker"),
        ("DestinationRule tls", "configures", "Service picker"),
        ("ScaledObject keda", "reads", "TriggerAuthentication token"),
        ("TriggerAuthentication token", "reads", "Secret prometheus"),
        ("PodDisruptionBudget budget", "keeps up", "Deployment llama-decode"),
    } <= wires([*SERVICE.manifests(), *AROUND, *AT_THE_EDGES])


def test_the_proxy_of_decode_pods_sends_prompts_to_the_prefill_pods_of_its_pool() -> None:
    proxied = ModelService(
        "llama",
        model=ModelArtifacts.hf("meta-llama/Llama-3.1-8B-Instruct"),
        prefill=Role(containers=[Container.vllm("vllm/vllm-openai:v0.20.0")]),
        decode=Role(containers=[Container.vllm("vllm/vllm-openai:v0.20.0")]),
        parts=[PrefillDecode()],
    )
    hop = ("Deployment llama-decode", "sends prompts to", "Deployment llama-prefill")
    assert hop in wires([*proxied.manifests(), *AROUND])
    assert hop not in wires(proxied.manifests())  # without a pool nobody says which pods belong together
    bare = [copy.deepcopy(manifest) for manifest in proxied.manifests()]
    for manifest in bare:
        manifest.get("spec", {}).get("template", {}).get("spec", {}).pop("initContainers", None)
    assert hop not in wires([*bare, *AROUND])  # without a proxy nobody hands anything over


def boxes(picture: str) -> list[tuple[int, int, int, int]]:
    """Left, top, right and bottom of every box."""
    namespace = "{http://www.w3.org/2000/svg}"
    found = [group.find(f"{namespace}rect") for group in ET.fromstring(picture).iter(f"{namespace}g")]
    sizes = [[int(str(each.get(key))) for key in ("x", "y", "width", "height")] for each in found if each is not None]
    return [(x, y, x + width, y + height) for x, y, width, height in sizes]


def test_no_box_covers_another_and_nothing_is_outside_the_picture() -> None:
    picture = report([*SERVICE.manifests(), *AROUND, *AT_THE_EDGES]).svg()
    root = ET.fromstring(picture)
    width, height = (int(str(root.get(key))) for key in ("width", "height"))
    found = boxes(picture)
    assert len(found) > 8
    for number, (left, top, right, bottom) in enumerate(found):
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        assert all(right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top for other in found[number + 1 :])


def test_what_looks_on_and_what_is_read_are_lines_of_the_box_they_belong_to() -> None:
    made = report([*SERVICE.manifests(), *AROUND, *AT_THE_EDGES])
    for line in ("guarded by NetworkPolicy", "scaled by ScaledObject keda", "scraped by ServiceMonitor watch", "reads Secret certificate (not here)"):
        assert line in made.svg()
        assert line in made.mermaid()
    assert "NetworkPolicy</text>" not in made.svg()


def test_a_page_is_called_after_its_file(tmp_path: Path) -> None:
    (tmp_path / "llama.k8s.yaml").write_text(yaml.safe_dump_all(SERVICE.manifests()))
    assert "<h1>llama</h1>" in run(tmp_path / "llama.k8s.yaml", "--format", "html").stdout


def test_claims_say_their_devices_and_alternatives() -> None:
    request = {
        "name": "r",
        "firstAvailable": [
            {"name": "a", "deviceClassName": "a.example.com", "count": 2},
            {"name": "b", "deviceClassName": "b.example.com", "allocationMode": "All"},
        ],
    }
    template = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaimTemplate",
        "metadata": {"name": "t"},
        "spec": {"spec": {"devices": {"requests": [request]}}},
    }
    (node,) = wiring([template]).nodes
    assert node.lines == ("2 of a.example.com or all of b.example.com",)


class _Page(HTMLParser):
    """Tags that are open, addresses that are loaded, and headings."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag not in {"meta", "br", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    assert page.open == []
    return page


def test_the_page_stands_alone_and_says_what_was_found() -> None:
    cluster = Fleet().nodes("g", count=2, devices=devices_of(intel.gaudi, 8), cpu="160", memory="1Ti")
    cluster = cluster.nodes("n", count=2, devices=devices_of(nvidia.gpu, 8), cpu="160", memory="1Ti")
    made = report(SERVICE, plan=plan(SERVICE.manifests(), cluster.inventory()))
    page = parsed(made.html())
    assert page.loaded == []
    for words in ("<h1>llama</h1>", "Who is wired to whom", "4 of gaudi.intel.com", "Deployment llama-prefill", "llama-decode", "<h2>Plan</h2>"):
        assert words in made.html()
    for finding in made.findings:
        assert finding.rule in made.html()
    parsed(made._repr_html_())


def test_the_picture_is_an_image_with_words_for_those_who_do_not_see_it() -> None:
    made = report([*SERVICE.manifests(), *AROUND])
    root = ET.fromstring(made.svg())
    names = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    assert root.get("role") == "img"
    assert set(str(root.get("aria-labelledby")).split()) <= set(names)
    assert "HTTPRoute route routes to InferencePool pool" in str(names["wiring-words"])
    assert made.mermaid().startswith("flowchart LR\n")
    assert "-->|routes to|" in made.mermaid()
    assert "  scales Deployment llama-decode\n" in made.text()


names = st.text(min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "kind": st.sampled_from(["Service", "Deployment", "HTTPRoute", "InferencePool", "ResourceClaim", "Odd"]),
                "metadata": st.fixed_dictionaries({"name": names}),
                "spec": st.recursive(
                    st.none() | names | st.integers(),
                    lambda inner: (
                        st.lists(inner, max_size=3)
                        | st.dictionaries(
                            st.sampled_from(
                                [
                                    "selector",
                                    "ports",
                                    "rules",
                                    "backendRefs",
                                    "parentRefs",
                                    "name",
                                    "template",
                                    "spec",
                                    "devices",
                                    "requests",
                                    "resourceClaims",
                                    "volumes",
                                    "replicas",
                                ]
                            ),
                            inner,
                            max_size=4,
                        )
                    ),
                    max_leaves=8,
                ),
            }
        ),
        max_size=4,
    )
)
def test_whatever_the_manifests_hold_the_page_stays_whole(manifests: list[dict[str, Any]]) -> None:
    made = report(manifests)
    assert parsed(made.html()).loaded == []
    ET.fromstring(made.svg())
    assert sum("-->" not in line for line in made.mermaid().splitlines()) == 1 + made.svg().count("<g>")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["report", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "all.yaml").write_text(yaml.safe_dump_all([*SERVICE.manifests(), *AROUND]))
    return tmp_path / "in"


def test_the_format_follows_the_ending(folder: Path, tmp_path: Path) -> None:
    for ending, beginning in (("html", "<!doctype html>"), ("svg", "<svg "), ("mmd", "flowchart LR"), ("txt", "NetworkPolicy llama")):
        ended = run(folder, "-o", tmp_path / f"out.{ending}")
        assert (ended.exit_code, ended.output) == (0, "")
        assert (tmp_path / f"out.{ending}").read_text().startswith(beginning)
    assert run(folder, "--format", "mermaid").stdout.startswith("flowchart LR")
    assert run(folder).stdout.startswith("NetworkPolicy llama")


def test_nothing_is_overwritten_without_force(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out.html").write_text("mine")
    ended = run(folder, "-o", tmp_path / "out.html")
    assert (ended.exit_code, (tmp_path / "out.html").read_text()) == (1, "mine")
    assert "exists already" in ended.stderr
    assert run(folder, "-o", tmp_path / "out.html", "--force").exit_code == 0
    assert run(tmp_path / "none", "-o", tmp_path / "new.html").exit_code == 1
    assert not (tmp_path / "new.html").exists()


def test_a_report_of_prefill_and_decode_takes_less_than_a_second_and_a_megabyte() -> None:
    manifests = [*SERVICE.manifests(), *AROUND]
    report(manifests).html()  # what is loaded once
    start = time.process_time()
    page = report(manifests).html()
    assert time.process_time() - start < 1
    assert len(page.encode()) < 1_000_000


@pytest.mark.slow
def test_a_browser_shows_the_page(folder: Path, tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium here")
    run(folder, "-o", tmp_path / "out.html")
    common = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    page = (tmp_path / "out.html").as_uri()
    shown = subprocess.run([*common, "--dump-dom", page], capture_output=True, text=True, check=True, timeout=120).stdout
    assert len(re.findall("<g>", shown)) == len(boxes(report([*SERVICE.manifests(), *AROUND]).svg()))
    subprocess.run([*common, f"--screenshot={tmp_path / 'out.png'}", "--window-size=1280,1600", page], capture_output=True, check=True, timeout=120)
    assert (tmp_path / "out.png").stat().st_size > 20_000
