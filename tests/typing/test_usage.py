"""What type checkers accept here also runs; the checkers themselves are run by `make types`."""

import runpy
from pathlib import Path

import pytest

_USAGE = Path(__file__).parent / "usage.py"


@pytest.mark.node
def test_the_programs_that_type_checkers_accept_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDK8S_OUTDIR", str(tmp_path))
    programs = runpy.run_path(str(_USAGE))
    programs["through_cdk8s"]()
    programs["without_node"]()
    assert {path.name for path in tmp_path.rglob("[!.]*.*")} == {"serving.k8s.yaml", "claims.k8s.yaml", "llama.yaml", "note.txt"}
