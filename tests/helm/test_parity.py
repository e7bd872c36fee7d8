"""The recorded cases: values files and what the chart made of them."""

from pathlib import Path

import pytest

from conformance import parity
from constructs_dra.helm import render
from constructs_dra.helm.source import app_source


@pytest.mark.node
def test_every_recorded_case_agrees_with_the_chart(shared: Path) -> None:
    for score in parity.scores(shared):
        assert score.short == [], str(score)


def test_migrated_prefill_decode_cases_are_no_longer_than_their_values(shared: Path) -> None:

    for folder in sorted((shared / "parity").glob("*pd*")):
        imported = render([folder / "values.yaml"], release="rel", chart="0.4", lenient=True)
        if not imported.refused:
            source = app_source(imported, namespace="llm-d").source
            assert source.count("\n") <= (folder / "values.yaml").read_text(encoding="utf-8").count("\n"), folder.name
