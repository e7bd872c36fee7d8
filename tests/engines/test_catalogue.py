"""The catalogue is what the facts say, small, and quick to load."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_dra.engines.catalogue import dialect, flag_spans, retirement
from constructs_dra.engines.data import facts
from constructs_dra.engines.versions import known, span_words, versions

_DATA = Path(facts.__wrapped__.__code__.co_filename).parent


def test_it_is_generated_from_the_facts(shared: Path, tmp_path: Path) -> None:
    if not (shared / "facts" / "engine").is_dir():
        pytest.skip("no facts about engines")
    program = Path(__file__).resolve().parents[2] / "tools" / "generate_engines.py"
    subprocess.run([sys.executable, str(program), str(shared / "facts"), "--into", str(tmp_path)], check=True, capture_output=True)
    fields = tmp_path / "vllm_fields.pyi"
    assert fields.read_text() == (_DATA.parent / fields.name).read_text(), f"{fields.name} is stale; run tools/generate_engines.py"
    fields.unlink()
    assert {file.name for file in tmp_path.iterdir()} == {file.name for file in _DATA.glob("*.json.gz")}
    for file in tmp_path.iterdir():
        # the same content is packed into other bytes by other versions of Python
        assert gzip.decompress(file.read_bytes()) == gzip.decompress((_DATA / file.name).read_bytes()), (
            f"{file.name} is stale; run tools/generate_engines.py"
        )


def test_it_is_small() -> None:
    assert sum(file.stat().st_size for file in _DATA.glob("*.json.gz")) < 200_000


def test_versions_have_words() -> None:
    assert (versions()[0], len(versions())) == ("0.8.4", len(set(versions())))
    assert span_words([[0, len(versions()) - 1]]) == "every version"
    assert span_words([[0, 1], [2, 3]]) == "0.9.0 and earlier"
    assert known("v0.11.0+cu129") == "0.11.0"
    assert known("0.11") is None


def test_a_dialect_knows_its_flags() -> None:
    old, new = dialect("0.8.4"), dialect("0.33.0")
    assert "--no-enforce-eager" not in old.options
    assert new.options["--no-enforce-eager"] is new.options["--enforce-eager"]
    assert new.options["-tp"].name == "--tensor-parallel-size"
    assert flag_spans("--task")
    assert not flag_spans("--nonsense")
    assert "--runner" in retirement("--task")


def test_a_fork_has_flags_of_its_own() -> None:
    assert "--split-qkv" in dialect("gaudi-0.9.0.1").options
    assert "--split-qkv" not in dialect("0.9.0.1").options
    with pytest.raises(KeyError):
        dialect("0.1.0")
