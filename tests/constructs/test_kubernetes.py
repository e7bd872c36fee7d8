import cdk8s
import pytest

from constructs_dra import KubernetesObject, SpecError
from constructs_dra.checks import check_manifests
from constructs_dra.claims import ComputeDomain, DeviceClass
from constructs_dra.drivers import intel

pytestmark = pytest.mark.node


@pytest.fixture
def chart() -> cdk8s.Chart:
    return cdk8s.Chart(cdk8s.Testing.app(), "c", namespace="llm-d")


def test_cluster_scoped_objects_get_no_namespace_from_the_chart(chart: cdk8s.Chart) -> None:
    spec = DeviceClass("big-gpu", intel.gpu, where=intel.gpu.memory >= "40Gi")
    KubernetesObject(chart, "class", spec)
    (made,) = cdk8s.Testing.synth(chart)
    assert made == spec.manifest()


def test_any_kind_without_a_namespace_gets_none(chart: cdk8s.Chart) -> None:
    KubernetesObject(chart, "urgent", {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "urgent"}, "value": 10})
    (made,) = cdk8s.Testing.synth(chart)
    assert made["metadata"] == {"name": "urgent"}
    assert check_manifests([made]) == []


def test_namespaced_objects_do(chart: cdk8s.Chart) -> None:
    KubernetesObject(chart, "domain", ComputeDomain("nvlink"))
    (made,) = cdk8s.Testing.synth(chart)
    assert made["metadata"] == {"name": "nvlink", "namespace": "llm-d"}


def test_a_manifest_without_a_name_is_named_by_its_path(chart: cdk8s.Chart) -> None:
    KubernetesObject(chart, "settings", {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}})
    (made,) = cdk8s.Testing.synth(chart)
    assert made == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c-settings", "namespace": "llm-d"}, "data": {"a": "b"}}


def test_a_manifest_that_kubernetes_would_refuse_is_refused_here(chart: cdk8s.Chart) -> None:
    with pytest.raises(SpecError, match=r"^KubernetesObject 'settings': dta: .*\n?.*did you mean 'data'"):
        KubernetesObject(chart, "settings", {"apiVersion": "v1", "kind": "ConfigMap", "dta": {}})
