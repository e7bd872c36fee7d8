"""The page about devices shows what happens."""

import contextlib
import io
import re
from pathlib import Path

_PAGE = (Path(__file__).resolve().parents[2] / "docs" / "devices.md").read_text()


def test_the_code_of_the_page_runs_and_prints_what_it_shows() -> None:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        scope: dict[str, object] = {}
        for block in re.findall(r"```python\n(.*?)```", _PAGE, re.DOTALL):
            exec(block, scope)
    for shown in re.findall(r"```(?:yaml|cel)\n(.*?)```", _PAGE, re.DOTALL):
        assert shown.strip() in output.getvalue()
