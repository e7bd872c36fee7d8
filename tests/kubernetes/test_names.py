import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra.lexical import names


@pytest.mark.parametrize("text", ["a", "a-b", "0", "a" * 63])
def test_dns_labels_are_accepted(text: str) -> None:
    assert not names.dns_label_problem(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "must not be empty"),
        ("A", "lower-case"),
        ("a.b", "may only hold"),
        ("-a", "start and end"),
        ("a" * 64, "is 64 bytes long"),
        ("a\n", "may only"),
        ("é", "may only"),
    ],
)
def test_a_bad_dns_label_is_reported_in_words(text: str, fault: str) -> None:
    assert fault in names.dns_label_problem(text)


@pytest.mark.parametrize(
    ("text", "valid"),
    [("a.b-c.d", True), ("gpu.intel.com", True), ("a..b", False), (".a", False), ("a_b", False), ("a" * 254, False), ("A.b", False)],
)
def test_dns_subdomains(text: str, valid: bool) -> None:
    assert (not names.dns_subdomain_problem(text)) is valid


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("app", True),
        ("a.b/c_D.e", True),
        ("a/b/c", False),
        ("/a", False),
        ("a/", False),
        ("", False),
        ("A.b/c", False),
        ("-a", False),
        ("a/" + "x" * 63, True),
        ("a/" + "x" * 64, False),
    ],
)
def test_label_keys(text: str, valid: bool) -> None:
    assert (not names.label_key_problem(text)) is valid


@pytest.mark.parametrize(("text", "valid"), [("", True), ("A_b.c-1", True), ("a b", False), ("-a", False), ("x" * 64, False), ("a/b", False)])
def test_label_values(text: str, valid: bool) -> None:
    assert (not names.label_value_problem(text)) is valid


@pytest.mark.parametrize(
    ("text", "valid"),
    [("http", True), ("a" * 15, True), ("a" * 16, False), ("80", False), ("a--b", False), ("-a", False), ("a_b", False), ("H", False)],
)
def test_port_names(text: str, valid: bool) -> None:
    assert (not names.port_name_problem(text)) is valid


@pytest.mark.parametrize(("text", "valid"), [("_a1", True), ("1a", False), ("", False), ("a-b", False), ("a.b", False)])
def test_c_identifiers(text: str, valid: bool) -> None:
    assert (not names.c_identifier_problem(text)) is valid


@pytest.mark.parametrize(("text", "valid"), [("PATH", True), ("a.b-c", True), ("a=b", False), ("", False), ("é", False), ("1 2", True)])
def test_environment_variable_names(text: str, valid: bool) -> None:
    assert (not names.env_name_problem(text)) is valid


@pytest.mark.parametrize(("text", "valid"), [("a.yaml", True), (".a", True), ("..a", False), (".", False), ("a b", False), ("", False)])
def test_config_keys(text: str, valid: bool) -> None:
    assert (not names.config_key_problem(text)) is valid


def test_a_service_name_starts_with_a_letter() -> None:
    assert "letter" in names.dns1035_label_problem("1a")
    assert not names.dns1035_label_problem("a1")


@given(st.text(max_size=200), st.integers(min_value=10, max_value=63))
def test_a_label_made_from_any_text_is_valid(text: str, limit: int) -> None:
    label = names.to_dns_label(text, limit=limit)
    assert not names.dns_label_problem(label)
    assert len(label) <= limit


def test_a_label_made_from_a_model_name_reads_like_it_and_long_ones_stay_apart() -> None:
    assert names.to_dns_label("meta-llama/Llama-3.1-8B") == "meta-llama-llama-3-1-8b"
    assert names.to_dns_label("m" * 70 + "a") != names.to_dns_label("m" * 70 + "b")
