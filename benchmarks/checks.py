"""What checking selectors and manifests costs."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Row, run
from benchmarks.programs import many
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
        costs = []
        for megabytes in (23, 46):
            count = many.write(megabytes, file)
            costs.append(run(["-c", _CHECK, str(file)], repeat=1))
        halves, whole = costs
        yield Row(name=f"check of a fleet of {count:,} objects in 46 MB, processor time", value=whole.printed, unit="s", target=15)
        yield Row(name="check of a fleet: memory of the process", value=whole.megabytes, unit="MB", target=800)
        yield Row(name="check of a fleet: against half of it", value=whole.printed / halves.printed, target=2.3)


_CHECK = """
import sys, time
from click.testing import CliRunner
from constructs_dra.cli import main

result = CliRunner().invoke(main, ["check", sys.argv[1]])
assert "objects for Kubernetes" in result.output, result.output[-500:]
print(time.process_time())
"""
