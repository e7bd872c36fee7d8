"""Regular expressions as Go reads them, in linear time."""

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.lexical.regex import RegexError, compile_regex

_ATOMS = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", r"\d", r"\w", "(a|b)", "(ab|a)", "(?:bc)", "^", "$", r"\b"])
_REPEATS = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{0,2}", "*?", "+?"])
_PATTERNS = st.lists(st.tuples(_ATOMS, _REPEATS).map("".join), min_size=1, max_size=5).map("".join)


@given(_PATTERNS, st.text("abc1 \n", max_size=12))
@settings(max_examples=300, deadline=None)
def test_matches_are_those_of_a_backtracking_matcher(pattern: str, text: str) -> None:
    try:
        regex = compile_regex(pattern)
    except RegexError:
        return
    try:
        expected = re.search(pattern.replace("$", r"\Z"), text, re.ASCII)
    except re.error:
        return  # RE2 repeats assertions, Python does not
    assert regex.matches(text) == (expected is not None)
    assert regex.find(text) == (expected.group() if expected else "")


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "[",
        "a**",
        "*",
        "a{2,1}",
        "a{1001}",
        r"\1",
        "(?=a)",
        "(?<!a)",
        r"\pX",
        "[b-a]",
        "(?P<n>a)(?P<n>b)",
        "\\",
        "((a{100}){100}){100}",
        "(" * 500,
        "(" * 1001 + ")" * 1001,
        r"\C",
        "(?P<é>a)",
        r"\p{Nothing}",
        "\ud800",
        "[[:nothing:]]",
        r"((\pL{1000})|(\pL{1000})|(\pL{1000})|(\pL{1000}))",
        "a" * 100_000,
    ],
)
def test_what_re2_does_not_take_is_refused(pattern: str) -> None:
    with pytest.raises(RegexError):
        compile_regex(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("(?i)data", "DATA", "DATA"),
        ("(?s)a.b", "a\nb", "a\nb"),
        ("a.b", "a\nb", ""),
        ("(?m)^b$", "a\nb\nc", "b"),
        ("a$", "a\n", ""),
        (r"\Qa.b\E", "xa.b", "a.b"),
        (r"[[:alpha:]]+", "12ab", "ab"),
        (r"\p{Lu}", "aÉ", "É"),
        (r"\x41\x{42}", "AB", "AB"),
        ("(?U)a+", "aaa", "a"),
        ("(?P<name>b)", "abc", "b"),
        ("[]a]+", "a]a", "a]a"),
        (r"\p{Greek}+", "aπδb", "πδ"),
        (r"\p{Han}", "a漢", "漢"),
        (r"\p{^Greek}", "πa", "a"),
        (r"\P{Latin}", "aπ", "π"),
        (r"[\p{Han}x]+", "a漢x", "漢x"),
        (r"\p{Letter}+", "1é2", "é"),
        (r"\p{lowercase letter}+", "Aé2", "é"),
        (r"\p{old-italic}", "a\U00010300", "\U00010300"),
        (r"\p{LC}+", "1aÉ漢", "aÉ"),
        (r"[^\P{LC}]+", "1aÉ漢", "aÉ"),
        (r"\p{ASCII}+", "éab", "ab"),
        (r"\P{Cn}+", "\u0378ab", "ab"),
        (r"[(\]]+\Q(\C\E", "x(](\\C", "(](\\C"),
        ("(?<name>b)", "abc", "b"),
        (r"\pL{200}", "a" * 201, "a" * 200),
    ],
)
def test_re2s_own_syntax_is_understood(pattern: str, text: str, found: str) -> None:
    assert compile_regex(pattern).find(text) == found


def test_empty_matches_never_follow_another_match() -> None:
    assert list(compile_regex("a*").find_all("baac")) == ["", "aa", ""]


@pytest.mark.parametrize("pattern", ["(a*)*b", "(a|a)*b", "(x+x+)+y", "(a?){60}a{60}b", "a?" * 30 + "a" * 30 + "b", ".*.*.*.*.*=.*"])
def test_no_pattern_is_slow(pattern: str) -> None:
    start = time.process_time()
    assert not compile_regex(pattern).matches("a" * 64 + "x" * 10)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(("pattern", "text"), [(r"\pL{1000}!", "a" * 100_000), ("(a.*b)|a", "a" * 100_000)])
def test_what_would_take_long_is_given_up(pattern: str, text: str) -> None:
    start = time.process_time()
    with pytest.raises(RegexError, match="long"):
        list(compile_regex(pattern).find_all(text))
    assert time.process_time() - start < 4


@pytest.mark.parametrize("pattern", ["(", r"\C", r"((a{100}){100})", r"(\pL{1000}){3}", r"\pL{1000}!"])
def test_nothing_is_printed(pattern: str, capfd: pytest.CaptureFixture[str]) -> None:
    with suppress(RegexError):
        compile_regex(pattern).matches("a" * 2000)
    assert capfd.readouterr() == ("", "")


@given(st.text(max_size=20), st.text("ab(){}[]\\*+?|^$.pPCQE<>:é\ud800", max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_pattern_or_refused(text: str, pattern: str) -> None:
    with suppress(RegexError):
        regex = compile_regex(pattern)
        assert regex.matches(text) == (regex.find(text) != "" or any(found == "" for found in regex.find_all(text)))


def test_groups_are_named_in_a_replacement() -> None:
    assert compile_regex(r"(?P<x>a)(b)?").replace_all("zabza", "[$x|${2}|$$|$1x|$9]") == "z[a|b|$||]z[a||$||]"
    assert compile_regex("a*").replace_all("baac", "x") == "xbxcx"
    assert compile_regex("é").replace_all("aéa\udfff", "x") == "axa\N{REPLACEMENT CHARACTER}"
