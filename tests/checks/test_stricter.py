import re
from pathlib import Path

from constructs_dra.kubernetes import dra, objects
from constructs_dra.selectors.rules import STRICT_RULES

ROOT = Path(__file__).resolve().parents[2]


def test_every_rule_that_goes_further_than_kubernetes_is_on_the_written_list() -> None:
    sources = [*(ROOT / "constructs_dra" / "kubernetes").rglob("*.py"), *(ROOT / "constructs_dra" / "checks").rglob("*.py")]
    used = {rule for source in sources for rule in re.findall(r'"(strict-[a-z-]+)"', source.read_text())}
    listed = set(re.findall(r"^\| `(strict-[a-z-]+)`", (ROOT / "docs" / "stricter.md").read_text(), re.MULTILINE))
    assert used | set(STRICT_RULES) == listed
    assert {*dra.STRICT, *objects.STRICT} <= listed
