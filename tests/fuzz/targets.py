"""What is fuzzed: add a `Target` for each command and public function that takes input. The owner of a room keeps its targets here."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from click.testing import CliRunner

from constructs_dra.cel import compile_selector
from constructs_dra.checks import Setting, check_manifests
from constructs_dra.checks.credentials import credential_problems
from constructs_dra.cli import main
from constructs_dra.errors import SpecError
from constructs_dra.kubernetes.custom import custom_schemas
from constructs_dra.kubernetes.dra import check_dra
from constructs_dra.kubernetes.objects import check_pod, check_semantics
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.lexical.quantity import canonical, parse_quantity
from constructs_dra.yaml.documents import load_documents
from tests.fuzz.harness import Target
from tests.fuzz.inputs import command_words, junk, manifest, text, yaml_bytes

__all__ = ["TARGETS"]


def _manifests(random: Random) -> tuple[list[Any], Setting]:
    objects = [manifest(random) if random.random() < 0.9 else junk(random) for _ in range(random.randrange(1, 5))]
    return objects, Setting(version=random.choice(("1.34", "1.35", "1.36", "1.37", "1.38")), complete=random.random() < 0.3)


def _check_one(value: Any) -> None:
    for check in (check_object, check_dra, check_semantics) if isinstance(value, dict) else (check_object,):
        for problem in check(value):
            str(problem)
    list(credential_problems(value) if isinstance(value, dict) else ())
    custom_schemas([value])
    check_pod(value)


def _command(*before: str, files: bool = True) -> tuple[Callable[[Random], Any], Callable[[Any], None]]:
    def make(random: Random) -> Any:
        return [yaml_bytes(random) for _ in range(random.randrange(1, 3))] if files else [], command_words(random), yaml_bytes(random)

    def run(given: Any) -> None:
        contents, words, stdin = given
        with tempfile.TemporaryDirectory() as folder:
            for number, content in enumerate(contents):
                Path(folder, f"{number}.yaml").write_bytes(content)
            result = CliRunner().invoke(main, [*before, *([folder] if files else []), *words], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception

    return make, run


def _target(name: str, pair: tuple[Callable[[Random], Any], Callable[[Any], None]]) -> Target:
    return Target(name=name, make=pair[0], run=pair[1])


TARGETS: tuple[Target, ...] = (
    Target(name="check_manifests", make=_manifests, run=lambda given: [str(problem) for problem in check_manifests(*given)]),
    Target(name="single checks", make=lambda random: manifest(random) if random.random() < 0.9 else junk(random), run=_check_one),
    Target(name="load_documents", make=yaml_bytes, run=lambda raw: load_documents(raw, "a")),
    Target(name="compile_selector", make=text, run=compile_selector, allowed=(SpecError,)),
    Target(name="quantities", make=text, run=lambda value: (parse_quantity(value), canonical(value)), allowed=(ValueError,)),
    _target("constructs-dra check", _command("check")),
    _target("constructs-dra kubeadm", _command("kubeadm")),
    _target("constructs-dra plan", _command("plan")),
    _target("constructs-dra cel", _command("cel", files=False)),
    _target("constructs-dra explain", _command("explain", files=False)),
    _target("constructs-dra drivers", _command("drivers", files=False)),
    _target("constructs-dra helm render", _command("helm", "render")),
    _target("constructs-dra helm migrate", _command("helm", "migrate")),
)
"""Every target."""
