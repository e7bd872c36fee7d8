"""Expressions print CEL as people write it."""

from typing import Any

import pytest

from constructs_dra.drivers import amd, dranet, google, hygon, intel, node, nvidia
from constructs_dra.errors import SpecError
from constructs_dra.expressions.build import Expression, cel, quoted
from constructs_dra.expressions.terms import device

GPU = 'device.attributes["gpu.intel.com"]'
NIC = 'device.attributes["dra.net"]'


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (intel.gpu.family == "Data Center Flex", f'{GPU}.family == "Data Center Flex"'),
        (intel.gpu.family != "Unknown", f'{GPU}.family != "Unknown"'),
        (intel.gpu.memory >= "16Gi", 'device.capacity["gpu.intel.com"].memory.compareTo(quantity("16Gi")) >= 0'),
        (hygon.hcu.cores < 1000, 'device.capacity["dra.hygon.com"].cores.compareTo(quantity("1000")) < 0'),
        (intel.gpu.sriov, f"{GPU}.sriov"),
        (~intel.gpu.sriov, f"!{GPU}.sriov"),
        (intel.gpu.sriov == False, f"{GPU}.sriov == false"),  # noqa: E712
        (intel.gpu.model.in_(["B60", "A770"]), f'{GPU}.model in ["B60", "A770"]'),
        (~intel.gpu.model.in_(["B60"]), f'!({GPU}.model in ["B60"])'),
        (intel.gpu.family.starts_with("Arc"), f'{GPU}.family.startsWith("Arc")'),
        (~intel.gpu.family.starts_with("Arc"), f'!{GPU}.family.startsWith("Arc")'),
        (intel.gpu.model.ends_with("0"), f'{GPU}.model.endsWith("0")'),
        (intel.gpu.model.contains("Max"), f'{GPU}.model.contains("Max")'),
        (intel.gpu.model.lower().matches("^max"), f'{GPU}.model.lowerAscii().matches("^max")'),
        (intel.gpu.family.lower() == "data center max", f'{GPU}.family.lowerAscii() == "data center max"'),
        (google.tpu.chip_count > 4, 'device.attributes["tpu.google.com"].chipCount > 4'),
        (google.tpu.chip_count.in_([4, 8]), 'device.attributes["tpu.google.com"].chipCount in [4, 8]'),
        (intel.gpu.pcie_root == "pci0000:00", 'device.attributes["resource.kubernetes.io"].pcieRoot == "pci0000:00"'),
        (device.driver == "gpu.intel.com", 'device.driver == "gpu.intel.com"'),
        (device.allow_multiple_allocations, "device.allowMultipleAllocations"),
        (node.cpu.socket_id == 1, 'has(device.attributes["dra.cpu"].socketID) && device.attributes["dra.cpu"].socketID == 1'),
    ],
)
def test_a_comparison_prints_as_written_by_hand(expression: Expression, text: str) -> None:
    assert str(expression) == text


def test_operators_join_with_the_fewest_parentheses() -> None:
    a, b, c = (intel.gpu.model == letter for letter in "abc")
    model = f"{GPU}.model"
    assert str(a & b | c) == f'{model} == "a" && {model} == "b" || {model} == "c"'
    assert str(a & (b | c)) == f'{model} == "a" && ({model} == "b" || {model} == "c")'
    assert str(a & b & c) == str(a & (b & c)) == f'{model} == "a" && {model} == "b" && {model} == "c"'
    assert str(~(a & b)) == f'{model} != "a" || {model} != "b"'
    assert str(~~a) == str(a)


def test_what_is_not_always_published_is_guarded_once() -> None:
    name = dranet.nic.if_name
    assert str(name == "eth1") == f'has({NIC}.ifName) && {NIC}.ifName == "eth1"'
    assert str(name.starts_with("eth") & (name != "eth0")) == f'has({NIC}.ifName) && {NIC}.ifName.startsWith("eth") && {NIC}.ifName != "eth0"'
    assert str(name.present) == f"has({NIC}.ifName)"
    assert str(name.present & (name == "eth1")) == f'has({NIC}.ifName) && {NIC}.ifName == "eth1"'


def test_a_negated_guard_lets_devices_through_that_do_not_publish() -> None:
    assert str(dranet.nic.rdma & ~dranet.nic.virtual) == f"{NIC}.rdma && (!has({NIC}.virtual) || !{NIC}.virtual)"
    assert str(~(dranet.nic.if_name == "eth0")) == f'!has({NIC}.ifName) || {NIC}.ifName != "eth0"'


def test_a_class_that_picks_one_kind_of_device_makes_guards_needless() -> None:
    profile = nvidia.gpu.profile == "1g.5gb"
    assert profile.cel(kinds=("mig",)) == 'device.attributes["gpu.nvidia.com"].profile == "1g.5gb"'
    assert profile.cel(kinds=("mig", "gpu")).startswith("has(")
    assert str(profile).startswith("has(")


def test_versions_compare_as_versions() -> None:
    version = 'device.attributes["gpu.nvidia.com"].driverVersion'
    expression = nvidia.gpu.driver_version >= "580.0.0"
    assert expression.cel(kinds=("gpu",)) == f'{version}.compareTo(semver("580.0.0")) >= 0'
    assert (nvidia.gpu.driver_version.major >= 580).cel(kinds=("gpu",)) == f"{version}.major() >= 580"
    assert (nvidia.gpu.driver_version.in_(["1.0.0", "2.0.0"])).cel(kinds=("gpu",)) == (
        f'{version}.compareTo(semver("1.0.0")) == 0 || {version}.compareTo(semver("2.0.0")) == 0'
    )


