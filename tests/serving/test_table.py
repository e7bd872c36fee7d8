"""Tables of a fleet: good rows become records, wrong ones are all reported with their lines, and the schema agrees with the reader."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import attrs
import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_dra import Claim, Container, Gaudi, ModelArtifacts, ModelService, Parallelism, Role, SpecError, read_table, table_schema


@dataclass(frozen=True)
class Row:
    """One model of the fleet."""

    model: str
    cluster: Literal["east", "west"]
    tensor: int = 1
    share: float | None = None
    spare: bool = False
    args: tuple[str, ...] = field(default_factory=tuple)


@attrs.frozen
class Plain:
    name: str
    size: int = 8


GOOD = """
- {model: Qwen/Qwen3-8B, cluster: east}
- {model: Qwen/Qwen3-32B, cluster: west, tensor: 2, share: 0.5, spare: true, args: [--block-size=128]}
"""


def table(folder: Path, text: str, name: str = "fleet.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def refused(path: Path, row: Any = Row) -> list[tuple[int, str, str]]:
    with pytest.raises(SpecError) as caught:
        read_table(path, row)
    assert all(problem.source == str(path) for problem in caught.value.problems)
    return [(problem.line, problem.path, problem.message) for problem in caught.value.problems]


def test_rows_become_records(tmp_path: Path) -> None:
    rows = read_table(table(tmp_path, GOOD), Row)
    assert rows == [Row("Qwen/Qwen3-8B", "east"), Row("Qwen/Qwen3-32B", "west", 2, 0.5, spare=True, args=("--block-size=128",))]
    assert read_table(table(tmp_path, '[{"name": "a"}]', "fleet.json"), Plain) == [Plain("a")]


def test_a_table_in_csv_gives_the_same_rows(tmp_path: Path) -> None:
    text = "model,cluster,tensor,share,spare,args\nQwen/Qwen3-8B,east,,,,\nQwen/Qwen3-32B,west,2,0.5,true,--block-size=128\n"
    assert read_table(table(tmp_path, text, "fleet.csv"), Row) == read_table(table(tmp_path, GOOD), Row)
    wrong = table(tmp_path, "model,clustr,tensor\na,east,two\n", "fleet.csv")
    assert refused(wrong) == [
        (2, "[0].clustr", "there is no such column"),
        (2, "[0].tensor", "must be a whole number, not 'two'"),
        (2, "[0]", "has no 'cluster'"),
    ]
    assert refused(table(tmp_path, "model,cluster\na,east,more\n", "fleet.csv")) == [(2, "[0]", "has more cells than there are columns")]


def test_every_wrong_cell_is_reported_with_its_line(tmp_path: Path) -> None:
    text = "- model: a\n  cluster: weast\n- model: 3\n  cluster: east\n  tensor: true\n- x\n"
    assert refused(table(tmp_path, text)) == [
        (2, "[0].cluster", "must be one of 'east', 'west', not 'weast'"),
        (3, "[1].model", "must be a string, not 3"),
        (5, "[1].tensor", "must be a whole number, not True"),
        (6, "[2]", "must be a mapping of columns to values, not 'x'"),
    ]
    assert refused(table(tmp_path, "a: 1\n"))[0][2].startswith("must be a list of rows")
    assert refused(tmp_path / "none.yaml")[0][2].startswith("cannot be read")
    assert refused(tmp_path / "none.csv")[0][2].startswith("cannot be read")


def test_what_a_record_of_this_library_refuses_is_reported_at_its_row(tmp_path: Path) -> None:
    @attrs.frozen
    class Sized:
        tensor: int

        def __attrs_post_init__(self) -> None:
            Parallelism(tensor=self.tensor)

    ((line, place, message),) = refused(table(tmp_path, "- {tensor: 1}\n- {tensor: 0}\n"), Sized)
    assert (line, place) == (2, "[1]")
    assert message.startswith("tensor: ")


def test_a_row_must_be_a_class_of_columns() -> None:
    for wrong in (dict, "Row", attrs.make_class("Odd", {"inner": attrs.field(type=Plain)})):
        with pytest.raises(TypeError, match="must be"):
            table_schema(wrong)  # type: ignore[arg-type]


def test_the_schema_says_what_the_reader_takes() -> None:
    schema = table_schema(Row)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(GOOD), schema)
    assert schema["items"]["required"] == ["model", "cluster"]
    assert schema["items"]["properties"]["tensor"] == {"type": "integer", "default": 1}
    assert schema["items"]["description"] == "One model of the fleet."


CELLS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["east", "west", "x", "", 0.5, 1.0])
    | st.lists(st.sampled_from(["a", 1]), max_size=2)
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from(["model", "cluster", "tensor", "share", "spare", "args", "other"]), CELLS, max_size=6), max_size=3))
def test_reader_and_schema_take_the_same_tables(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    path = table(tmp_path, json.dumps(rows), "fleet.json")
    valid = jsonschema.Draft202012Validator(table_schema(Row)).is_valid(rows)
    whole = any(isinstance(row.get("tensor"), float) for row in rows)  # 1.0 is an integer in JSON schemas
    try:
        read = read_table(path, Row)
    except SpecError:
        assert not valid or whole
    else:
        assert valid
        assert len(read) == len(rows)


def test_a_fleet_from_a_table(tmp_path: Path) -> None:
    services = [
        ModelService(
            row.model.partition("/")[2].lower(),
            model=ModelArtifacts.hf(row.model),
            decode=Role(
                parallelism=Parallelism(tensor=row.tensor),
                claims=[Claim("devices", Gaudi())],
                containers=[Container.vllm("ghcr.io/llm-d/llm-d-hpu:v0.4.0", args=list(row.args))],
            ),
        )
        for row in read_table(table(tmp_path, GOOD), Row)
    ]
    assert [service.name for service in services] == ["qwen3-8b", "qwen3-32b"]
