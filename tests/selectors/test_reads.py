"""What a selector reads of a device, and what of it cannot fail."""

from constructs_dra.cel import compile_selector
from constructs_dra.selectors import readings

A = 'device.attributes["gpu.example.com"]'
C = 'device.capacity["gpu.example.com"]'


def test_what_a_selector_reads_is_known_with_its_guards() -> None:
    selector = compile_selector(
        f'{A}.model == "B60" && has({A}.index) && {A}.index > 2 && ("memory" in {C} ? sign({C}.memory) > 0 : sign({C}.spare) > 0) '
        f'&& cel.bind(a, {A}, !has(a.sriov) || a.sriov) && {A}.?uuid.orValue("") == ""'
    )
    reads = [(reading.kind, reading.name, reading.guarded) for reading in readings(selector.tree)]
    assert reads == [
        ("attribute", "model", False),
        ("attribute", "index", True),
        ("attribute", "index", True),
        ("capacity", "memory", True),
        ("capacity", "memory", True),
        ("capacity", "spare", False),
        ("attribute", "sriov", True),
        ("attribute", "sriov", True),
        ("attribute", "uuid", True),
    ]
