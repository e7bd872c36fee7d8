"""The worst-case cost, against numbers that Kubernetes' own tests and documentation state."""

import pytest

from constructs_dra.cel import compile_selector

D = 'device.attributes["d"]'


@pytest.mark.parametrize(
    ("expression", "cost"),
    [
        ("false", 0),
        ('device.driver == ""', 2),
        (f"{D}.name", 4),
        (f'{D}.name == "fish"', 5),
        (f"has({D}.name)", 3),
        (f'cel.bind(dra, {D}, dra.name == "x")', 16),
        ('device.attributes.exists_one(x, x == "dra.example.com")', 164),
        (f'{D}.services.matches("[^a]?sym")', 18),
        (f'{D}.services.split("example").size() >= 2', 19),
        (f'{D}.a.lowerAscii() == "data center max"', 13),
        ("['a','b','c'].all(x, ['d','e'].exists(y, x != y))", 95),
        ("sets.contains(['B60','A770'], ['B60'])", 23),
    ],
)
def test_the_estimate_is_kubernetes_own(expression: str, cost: int) -> None:
    assert compile_selector(expression).max_cost == cost
