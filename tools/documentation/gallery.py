"""The gallery: every example app, its program and what it writes side by side."""

import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from constructs_dra.report import report

__all__ = ["gallery_pages", "made", "manifests_of", "picture", "program_of"]

_APPS = Path(__file__).resolve().parents[2] / "apps"
_MOST_FILES = 3


def gallery_pages() -> dict[str, str]:
    """Each app's page by its path, and `gallery/index.md` first."""
    pages = {"gallery/index.md": ""}
    titles = {}
    apps = sorted(path.stem for path in _APPS.glob("[!_]*.py"))
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # each app is a process of its own
        list(threads.map(made, apps))
    for name in apps:
        titles[name] = ast.get_docstring(ast.parse((_APPS / f"{name}.py").read_text(encoding="utf-8"))) or name
        pages[f"gallery/{name}.md"] = _page(name, titles[name])
    rows = "\n".join(f"- [{name.replace('_', ' ')}]({name}.md): {about}" for name, about in titles.items())
    pages["gallery/index.md"] = (
        f"# Gallery\n\nPrograms that run as they stand, and the objects they write. They are tested and lie in `apps/`.\n\n{rows}\n"
    )
    return pages


@cache
def made(app: str) -> Mapping[str, str]:
    """What an app writes: relative path to text."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "dist"
        environment = os.environ | {"CDK8S_OUTDIR": str(out), "PYTHONPATH": str(_APPS.parent)}
        subprocess.run([sys.executable, _APPS / f"{app}.py"], env=environment, cwd=folder, check=True)
        return {path.relative_to(out).as_posix(): path.read_text(encoding="utf-8") for path in sorted(out.rglob("*")) if path.is_file()}


def program_of(app: str) -> str:
    """An app without what it says of itself at its beginning."""
    program = (_APPS / f"{app}.py").read_text(encoding="utf-8")
    return program.split('"""\n', 1)[1].lstrip("\n") if program.startswith('"""') else program


def _page(name: str, about: str) -> str:
    title, _, rest = about.partition("\n")
    files = made(name)
    shown = dict(list(files.items())[:_MOST_FILES])
    parts = [
        f"# {name.replace('_', ' ').capitalize()}\n\n{title}\n{rest}\n",
        f"## The picture\n\n{picture(shown)}\n",
        f"## The program\n\n```python\n{program_of(name)}```\n\n## What it writes\n",
    ]
    parts += [f"`dist/{path}`\n\n```yaml\n{text}```\n" for path, text in shown.items()]
    if len(files) > len(shown):
        parts.append(f"… and {len(files) - len(shown)} more files.\n")
    return "\n".join(parts)


def picture(files: Mapping[str, str]) -> str:
    """Who is wired to whom in the first files that an app writes, as `constructs-dra report` draws it."""
    drawn = report(manifests_of(dict(list(files.items())[:_MOST_FILES]))).svg()
    fitting = drawn.replace("<svg ", '<svg style="min-width: 900px; max-width: 100%; height: auto" ', 1)
    return f'<div style="overflow-x: auto">\n{fitting}\n</div>'


def manifests_of(files: Mapping[str, str]) -> list[dict[str, Any]]:
    """The objects in files of YAML."""
    return [manifest for text in files.values() for manifest in yaml.load_all(text, yaml.CSafeLoader)]
