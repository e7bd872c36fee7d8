"""What `import constructs_dra` promises: a sorted public surface, quick to import, no Node."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from constructs_dra.lazy import attach

_ROOT = Path(__file__).resolve().parents[1]


PACKAGES = ["constructs_dra", "constructs_dra.cel", "constructs_dra.claims", "constructs_dra.constructs", "constructs_dra.placement"]


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_public_names_are_sorted(package: str) -> None:
    names = import_module(package).__all__
    assert names == sorted(set(names))
    assert len(names) > 5


def test_a_stub_that_holds_more_than_names_is_refused(tmp_path: Path) -> None:
    (tmp_path / "__init__.pyi").write_text("from os import path\n")
    with pytest.raises(RuntimeError, match="line 1 is not of the form"):
        attach("mine", str(tmp_path / "__init__.py"))


@pytest.mark.node
def test_every_public_name_loads(package: str) -> None:
    module = import_module(package)
    for name in module.__all__:
        getattr(module, name)
    assert dir(module) == sorted(module.__all__)


def test_an_unknown_name_is_an_attribute_error(package: str) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'GuadiClaim'"):
        import_module(package).GuadiClaim  # noqa: B018


def test_importing_the_package_loads_neither_jsii_nor_anything_heavy() -> None:
    heavy = ("jsii", "cdk8s", "constructs", "yaml", "rich", "click")
    program = f"import sys, constructs_dra, constructs_dra.constructs; print(*(name for name in {heavy!r} if name in sys.modules))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=_ROOT)
    assert ended.stdout.split() == []


def _loaded(program: str, folder: Path) -> set[str]:
    """Modules that a program of one claim or one service has loaded in the end."""
    program += "\nimport sys; print('loaded', *sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=folder, env={"PYTHONPATH": str(_ROOT)})
    return set(ended.stdout.rpartition("loaded ")[2].split())


def test_a_claim_alone_loads_neither_data_nor_readers_of_it(tmp_path: Path) -> None:
    loaded = _loaded("from constructs_dra import Claim, Gaudi, to_yaml\nto_yaml([Claim('a', Gaudi(model='Gaudi2')).manifest()])", tmp_path)
    assert "constructs_dra.kubernetes.dra.claims" in loaded
    rooms = ("checks", "engines", "picker", "serving", "cel.selector", "kubernetes.objects", "kubernetes.dra.slices", "kubernetes.schemas")
    unneeded = {*(f"constructs_dra.{room}" for room in rooms), "yaml", "pathlib", "urllib", "ipaddress", "gzip", "fractions", "difflib"}
    assert loaded & unneeded == set()


def test_one_service_loads_what_its_objects_need(tmp_path: Path) -> None:
    program = (
        "from benchmarks.programs.fleet import service\nfrom constructs_dra import write_files\n"
        "write_files({'a.yaml': service(0).manifests()}, warnings='ignore')"
    )
    loaded = _loaded(program, tmp_path)
    assert {"constructs_dra.checks.together", "constructs_dra.kubernetes.objects.pods", "constructs_dra.engines.findings"} <= loaded
    unneeded = (
        "checks.manifests", "checks.needs", "checks.credentials", "cel.parser", "cel.selector", "picker.flags", "picker.judging", "picker.loader",
        "kubernetes.objects.others", "kubernetes.dra.slices", "yaml.reader", "placement", "scaling", "routing", "report", "helm",
    )  # fmt: skip
    assert loaded & {*(f"constructs_dra.{name}" for name in unneeded), "yaml", "gzip", "cdk8s", "rich", "click"} == set()


def test_only_taking_app_replaces_the_hook_for_uncaught_errors() -> None:
    program = (
        "import sys\nbefore = sys.excepthook\n"
        "from constructs_dra import ModelService, fleet_files, write_files, write_together\nimport constructs_dra.constructs\n"
        "assert sys.excepthook is before"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=_ROOT)


def test_imports_inside_functions_are_few_and_say_why() -> None:
    lines = [line for file in (_ROOT / "constructs_dra").rglob("*.py") for line in file.read_text(encoding="utf-8").splitlines()]
    late = [line for line in lines if re.match(r"\s+(from|import) \S+", line) and "# noqa: PLC0415" in line]
    assert 10 < len(late) <= 25
    assert [line for line in late if not re.search(r"# noqa: PLC0415\W+\w.{5,}", line)] == []
