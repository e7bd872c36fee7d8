"""Flags of the endpoint picker, read as its own parser reads them."""

import pytest

from constructs_dra.picker.flags import read_flags


def faults(*arguments: str, version: str = "v0.10", environment: list[str] | None = None) -> list[str]:
    return [f"{each.path} {each.message}" for each in read_flags(arguments, version=version, environment=environment).problems]


def test_flags_are_read_with_and_without_an_equals_sign_and_short_ones_too() -> None:
    read = read_flags(["--pool-name", "a", "--zap-encoder=json", "-v=3", "-v4", "--tracing"])
    assert dict(read.values) == {"pool-name": "a", "zap-encoder": "json", "v": "4", "tracing": "true"}
    assert not read.problems


def test_a_switch_takes_no_value_behind_a_blank() -> None:
    assert faults("--pool-name=a", "--secure-serving", "false") == ["[2] 'false' is not a flag, and the endpoint picker passes over it"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--pool-name=a", "--poolname=b"], "unknown flag: --poolname"),
        ([], "needs --pool-name or --endpoint-selector"),
        (["--pool-name=a", "--endpoint-selector=b=c", "--endpoint-target-ports=1"], "has both"),
        (["--endpoint-selector=b=c"], "needs 1 to 8 ports"),
        (["--endpoint-selector=b=c", "--endpoint-target-ports=70000"], "not a port"),
        (["--pool-name=a", "--grpc-port=70000"], "from 0 to 65535"),
        (["--pool-name=a", "--refresh-metrics-interval=50"], "must be a duration"),
        (["--pool-name=a", "--tls-min-version=1.3"], "must be one of VersionTLS10"),
        (["--pool-name=a", "--config-file=a", "--config-text=b"], "cannot be set together"),
        (["--pool-name=a", "--model-server-metrics-port=1"], "is not a flag of the endpoint picker v0.10"),
        (["--pool-name=a", "--lora-info-metric=b"], "cannot be used"),
        (["--pool-name"], "needs a value"),
    ],
)
def test_what_the_picker_refuses_is_named(arguments: list[str], says: str) -> None:
    assert says in "".join(faults(*arguments))


def test_a_selector_needs_the_name_of_the_pod() -> None:
    arguments = ("--endpoint-selector=a=b", "--endpoint-target-ports=8000")
    assert not faults(*arguments, environment=["POD_NAME"])
    assert "needs the environment variable POD_NAME" in faults(*arguments, environment=[])[0]