def test_a_family_of_capacities_is_indexed_by_number() -> None:
    assert str(nvidia.gpu.memory_slice[3].present) == 'has(device.capacity["gpu.nvidia.com"].memorySlice3)'


def test_terms_compare_with_each_other() -> None:
    assert str(intel.gpu.model == intel.gpu.driver) == f"{GPU}.model == {GPU}.driver"
    assert str(intel.gpu.memory > intel.gpu.millicores).endswith('.compareTo(device.capacity["gpu.intel.com"].millicores) > 0')


def test_cel_text_joins_expressions_as_it_is() -> None:
    joined = cel("device.driver == 'x' || true") & intel.gpu.sriov
    assert str(joined) == f"(device.driver == 'x' || true) && {GPU}.sriov"
    assert str(cel("device.driver == 'x'")) == "device.driver == 'x'"
    assert str(~cel("true // why")) == "!(true // why\n)"


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ('a"b', '"a\\"b"'),
        ("a\\b", '"a\\\\b"'),
        ("a\nb\tc", '"a\\nb\\tc"'),
        ("it's", '"it\'s"'),
        ("é 世", '"é 世"'),
        ("\x00\u200b", '"\\u0000\\u200b"'),
        ("\U000e0001", '"\\U000e0001"'),
    ],
)
def test_texts_are_quoted_exactly(text: str, literal: str) -> None:
    assert quoted(text) == literal


def test_and_or_not_and_chained_comparisons_say_what_to_write() -> None:
    a = intel.gpu.sriov
    for attempt in (lambda: a and a, lambda: a or a, lambda: not a, lambda: bool(a & a), lambda: 1 < google.tpu.chip_count < 3):
        with pytest.raises(TypeError, match=r"&, \| and ~"):
            attempt()


def test_a_text_has_no_order() -> None:
    with pytest.raises(TypeError, match="no useful order"):
        intel.gpu.model < "B70"  # type: ignore[operator]  # noqa: B015


@pytest.mark.parametrize(
    ("expression", "fault", "hint"),
    [
        (intel.gaudi.model == "gaudi2", "never has the value 'gaudi2'", "did you mean 'Gaudi2'?"),
        (intel.gaudi.model.in_(["Gaudi2", "Gaudi4"]), "never has the value 'Gaudi4'", "did you mean 'Gaudi', 'Gaudi2' or 'Gaudi3'?"),  # type: ignore[list-item]
        (intel.gpu.family.starts_with("arc"), "starts with 'arc'", "case matters"),
        (intel.gpu.family == 5, "is a string, but is compared with 5 (int)", ""),
        (google.tpu.chip_count == "4", "is a whole number, but is compared with '4' (str)", ""),
        (google.tpu.chip_count == True, "compared with True (bool)", ""),  # noqa: E712
        (google.tpu.chip_count == 2**63, "does not fit into 64 bits", ""),
        (intel.gpu.sriov == "true", "is true or false", "use it by itself"),
        (intel.gpu.memory >= "16GiB", "'16GiB' is not a valid quantity", "did you mean '16Gi'?"),
        (intel.gpu.memory >= 1.5, "compared with 1.5 (float)", ""),  # type: ignore[operator]
        (nvidia.gpu.driver_version >= "580", "'580' is not a valid semantic version", "did you mean '580.0.0'?"),
        (nvidia.gpu.driver_version >= "v9.01", "is not a valid semantic version", "did you mean '9.1.0'?"),
        (intel.gpu.model == "x" * 65, "can never equal a string of 65 bytes", "starts_with"),
        (intel.gpu.model.matches("("), "is not a regular expression", ""),
        (intel.gpu.model.in_("B60"), "takes a list", ".in_(['B60'])"),
        (intel.gpu.model.in_([]), "got no values", ""),
        (amd.gpu.family == "MI300", "is not published by the driver", ""),
        (intel.gpu.model == "\ud800", "half of a surrogate pair", ""),
    ],
)
def test_a_value_that_can_only_be_wrong_is_refused_with_a_hint(expression: Expression, fault: str, hint: str) -> None:
    with pytest.raises(SpecError) as caught:
        str(expression)
    (problem,) = caught.value.problems
    assert fault in problem.message
    assert hint in problem.hint


def test_all_faults_of_an_expression_come_together() -> None:
    both = (intel.gpu.family == "Flex") & (intel.gpu.memory >= "1x") | ~intel.gpu.model.in_([])  # type: ignore[operator]
    assert len(both.problems) == 3
    assert "Flex" in repr(both)


def test_a_deprecated_attribute_is_a_warning() -> None:
    expression = intel.gpu.pci_root == "00"
    assert [problem.severity for problem in expression.problems] == ["warning"]
    assert str(expression).startswith("has(")


def test_expressions_know_what_they_read() -> None:
    expression = (intel.gpu.model == "B60") & (intel.gpu.memory >= "1Gi") & (intel.gpu.model != "x")
    assert [(reference.map, reference.name) for reference in expression.reads] == [("attributes", "model"), ("capacity", "memory")]


@pytest.mark.parametrize("term", [intel.gpu.memory, nvidia.gpu.driver_version, intel.gpu.family])
def test_a_single_value_where_a_list_belongs_is_reported(term: Any) -> None:
    (problem,) = term.in_(5).problems
    assert "takes a list of values" in problem.message
    assert problem.hint == "write .in_([5])"
