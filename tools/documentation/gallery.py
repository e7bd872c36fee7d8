"""The gallery: every example app, its program and what it writes side by side."""

import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import yaml

from constructs_dra.report import report

__all__ = ["gallery_pages"]

_ROOT = Path(__file__).resolve().parents[2]
_MOST_FILES = 3


def gallery_pages() -> dict[str, str]:
    """Each app's page by its path, and `gallery/index.md` first."""
    apps = {path.stem: path for path in sorted((_ROOT / "apps").glob("[!_]*.py"))}
    pages = {"gallery/index.md": ""}
    titles = {}
    for name, path in apps.items():
        program = path.read_text(encoding="utf-8")
        about = ast.get_docstring(ast.parse(program)) or name
        titles[name] = about
        pages[f"gallery/{name}.md"] = _page(name, about, program, _made(path))
    rows = "\n".join(f"- [{name.replace('_', ' ')}]({name}.md): {about}" for name, about in titles.items())
    pages["gallery/index.md"] = (
        f"# Gallery\n\nPrograms that run as they stand, and the objects they write. They are tested and lie in `apps/`.\n\n{rows}\n"
    )
    return pages


def _made(app: Path) -> dict[str, str]:
    """What an app writes: relative path to text."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "dist"
        subprocess.run([sys.executable, app], env=os.environ | {"CDK8S_OUTDIR": str(out), "PYTHONPATH": str(_ROOT)}, cwd=folder, check=True)
        return {path.relative_to(out).as_posix(): path.read_text(encoding="utf-8") for path in sorted(out.rglob("*")) if path.is_file()}


def _page(name: str, about: str, program: str, made: dict[str, str]) -> str:
    body = program.split('"""\n', 1)[1].lstrip("\n") if program.startswith('"""') else program
    title, _, rest = about.partition("\n")
    parts = [
        f"# {name.replace('_', ' ').capitalize()}\n\n{title}\n{rest}\n",
        f"## The program\n\n```python\n{body}```\n\n## What it writes\n",
    ]
    shown = dict(list(made.items())[:_MOST_FILES])
    parts.insert(1, f"## The picture\n\n{_picture(shown.values())}\n")
    parts += [f"`dist/{path}`\n\n```yaml\n{text}```\n" for path, text in shown.items()]
    if len(made) > len(shown):
        parts.append(f"… and {len(made) - len(shown)} more files.\n")
    return "\n".join(parts)


def _picture(files: Iterable[str]) -> str:
    """Who is wired to whom in what an app writes, as `constructs-dra report` draws it."""
    manifests = [manifest for text in files for manifest in yaml.safe_load_all(text)]
    drawn = report(manifests).svg().replace("<svg ", '<svg style="min-width: 900px; max-width: 100%; height: auto" ', 1)
    return f'<div style="overflow-x: auto">\n{drawn}\n</div>'
