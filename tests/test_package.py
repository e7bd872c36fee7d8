"""What `import constructs_dra` promises: a sorted public surface, quick to import, no Node."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(params=["constructs_dra", "constructs_dra.constructs"])
def package(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def names_for_type_checkers(package: str) -> set[str]:
    """What the `if TYPE_CHECKING:` block of a package imports."""
    tree = ast.parse((_ROOT / package.replace(".", "/") / "__init__.py").read_text(encoding="utf-8"))
    blocks = [node for node in tree.body if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"]
    return {
        alias.asname or alias.name
        for block in blocks
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }


def test_public_names_are_sorted(package: str) -> None:
    names = import_module(package).__all__
    assert names == sorted(set(names), key=lambda name: (not name.isupper(), not name[0].isupper(), name))


def test_every_public_name_has_a_home_and_an_import_for_type_checkers(package: str) -> None:
    module = import_module(package)
    lazy = {name for name in module.__all__ if name != "__version__"}
    assert lazy == set(module._HOMES)
    assert lazy == names_for_type_checkers(package)


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
