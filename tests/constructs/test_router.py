"""Routers as constructs: the same objects as without Node, in the chart's namespace; mistakes are named."""

from pathlib import Path

import pytest
import yaml

from constructs_dra import App, Chart, EnvoyProxy, Router, RouterDeployment, Routing, SpecError

pytestmark = pytest.mark.node


def test_a_router_makes_the_same_objects_through_cdk8s(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    chart = Chart(app, "front", namespace="serving")
    routing = Routing(proxy=EnvoyProxy())
    made = RouterDeployment(chart, "router", name="llama", match_labels={"app": "llama"}, routing=routing)
    app.synth()
    (file,) = tmp_path.glob("*.yaml")
    written = {(one["kind"], one["metadata"]["name"]): one for one in yaml.safe_load_all(file.read_text())}
    wanted = Router("llama", namespace="serving", match_labels={"app": "llama"}, routing=routing).manifests()
    assert {(one["kind"], one["metadata"]["name"]): one for one in wanted} == written
    assert made.spec.namespace == "serving"
    assert "InferencePool-llama" in made.objects


def test_what_is_wrong_with_a_router_is_named_with_the_construct() -> None:
    chart = Chart(App(), "front")
    with pytest.raises(SpecError, match=r"RouterDeployment 'a': match_label: there is no such field;\n  did you mean 'match_labels'\?"):
        RouterDeployment(chart, "a", match_label={"app": "llama"})
    with pytest.raises(SpecError, match="match_labels: must be given"):
        RouterDeployment(chart, "b")
    RouterDeployment(chart, "c", name="x", match_labels={"a": "b"})
    with pytest.raises(SpecError, match="makes InferencePool 'x', which"):
        RouterDeployment(chart, "d", name="x", match_labels={"a": "b"})
