"""The apps that stand for the files of the guides are sound by themselves; `make conformance` holds their objects against the files."""

import inspect

import pytest

from constructs_dra.kubernetes.objects import check_semantics
from constructs_dra.kubernetes.schemas import check_object
from tests.guides.framework.compare import intended
from tests.guides.framework.registry import App, apps, guide, objects


@pytest.mark.parametrize("file", apps())
def test_the_api_server_takes_the_objects_of_an_app(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSTRUCTS_DRA_WARNINGS", "ignore")
    for manifest in objects(apps()[file]):
        found = [*check_object(manifest), *check_semantics(manifest)]
        assert [problem for problem in found if problem.severity == "error"] == []


@pytest.mark.parametrize("app", dict.fromkeys(apps().values()), ids=lambda app: app.__name__)
def test_an_app_fits_on_a_screen(app: App) -> None:
    assert len(inspect.getsource(app).splitlines()) <= 60


def test_what_is_listed_for_a_file_has_an_app() -> None:
    assert {each.file for each in intended()} <= {"", *apps()}


def test_every_listed_difference_has_a_reason_and_two_sides() -> None:
    for each in intended():
        assert each.reason
        assert (each.guide, each.here) != (None, None)


def test_a_file_has_one_app() -> None:
    first = next(iter(apps()))
    with pytest.raises(ValueError, match="two apps for"):
        guide(first)(apps()[first])
