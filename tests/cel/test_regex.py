"""RE2 patterns: the same matches as RE2, in linear time."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.cel.regex import Regex, RegexError, compile_regex

_ATOMS = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", r"\d", r"\w", "(a|b)", "(ab|a)", "(?:bc)", "^", "$", r"\b"])
_REPEATS = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{0,2}", "*?", "+?"])
_PATTERNS = st.lists(st.tuples(_ATOMS, _REPEATS).map("".join), min_size=1, max_size=5).map("".join)


@given(_PATTERNS, st.text("abc1 \n", max_size=12))
@settings(max_examples=300, deadline=None)
def test_matches_are_those_of_a_backtracking_matcher(pattern: str, text: str) -> None:
    try:
        regex = Regex(pattern)
    except RegexError:
        return
    try:
        expected = re.search(pattern.replace("$", r"\Z"), text, re.ASCII)
    except re.error:
        return  # RE2 repeats assertions, Python does not
    assert regex.matches(text) == (expected is not None)
    assert regex.find(text) == (expected.group() if expected else "")


@given(_PATTERNS, _PATTERNS, st.text("abc1", max_size=10))
@settings(max_examples=200, deadline=None)
def test_both_ways_of_matching_agree(one: str, other: str, text: str) -> None:
    try:
        plain, nested = Regex(f"{one}|{other}"), Regex(f"(?:{one}|{other}){{1}}|(?:(?:x?y?)*z)")
    except RegexError:
        return
    if "z" not in text:
        assert plain.find(text) == nested.find(text)


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
    ],
)
def test_re2s_own_syntax_is_understood(pattern: str, text: str, found: str) -> None:
    assert compile_regex(pattern).find(text) == found


def test_empty_matches_never_follow_another_match() -> None:
    assert list(compile_regex("a*").find_all("baac")) == ["", "aa", ""]


@pytest.mark.parametrize("pattern", ["(a*)*b", "(a|a)*b", "(x+x+)+y", "(a?){60}a{60}b", "a?" * 30 + "a" * 30 + "b", ".*.*.*.*.*=.*"])
def test_no_pattern_is_slow(pattern: str) -> None:
    start = time.perf_counter()
    assert not compile_regex(pattern).matches("a" * 64 + "x" * 10)
    assert time.perf_counter() - start < 2
