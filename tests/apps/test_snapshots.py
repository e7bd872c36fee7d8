"""Whole charts: every file the example apps make, to the letter. `pytest tests/apps/test_snapshots.py --snapshot-update` accepts a change."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.applied import sent

_ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.node


class _Yaml(SingleFileSnapshotExtension):
    """One YAML file per snapshot, readable as what it is."""

    file_extension = "yaml"
    _write_mode = WriteMode.TEXT


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What all apps together write: relative path to text."""
    folder = tmp_path_factory.mktemp("made") / "dist"
    subprocess.run([sys.executable, "apps"], cwd=_ROOT, env=os.environ | {"CDK8S_OUTDIR": str(folder)}, check=True)
    # the fleet writes one like the other: the first file of each folder speaks for the rest
    files = sorted(folder.glob("*.yaml")) + [min(each.glob("*.yaml")) for each in sorted(folder.iterdir()) if each.is_dir()]
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def test_apps_write(made: dict[str, str], snapshot: SnapshotAssertion) -> None:
    assert made
    for name, text in made.items():
        assert text == snapshot(name=name.replace("/", "-").removesuffix(".yaml").removesuffix(".k8s"), extension_class=_Yaml)


def test_applying_what_apps_write_again_changes_nothing(made: dict[str, str]) -> None:
    for text in made.values():
        for manifest in filter(None, yaml.safe_load_all(text)):
            assert sent(manifest) == []
