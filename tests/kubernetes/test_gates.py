import pytest

from constructs_dra.kubernetes.gates import GATES, KubernetesVersion, enabled, gate_state
from constructs_dra.lexical.versions import NEWEST_VERSION, OLDEST_VERSION


@pytest.mark.parametrize(
    ("text", "version"), [("1.34", (1, 34, 0)), ("v1.34.1", (1, 34, 1)), ("1.35.2+k3s1", (1, 35, 2)), ("v1.36.0-gke.100", (1, 36, 0))]
)
def test_versions_are_read_as_people_write_them(text: str, version: tuple[int, int, int]) -> None:
    assert KubernetesVersion.parse(text) == KubernetesVersion(*version)


@pytest.mark.parametrize("text", ["", "1", "latest", "1.34.x", "1.33", "1.39", "2.0", "1.34.1 ", "1.٣"])
def test_other_versions_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Kubernetes"):
        KubernetesVersion.parse(text)


def test_versions_compare_by_number() -> None:
    assert KubernetesVersion.parse("1.34.10") > KubernetesVersion.parse("1.34.9")
    assert KubernetesVersion.parse("1.34.9").release == KubernetesVersion.parse("1.34")


@pytest.mark.parametrize(
    ("gate", "version", "state"),
    [
        ("DRAPrioritizedList", "1.34", "beta and on"),
        ("DRAPrioritizedList", "1.36", "stable"),
        ("DRADeviceTaints", "1.35", "alpha and off"),
        ("DRADeviceTaintRules", "1.34", "absent"),
        ("DRADeviceTaintRules", "1.36", "beta and off"),
        ("DRADeviceTaintRules", "1.37", "stable"),
        ("DRAConsumableCapacity", "1.34", "alpha and off"),
        ("ImageVolume", "1.34", "beta and off"),
        ("ImageVolume", "1.35", "beta and on"),
        ("DynamicResourceAllocation", "1.34", "stable"),
        ("DynamicResourceAllocation", "1.38", "stable"),
        ("GenericWorkload", "1.38", "beta and off"),
        ("HPAScaleToZero", "1.36", "alpha and off"),
        ("HPAScaleToZero", "1.37", "beta and on"),
        ("ResourceHealthStatus", "1.36", "beta and on"),
        ("NodeDeclaredFeatures", "1.38", "stable"),
    ],
)
def test_gates_go_through_their_stages(gate: str, version: str, state: str) -> None:
    assert gate_state(gate, version) == state
    assert enabled(gate, version) is (state == "stable" or state.endswith("on"))


def test_no_gate_goes_back() -> None:
    for gate in GATES.values():
        states = [gate.on(KubernetesVersion(1, minor)) for minor in range(OLDEST_VERSION.minor, NEWEST_VERSION.minor + 1)]
        assert states == sorted(states)
        steps = [step for step in (gate.alpha, gate.beta, gate.beta_on, gate.stable, gate.locked) if step is not None]
        assert steps == sorted(steps)
        assert not gate.formerly or gate.formerly in GATES


@pytest.mark.parametrize(
    ("gate", "version", "fixed"),
    [
        ("DRAAdminAccess", "1.35", False),
        ("DRAAdminAccess", "1.36", True),
        ("DRAPrioritizedList", "1.36", False),
        ("DRAPrioritizedList", "1.37", True),
        ("DRADeviceTaints", "1.37", False),
        ("DRADeviceTaints", "1.38", True),
        ("DynamicResourceAllocation", "1.38", True),
    ],
)
def test_a_gate_is_locked_from_a_version_on(gate: str, version: str, fixed: bool) -> None:
    assert GATES[gate].fixed(version) is fixed


def test_what_a_gate_requires_is_known() -> None:
    for gate in GATES.values():
        assert set(gate.requires) <= set(GATES)
        if gate.gone is not None:
            assert gate.locked is not None
            assert gate.locked <= gate.gone
