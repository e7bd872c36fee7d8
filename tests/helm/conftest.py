"""Values files from texts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_dra.errors import Problem
from constructs_dra.helm.rendering import Import, render

PLAIN = """
modelArtifacts:
  name: org/model
  uri: hf://org/model
routing:
  proxy:
    enabled: false
decode:
  containers:
  - image: vllm/vllm-openai:v0.11.0
    modelCommand: vllmServe
    ports:
    - containerPort: 8000
      name: vllm
prefill:
  create: false
"""
"""Values without a fault; line 2 is the first, the container starts on line 10."""


@pytest.fixture
def plain() -> str:
    """Values without a fault."""
    return PLAIN


@pytest.fixture
def rendered(tmp_path: Path) -> Callable[..., Import]:
    """Render values written as texts, one file each."""

    def render_texts(*texts: str, **options: Any) -> Import:
        files = []
        for number, text in enumerate(texts):
            file = tmp_path / f"values-{number}.yaml"
            file.write_text(text, encoding="utf-8")
            files.append(file)
        return render(files, **{"release": "rel", **options})

    return render_texts


@pytest.fixture
def errors(rendered: Callable[..., Import]) -> Callable[..., dict[str, Problem]]:
    """What stands against values written as texts, by its place."""

    def errors_of(*texts: str, **options: Any) -> dict[str, Problem]:
        return {problem.path: problem for problem in rendered(*texts, **options).problems if problem.severity == "error"}

    return errors_of
