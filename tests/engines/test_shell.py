"""Shell scripts are read as far as they can be."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.engines.shell import OPAQUE, Script, read_script


def words(text: str, environment: dict[str, str | None] | None = None, arguments: tuple[str, ...] = ()) -> list[list[str]]:
    return [[word.text for word in command.words] for command in read_script(text, environment or {}, arguments).commands]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vllm serve m --port 1", [["vllm", "serve", "m", "--port", "1"]]),
        ("vllm serve \\\n  m", [["vllm", "serve", "m"]]),
        ("a 'b c' \"d e\" f\\ g", [["a", "b c", "d e", "f g"]]),
        ("a; b && c || d | e &\nf", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]),
        ("# nothing\na # more\nb", [["a"], ["b"]]),
        ("X=1; a $X ${X} \"$X\" '$X'", [["a", "1", "1", "1", "$X"]]),
        ("X='1 2'; a $X \"$X\"", [["a", "1", "2", "1 2"]]),
        ("X=; a $X b", [["a", "b"]]),
        ("a > /dev/null 2>&1 b", [["a", "b"]]),
        ("if x; then a; fi; b", [["x"], ["a"], ["b"]]),
        ("case $x in\n a) b ;;\n c) d ;;\nesac\ne", [["b"], ["d"], ["e"]]),
        ("a $((1 + 2)) $(( X * 2 ))", [["a", "3", OPAQUE]]),
        ("a $(b c) `d`", [["a", OPAQUE, OPAQUE]]),
        ("cat <<EOF\nnot ) a ' command\nEOF\nb", [["cat"], ["b"]]),
        ("cat <<EOF > f && b\nc\nEOF\nd", [["cat"], ["b"], ["d"]]),
        ("X=1; X+=' 2'; a $X $Y", [["a", "1", "2", OPAQUE]]),
        ("Y+=1; a $Y", [["a", OPAQUE]]),
        ("A=(b 'c d'); A+=(e); a \"${A[@]}\" ${A[*]}", [["a", "b", "c d", "e", "b", "c d", "e"]]),
        ('A=()\nif x; then A+=(b); fi\na "${A[@]}"', [["x"], ["a", OPAQUE]]),
        ("a $'b\\nc' $\"d\"", [["a", "b\nc", "d"]]),
        ('a --json "{\\"k\\": 1}"', [["a", "--json", '{"k": 1}']]),
    ],
)
def test_commands_and_their_words(text: str, expected: list[list[str]]) -> None:
    assert words(text) == expected


def test_a_variable_counts_only_where_its_value_is_certain() -> None:
    text = 'A=1\nif [ -n "$Q" ]; then A=2; fi\nB=2\nrun $A $B $C ${D:-4} ${E:-5}'
    script = read_script(text, {"C": "3", "D": None, "E": ""})
    assert [word.text for word in script.commands[-1].words] == ["run", OPAQUE, "2", "3", OPAQUE, "5"]
    assert [word.opaque for word in script.commands[-1].words][1] == ("$A",)


def test_arguments_of_the_script_stand_for_themselves() -> None:
    assert words('exec vllm serve "$@"', arguments=("sh", "m", "--port=1")) == [["exec", "vllm", "serve", "m", "--port=1"]]
    assert words("run $1", arguments=("sh", "m")) == [["run", "m"]]


def test_words_know_their_line_and_column() -> None:
    word = read_script("a\n  b \\\n   --c", {}).commands[-1].words[-1]
    assert (word.text, word.line, word.column) == ("--c", 3, 4)


@pytest.mark.parametrize(("text", "place"), [("a 'b", (1, 3)), ('a\nb "c', (2, 3)), ("a $(b", (1, 3)), ("a `b", (1, 3)), ("a ${b", (1, 3))])
def test_what_has_no_end_is_named_with_its_place(text: str, place: tuple[int, int]) -> None:
    script = read_script(text, {})
    assert "closed" in script.fault
    assert (script.line, script.column) == place


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("ab $`'\"(){}[]<>|&;#\\\n=-:1X@*"), max_size=40))
def test_no_script_ends_in_a_traceback_or_never(text: str) -> None:
    script = read_script(text, {"X": "1 2", "a": None}, ("sh", "q"))
    assert isinstance(script, Script)


def test_a_here_document_keeps_the_lines_after_it_where_they_are() -> None:
    (_, command) = read_script("cat <<EOF\none\ntwo\nEOF\nb c", {}).commands
    assert [(word.line, word.column) for word in command.words] == [(5, 1), (5, 3)]
