"""`constructs-dra drivers` shows the catalogue."""

import json

import pytest
from click.testing import CliRunner, Result

from constructs_dra.cli import main
from constructs_dra.drivers import all_drivers


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["drivers", *arguments])


def test_every_driver_has_a_line() -> None:
    result = _run()
    assert result.exit_code == 0
    assert len(result.output.splitlines()) == len(all_drivers()) + 1
    assert "intel-gaudi" in result.output


@pytest.mark.parametrize("name", ["gaudi.intel.com", "intel-gaudi", "GAUDI.intel.com"])
def test_one_driver_is_shown_with_all_that_is_known(name: str) -> None:
    result = _run(name)
    assert result.exit_code == 0
    for text in ("gaudi.intel.com/model", "one of 'Gaudi', 'Gaudi2', 'Gaudi3'", "habana.ai/gaudi", "CriticalError:NoExecute", "DEPRECATED"):
        assert text in result.output


def test_a_device_class_leads_to_its_driver() -> None:
    assert _run("mig.nvidia.com").output.startswith("gpu.nvidia.com (nvidia-gpu)")


def test_a_vendor_leads_to_all_of_its_drivers() -> None:
    output = _run("intel").output
    assert [name for name in ("intel-gpu", "intel-gaudi", "intel-qat", "intel-npu") if f"({name})" in output] == [
        "intel-gpu",
        "intel-gaudi",
        "intel-qat",
        "intel-npu",
    ]


def test_an_unknown_name_is_wrong_usage_with_a_hint() -> None:
    result = _run("gaudy.intel.com")
    assert result.exit_code == 2
    assert "did you mean 'gaudi.intel.com'?" in result.output


def test_machines_get_everything() -> None:
    (record,) = json.loads(_run("gpu.intel.com", "--json").output)["drivers"]
    assert record["id"] == "intel-gpu"
    assert record["attributes"][1]["values_kind"] == "complete"
    assert len(json.loads(_run("--json").output)["drivers"]) == len(all_drivers())


@pytest.mark.parametrize("record", all_drivers(), ids=lambda record: record.id)
def test_every_driver_can_be_shown(record: object) -> None:
    assert _run(getattr(record, "id")).exit_code == 0  # noqa: B009
