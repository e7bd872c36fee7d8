"""Every rule is shown: a text that it reports, and the same text mended, about which nothing is said."""

from pathlib import Path

import pytest

from constructs_dra import rules as table
from constructs_dra.rules import rules
from constructs_dra.rules.example import NOT_SHOWN, example
from tools.documentation.rule_examples import reported

SHOWN = sorted(name for name in rules() if example(name))


def test_every_rule_has_an_example_or_a_reason() -> None:
    assert set(SHOWN) | set(NOT_SHOWN) == set(rules())
    assert not set(SHOWN) & set(NOT_SHOWN)
    assert all(NOT_SHOWN.values())
    files = [file.name.partition(".")[0] for file in (Path(table.__file__).parent / "examples").iterdir()]
    assert sorted(files) == SHOWN, "one file for each rule, and none besides"


@pytest.mark.parametrize("name", SHOWN)
def test_a_rule_reports_its_failing_example_and_nothing_in_the_other(name: str, tmp_path: Path) -> None:
    shown = example(name)
    assert shown
    assert shown.marked("wrong") or shown.marked("right")
    assert set(reported(shown, "wrong", tmp_path).rules) == {name}
    assert reported(shown, "right", tmp_path).rules == ()
