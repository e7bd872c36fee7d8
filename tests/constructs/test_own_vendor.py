"""A vendor that this library does not know: one file with its driver, its request and its claim, used through both doors, and typed."""

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import cdk8s
import pytest

from constructs_dra import Claim, SpecError

pytestmark = pytest.mark.node

DRIVER = '''\
"""Cards of Example: their driver, and claims for them."""

from typing import TYPE_CHECKING, Literal, Unpack

from attrs import field, frozen

from constructs_dra.claims import Request, at_least, equals
from constructs_dra.constructs import claim_constructs
from constructs_dra.drivers import Bytes, Choice, Devices

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_dra.constructs import RequestClaim, RequestFields

Model = Literal["A1", "B2"]


class Cards(Devices, driver="card.example.org"):
    """What a card publishes."""

    model = Choice[Model]("model", values=("A1", "B2"))
    memory = Bytes()


cards = Cards()

'''
REQUEST = '''\
@frozen(eq=False, repr=False)
class Card(Request):
    """Cards of Example."""

    name: str = "card"
    device: Devices = field(default=cards, init=False, repr=False)
    model: Model | None = field(default=None, kw_only=True, metadata=equals(cards.model))
    memory: str | None = field(default=None, kw_only=True, metadata=at_least(cards.memory))


if TYPE_CHECKING:

    class CardClaim(RequestClaim):
        """A claim with one request `Card`."""

        def __init__(
            self, scope: Construct, id: str, *, model: Model | None = None, memory: str | None = None, **fields: Unpack[RequestFields]
        ) -> None: ...
else:
    __getattr__ = claim_constructs(globals())
'''
USE = """\
from cdk8s import App, Chart

from constructs_dra import Claim
from {package} import cards, Card, CardClaim, Cards

chart = Chart(App(), "c")
Claim("card", Card(model="B2", memory="8Gi", where=cards.memory >= "4Gi"))
CardClaim(chart, "card", model="B2", memory="8Gi", count=2, aligned_on="card.example.org/model")
Card(model="C3")  # type: ignore[arg-type]
Card(memory=8)  # type: ignore[arg-type]
cards.memory >= 8  # type: ignore[operator]
CardClaim(chart, "card", model="C3")  # type: ignore[arg-type]
CardClaim(chart, "card", cuont=2)  # type: ignore[call-arg]
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with the vendor's file."""
    home = tmp_path / "example_cards"
    home.mkdir()
    (home / "__init__.py").write_text(DRIVER + REQUEST)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "example_cards", raising=False)
    return "example_cards"


def test_it_takes_at_most_thirty_lines() -> None:
    assert len(REQUEST.splitlines()) <= 30


def test_it_works_through_both_doors(package: str) -> None:
    vendor: Any = importlib.import_module(package)
    chart = cdk8s.Chart(cdk8s.Testing.app(), "c")
    vendor.CardClaim(chart, "card", model="B2", memory="8Gi", count=2)
    (made,) = cdk8s.Testing.synth(chart)
    assert made == Claim("c-card", vendor.Card(model="B2", memory="8Gi", count=2)).manifest()
    assert made["spec"]["spec"]["devices"]["requests"][0]["exactly"]["selectors"][0]["cel"]["expression"] == (
        'device.attributes["card.example.org"].model == "B2" && device.capacity["card.example.org"].memory.compareTo(quantity("8Gi")) >= 0'
    )
    with pytest.raises(SpecError, match="did you mean 'memory'") as caught:
        vendor.CardClaim(chart, "other", model="C3", memry="8Gi")
    assert {problem.path for problem in caught.value.problems} == {"model", "memry"}
    with pytest.raises(AttributeError, match="no attribute 'CordClaim'"):
        vendor.CordClaim  # noqa: B018


def test_requests_alone_do_not_load_cdk8s(package: str, tmp_path: Path) -> None:
    program = f"import sys; from {package} import Card; Card(model='A1'); print('cdk8s' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False", done.stderr


def test_it_is_typed(package: str, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(USE.format(package=package))
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={root / '.mypy_cache' / 'vendor'}", "use.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
