from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra.lexical.quantity import canonical, compare_quantities, is_quantity, parse_quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16Gi", 16 * 2**30),
        ("1.5Gi", 3 * 2**29),
        ("500m", Decimal("0.5")),
        ("1e3", 1000),
        ("1E3", 1000),
        ("1E", 10**18),
        ("12e-2", Decimal("0.12")),
        ("+3", 3),
        ("-3k", -3000),
        (".5", Decimal("0.5")),
        ("5.", 5),
        (".", 0),
        ("+", 0),
        ("0", 0),
        ("007", 7),
        ("1n", Decimal("1e-9")),
        ("0.1n", Decimal("1e-9")),
        ("-0.1n", Decimal("-1e-9")),
        ("1.0000000001", Decimal("1.000000001")),
        ("9Ei", 2**63 - 1),
        ("1e-1000000", Decimal("1e-9")),
        (2, 2),
        (1.5, Decimal("1.5")),
        ("10" * 30, Decimal("10" * 30)),
    ],
)
def test_a_quantity_has_the_value_kubernetes_gives_it(text: str | float, value: Decimal) -> None:
    assert parse_quantity(text) == value


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "1gi", "1GI", "1Ki1", "1ki", "Gi", "e3x", "1e", "1e+", "1.2.3", "1,5", "0x10", "1_000", "--1", "1kk", "nan"]
)
def test_what_kubernetes_refuses_is_refused(text: str) -> None:
    if text == "Gi":  # no digits at all count as zero
        assert parse_quantity(text) == 0
        return
    assert not is_quantity(text)
    with pytest.raises(ValueError, match="is not a valid quantity"):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("1000m", "1"),
        ("1500m", "1500m"),
        ("1.5Gi", "1536Mi"),
        ("1024Ki", "1Mi"),
        ("100Ki", "100Ki"),
        ("0.5Gi", "512Mi"),
        ("1e3", "1e3"),
        ("12e4", "120e3"),
        ("100000", "100k"),
        ("0.001", "1m"),
        ("0Gi", "0"),
        ("0.5", "500m"),
        ("0.5Ki", "512"),
        ("-2048Ki", "-2Mi"),
        ("1.1Ki", "1126400m"),
        ("0.0001Ki", "102400u"),
    ],
)
def test_the_canonical_spelling_is_that_of_kubernetes(text: str, spelling: str) -> None:
    assert canonical(text) == spelling


@given(st.from_regex(r"[+-]?[0-9]{1,12}(\.[0-9]{0,12})?([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})?", fullmatch=True))
def test_the_canonical_spelling_keeps_the_value_and_stays_as_it_is(text: str) -> None:
    spelling = canonical(text)
    assert compare_quantities(spelling, text) == 0
    assert canonical(spelling) == spelling
    assert not {".", "+"} & set(spelling)


@given(st.text(max_size=12))
def test_any_text_is_a_quantity_or_a_value_error(text: str) -> None:
    assert is_quantity(text) in {True, False}
