import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra.lexical.semver import Semver, is_semver, parse_semver


@pytest.mark.parametrize("text", ["1.2.3", "0.0.0", "1.2.3-rc.1", "1.2.3+b.01", "1.2.3-a-b.0+x", "18446744073709551615.0.0"])
def test_a_strict_version_prints_back(text: str) -> None:
    assert str(parse_semver(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1.2",
        "01.2.3",
        "1.2.3-",
        "1.2.3+",
        "1.2.3-01",
        "v1.2.3",
        "1.2.3-é",
        "1.2.3.4",
        "1.2.3\n",
        "-1.2.3",
        "18446744073709551616.0.0",
        "1.2.3-a..b",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    assert not is_semver(text)
    with pytest.raises(ValueError, match="is not a valid semantic version"):
        parse_semver(text)


def test_versions_are_ordered_as_semver_org_has_it() -> None:
    rising = [
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "1.2.0",
        "1.10.0",
    ]
    assert sorted(map(parse_semver, reversed(rising))) == list(map(parse_semver, rising))
    assert parse_semver("1.0.0+a") == parse_semver("1.0.0+b")
    assert Semver(1, 0, 0) >= parse_semver("1.0.0-x")


@pytest.mark.parametrize(("text", "version"), [("v1", "1.0.0"), ("1.02", "1.2.0"), ("V01.02.03-rc", "1.2.3-rc")])
def test_a_normalized_version_may_be_written_loosely(text: str, version: str) -> None:
    assert str(parse_semver(text, normalize=True)) == version


@given(st.text(alphabet="0123456789.-+avé\n", max_size=20), st.booleans())
def test_any_text_is_a_version_or_a_value_error(text: str, normalize: bool) -> None:
    assert is_semver(text, normalize=normalize) in {True, False}
