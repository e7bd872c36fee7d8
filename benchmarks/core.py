"""What importing, describing and writing costs, through either door."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Row, run, run_in_turn
from benchmarks.programs.fleet import service
from constructs_dra.constructs.node import wheel_node
from constructs_dra.manifest import to_yaml

__all__ = ["rows"]

_PROGRAMS = Path(__file__).parent / "programs"


def rows() -> Iterator[Row]:
    """The table's lines, measured one after the other."""
    node = {"JSII_NODE": str(wheel_node())}
    loaded = run(["-c", "import constructs_dra, sys; print(int(any(name in sys.modules for name in ('jsii', 'cdk8s'))))"], repeat=9)
    yield Row(name="import constructs_dra: whole process", value=loaded.seconds * 1000, unit="ms", target=100)
    yield Row(name="import constructs_dra: Node processes started", value=loaded.printed, target=0)

    pure = run([_program("pure"), "1"], repeat=9)
    yield Row(name="one service, pure door: whole process", value=pure.seconds * 1000, unit="ms", target=150)
    with TemporaryDirectory() as folder:
        objects = Path(folder) / "objects.yaml"
        objects.write_text(to_yaml(service(0).manifests()), encoding="utf-8")
        programs = [[_program("bare")], [_program("door"), "1"], [_program("included"), str(objects)]]
        bare, door, included = run_in_turn(programs, repeat=11, environment=node)
    yield Row(name="App + Chart + synth of cdk8s alone: whole process", value=bare.seconds * 1000, unit="ms")
    yield Row(name="one service, cdk8s door: whole process", value=door.seconds * 1000, unit="ms")
    yield Row(name="one service, cdk8s door: ratio to cdk8s alone", value=door.seconds / bare.seconds, target=1.25)
    yield Row(name="one service, cdk8s door: ratio to its objects as plain ApiObjects", value=door.seconds / included.seconds, target=1.2)

    hundred = run([_program("pure"), "100"], repeat=5)
    yield Row(name="100 services of 5 objects, pure door: process start to files", value=hundred.seconds, unit="s")
    thousand = run([_program("pure"), "1000"], repeat=3)
    yield Row(name="1,000 services of 5 objects, pure door: process start to files", value=thousand.seconds, unit="s", target=1.5)
    yield Row(name="1,000 services of 5 objects, pure door: memory", value=thousand.megabytes, unit="MB", target=300)

    fleet = run([_program("whole"), "1000"], repeat=3)
    name = f"1,000 services with everything, {fleet.printed:g} objects each, pure door"
    yield Row(name=f"{name}: start to files", value=fleet.seconds, unit="s", target=4)
    yield Row(name=f"{name}: memory", value=fleet.megabytes, unit="MB", target=300)

    programs = [[_program("door"), "100"], [_program("one_deployment"), "ours", "100"], [_program("one_deployment"), "plus", "100"]]
    many, ours, plus = run_in_turn(programs, repeat=3, environment=node)
    yield Row(name="100 services of 5 objects, cdk8s door: per object beyond start-up", value=many.printed, unit="ms", target=6)
    yield Row(name="a Deployment of theirs, cdk8s-plus-34: per object beyond start-up", value=plus.printed, unit="ms")
    yield Row(name="cdk8s-plus-34 ÷ cdk8s door, per object", value=plus.printed / many.printed, target=3, better="above")
    yield Row(name="a Deployment alone, cdk8s door: per object beyond start-up", value=ours.printed, unit="ms")
    yield Row(name="cdk8s-plus-34 ÷ cdk8s door, Deployments alone", value=plus.printed / ours.printed)

    emit, dump = run_in_turn([[_program("emit"), "ours"], [_program("emit"), "pyyaml"]], repeat=3)
    yield Row(name="YAML of an object, our emitter", value=emit.printed, unit="ms")
    yield Row(name="YAML of an object, PyYAML's C dumper", value=dump.printed, unit="ms")
    yield Row(name="PyYAML ÷ our emitter", value=dump.printed / emit.printed)


def _program(name: str) -> str:
    return str(_PROGRAMS / f"{name}.py")
