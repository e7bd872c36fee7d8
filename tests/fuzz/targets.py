"""What is fuzzed: add a `Target` for each command and public function that takes input. The owner of a room keeps its targets here."""

import json
import tempfile
from collections.abc import Callable
from contextlib import chdir, suppress
from pathlib import Path
from random import Random
from typing import Any

import attrs
from click.testing import CliRunner

import constructs_dra
from constructs_dra.cel import compile_selector
from constructs_dra.checks import Setting, check_manifests
from constructs_dra.checks.collect import collect
from constructs_dra.checks.credentials import credential_problems
from constructs_dra.checks.prerequisites import prerequisites
from constructs_dra.cli import main
from constructs_dra.engines import compute_device, engine_problems, image, model_facts
from constructs_dra.engines.launch import launches
from constructs_dra.errors import SpecError
from constructs_dra.kubernetes.custom import custom_schemas
from constructs_dra.kubernetes.dra import check_dra
from constructs_dra.kubernetes.objects import check_pod, check_semantics
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.lexical.quantity import canonical, parse_quantity
from constructs_dra.manifest import to_yaml
from constructs_dra.picker.judging import judge_text
from constructs_dra.picker.versions import DEFAULT_ROUTER
from constructs_dra.records.record import Record
from constructs_dra.report import compare, report
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
        with tempfile.TemporaryDirectory() as folder, chdir(folder):  # words may be names of files: none leads out
            for number, content in enumerate(contents):
                Path(folder, f"{number}.yaml").write_bytes(content)
            result = CliRunner().invoke(main, [*before, *([folder] if files else []), *words], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception

    return make, run


def _record(random: Random) -> tuple[str, dict[str, Any]]:
    """A record of the public names, and junk for some of its fields."""
    name = random.choice(_RECORDS)
    fields = [each.alias or each.name for each in attrs.fields(getattr(constructs_dra, name)) if each.init]
    return name, {random.choice(fields) if fields and random.random() < 0.95 else text(random): junk(random) for _ in range(random.randrange(4))}


def _make_record(given: tuple[str, dict[str, Any]]) -> None:
    name, fields = given
    made = getattr(constructs_dra, name)(**fields)
    repr(made)


def _public_records() -> list[str]:
    """The records that a program can make; a base of several is none."""
    records = {name: each for name in dir(constructs_dra) if isinstance(each := getattr(constructs_dra, name), type) and issubclass(each, Record)}
    return [name for name, each in records.items() if attrs.has(each)]


_RECORDS = _public_records()


def _plan(given: tuple[list[Any], list[Any]]) -> None:
    objects, cluster = given
    answer = constructs_dra.plan(objects, constructs_dra.Inventory.from_manifests(cluster))
    str(answer)


def _some(random: Random) -> list[Any]:
    return [manifest(random) if random.random() < 0.9 else junk(random) for _ in range(random.randrange(1, 5))]


def _allocate(given: tuple[list[Any], list[Any]]) -> None:
    claims, cluster = given
    inventory = constructs_dra.Inventory.from_manifests(cluster)
    str(constructs_dra.allocate(claims, inventory, node="a"))


def _drawn(given: list[Any]) -> None:
    drawn = report(given)
    for form in (drawn.html, drawn.svg, drawn.mermaid, drawn.text):
        form() if callable(form) else str(form)


def _picker_text(random: Random) -> str:
    plugins = [{"type": random.choice((*_PLUGINS, text(random))), "parameters": junk(random)} for _ in range(random.randrange(4))]
    made = {"apiVersion": "llm-d.ai/v1alpha1", "kind": "EndpointPickerConfig", "plugins": plugins, "schedulingProfiles": junk(random)}
    if random.random() < 0.5:
        made[random.choice((*made, text(random)))] = junk(random)
    return json.dumps(made) if random.random() < 0.8 else yaml_bytes(random).decode(errors="replace")


_PLUGINS = ("prefix-scorer", "decode-filter", "prefill-filter", "queue-scorer", "pd-profile-handler", "max-score-picker", "load-aware-scorer")


def _engine(random: Random) -> dict[str, Any]:
    words = (
        "vllm",
        "serve",
        "python",
        "-m",
        "vllm.entrypoints.openai.api_server",
        "sh",
        "-c",
        "vllm serve m --port $PORT",
        "--config",
        "--json",
        "-O",
    )
    flags = (
        "--tensor-parallel-size",
        "--max-model-len",
        "--kv-transfer-config",
        "--port",
        "--model",
        "--hf-overrides.a.b",
        "--no-enable-x",
        "--quant",
    )

    def some() -> Any:
        pick = random.random()
        if pick < 0.4:
            return random.choice(words)
        return random.choice(flags) + random.choice(("", "=4", "={}", "=32k", "=" + text(random))) if pick < 0.8 else junk(random)

    made = {key: [some() for _ in range(random.randrange(8))] for key in ("command", "args") if random.random() < 0.8}
    images = ("vllm/vllm-openai:v0.10.0", "ghcr.io/llm-d/llm-d-hpu:v0.4.0", "a", text(random))
    return {"name": "a", "image": random.choice(images), "env": junk(random), **made} if random.random() < 0.9 else junk(random)


def _judge_engine(container: Any) -> None:
    if isinstance(container, dict):
        [each.problem() for each in engine_problems(container)]


@attrs.frozen
class _Row:
    """A row of a table."""

    name: str
    size: int = 1
    words: tuple[str, ...] = ()


def _table(given: tuple[bytes, str]) -> None:
    content, words = given
    with tempfile.TemporaryDirectory() as folder:
        for file, data in (
            ("a.yaml", content),
            ("b.csv", content),
            ("c.csv", f"name,size,words\n{words},{words},{words}\n".encode(errors="replace")),
        ):
            Path(folder, file).write_bytes(data)
            with suppress(SpecError):
                constructs_dra.read_table(Path(folder, file), _Row)


def _write(files: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        constructs_dra.write_files(files, folder=Path(folder, "dist"), warnings="ignore")


def _nodes(given: dict[str, Any]) -> None:
    constructs_dra.Fleet().nodes(given["name"], count=given["count"], cpu=given["cpu"], memory=given["memory"])


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
    _target("constructs-dra diff", _command("diff")),
    _target("constructs-dra needs", _command("needs")),
    _target("constructs-dra report", _command("report")),
    _target("constructs-dra size", _command("size", files=False)),
    _target("constructs-dra init", _command("init", files=False)),
    _target("constructs-dra completion", _command("completion", files=False)),
    Target(name="records", make=_record, run=_make_record, allowed=(SpecError, TypeError)),
    Target(name="plan", make=lambda random: (_some(random), _some(random)), run=_plan, allowed=(SpecError,)),
    Target(name="allocate", make=lambda random: (_some(random), _some(random)), run=_allocate, allowed=(SpecError,)),
    Target(name="report", make=_some, run=_drawn),
    Target(name="compare", make=lambda random: ([manifest(random)], [manifest(random)]), run=lambda given: compare(given[0][0], given[1][0])),
    Target(name="prerequisites", make=_some, run=lambda given: list(map(str, prerequisites(collect(given))))),
    Target(name="to_yaml", make=junk, run=to_yaml, allowed=(SpecError,)),
    Target(name="engine_problems", make=_engine, run=_judge_engine),
    Target(name="image", make=text, run=image),
    Target(name="model_facts", make=text, run=model_facts),
    Target(name="compute_device", make=text, run=compute_device, allowed=(KeyError, ValueError)),
    Target(
        name="write_files",
        make=lambda random: junk(random) if random.random() < 0.3 else {text(random): _some(random)},
        run=_write,
        allowed=(SpecError,),
    ),
    Target(name="fleet_files", make=junk, run=constructs_dra.fleet_files, allowed=(SpecError,)),
    Target(name="nodes", make=lambda random: {key: junk(random) for key in ("name", "count", "cpu", "memory")}, run=_nodes, allowed=(SpecError,)),
    Target(name="read_table", make=lambda random: (yaml_bytes(random), text(random)), run=_table, allowed=(SpecError,)),
    Target(name="launches", make=_engine, run=lambda given: launches(given) if isinstance(given, dict) else None),
    Target(name="picker configuration", make=_picker_text, run=lambda value: judge_text(value, version=DEFAULT_ROUTER)),
)
"""Every target."""
