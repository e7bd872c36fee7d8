"""What checking selectors and manifests costs."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Row, run
from benchmarks.programs.fleet import service
from constructs_dra.manifest import to_yaml

__all__ = ["rows"]


def rows() -> Iterator[Row]:
    """The table's lines, measured one after the other."""
    program = str(Path(__file__).parent / "programs" / "selector.py")
    yield Row(name="check of one selector (family and memory), after the first", value=run([program]).printed, unit="ms", target=0.5)
    yield Row(name="check of a wrong one of three clauses, its report included", value=run([program, "long"]).printed, unit="ms")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "manifests.yaml"
        file.write_text(to_yaml(manifest for number in range(200) for manifest in service(number).manifests()), encoding="utf-8")
        command = ["-c", "import sys; from constructs_dra.cli import main; sys.argv[0] = 'constructs-dra'; main()", "check", str(file)]
        yield Row(name="constructs-dra check of 1,000 objects: whole process", value=run(command, repeat=3).seconds, unit="s", target=2)
