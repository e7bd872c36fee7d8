"""The guides people start from: prose in docs/guides, and from the app of the same name its picture, its program and what it needs of a cluster."""

from collections.abc import Iterator
from pathlib import Path

from constructs_dra.checks.collect import collect
from constructs_dra.checks.prerequisites import Prerequisite, prerequisites
from tools.documentation.driver_pages import table
from tools.documentation.gallery import made, manifests_of, picture, program_of

__all__ = ["filled"]

_FOLDER = "guides/"
_MARKS = ("picture", "needs", "program")
_WORDS = {
    "CustomResourceDefinition": "the custom resource {} and its controller",
    "DeviceClass": "the device class {}, which a DRA driver brings",
    "Gateway": "a Gateway named {}",
    "Namespace": "the namespace {}",
    "PersistentVolumeClaim": "a volume claim named {}",
    "ResourceClaimTemplate": "the claim template {}, which a controller makes",
    "Secret": "a Secret named {}",
}


def filled(path: str, markdown: str) -> str:
    """A page whose marks are replaced by what its app makes; other pages stay as they are.

    Args:
        path: Place of the page in docs/.
        markdown: Its text.

    Raises:
        ValueError: A page of a guide lacks a mark.
    """
    if not path.startswith(_FOLDER) or path == f"{_FOLDER}index.md":
        return markdown
    app = Path(path).stem.replace("-", "_")
    for mark, text in zip(_MARKS, (picture(made(app)), _needs(app), _program(app)), strict=True):
        if f"<!-- {mark} -->" not in markdown:
            raise ValueError(f"{path}: has no line <!-- {mark} -->")
        markdown = markdown.replace(f"<!-- {mark} -->", text)
    return markdown


def _needs(app: str) -> str:
    return "\n".join(
        [
            "Kubernetes 1.34 or newer, and what the objects name and do not bring (`constructs-dra needs dist` lists it, with every place):\n",
            *table(("it must have", "for"), map(_row, prerequisites(collect(manifests_of(made(app)))))),
        ]
    )


def _row(each: Prerequisite) -> tuple[str, str]:
    title, _ = each.users[0]
    kind, _, name = title.partition("/")
    more = f" and {len(each.users) - 1} more" if len(each.users) > 1 else ""
    where = f" in namespace `{each.namespace}`" if each.namespace else ""
    optional = " (does without it)" if each.optional else ""
    return _WORDS.get(each.kind, f"{each.kind} {{}}").format(f"`{each.name}`") + where + optional, f"{kind} `{name}`{more}"


def _program(app: str) -> str:
    return "\n".join(_shown(app))


def _shown(app: str) -> Iterator[str]:
    yield f'```python title="apps/{app}.py"\n{program_of(app)}```\n'
    files = made(app)
    count = f"{len(files)} files" if len(files) > 1 else "one file"
    yield f"It writes {count}; the [gallery](../gallery/{app}.md) shows the objects."
