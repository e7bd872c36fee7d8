"""The page about devices shows what happens."""

import contextlib
import io
import re
from pathlib import Path

from constructs_dra.claims import check as claim_check
from constructs_dra.claims import request_check

_PAGE = (Path(__file__).resolve().parents[2] / "docs" / "devices.md").read_text()


def test_the_code_of_the_page_runs_and_prints_what_it_shows() -> None:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        scope: dict[str, object] = {}
        for block in re.findall(r"```python\n(.*?)```", _PAGE, re.DOTALL):
            exec(block, scope)
    for shown in re.findall(r"```(?:yaml|cel)\n(.*?)```", _PAGE, re.DOTALL):
        assert shown.strip() in output.getvalue()


def test_every_rule_of_ours_is_on_the_page() -> None:
    sources = [Path(str(module.__file__)).parent for module in (claim_check, request_check)]
    rules = {rule for folder in sources for path in folder.glob("*.py") for rule in re.findall(r'rule="([a-z-]+)"', path.read_text())}
    assert rules == set(re.findall(r"^\| `([a-z-]+)` \|", _PAGE, re.MULTILINE)) - {"strict-value"}
