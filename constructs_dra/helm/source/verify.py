"""Whether an app that was written makes the objects of its values: it is compiled and run, without cdk8s, before anybody gets it."""

import ast
from typing import TYPE_CHECKING, Any

import constructs_dra
from constructs_dra.errors import Problem, SpecError
from constructs_dra.helm.source.app import App
from constructs_dra.manifest import Manifest, identity

if TYPE_CHECKING:
    from constructs_dra.helm.rendering import Import
    from constructs_dra.helm.router.rendering import RouterImport

__all__ = ["verify"]


def verify(app: App, imported: "Import | RouterImport") -> list[Problem]:
    """What an app makes otherwise than its values; empty where both make the same objects.

    Such a problem is a defect of this library, which the reader of the values can do nothing about, but had better know of.

    Args:
        app: The app.
        imported: The values it was written from, read without errors.
    """
    try:
        made = _run(app.source)
    except (SyntaxError, SpecError, NameError, TypeError, ValueError, MemoryError, RecursionError) as error:
        words = str(error).partition("\n")[0]
        return [_defect(f"does not run: {type(error).__name__}: {words}")]
    wanted = imported.manifests
    names = {identity(one): one for one in made}
    for one in wanted:
        if names.pop(identity(one), None) != one:
            return [_defect(f"makes another {one['kind']} {one['metadata']['name']!r} than the values")]
    return [_defect(f"makes {one['kind']} {one['metadata']['name']!r}, which the values do not") for one in names.values()]


def _defect(words: str) -> Problem:
    return Problem("", f"the app {words}", "nothing was written; please report this together with the values", rule="migration")


def _run(source: str) -> list[Manifest]:
    """The objects of an app: its own statements are carried out, with constructs that keep their service instead of starting cdk8s."""
    tree = ast.parse(source)
    namespace: dict[str, Any] = {"Any": Any}
    services: list[Any] = []

    def deployment(chart: str | None, name: str, **fields: Any) -> None:
        services.append(constructs_dra.ModelService(name, namespace=chart, **fields))

    class Application:
        def synth(self) -> None:
            """Nothing is left to do."""

    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "constructs_dra":
            namespace.update((alias.name, getattr(constructs_dra, alias.name)) for alias in statement.names if alias.name not in _CONSTRUCTS)

    def router(chart: str | None, _id: str, **fields: Any) -> None:
        services.append(constructs_dra.Router(namespace=chart, **fields))

    namespace |= {
        "RouterDeployment": router,
        "App": Application,
        "Chart": lambda _app, _name, namespace=None: namespace,
        "ModelServiceDeployment": deployment,
    }
    tree.body = [statement for statement in tree.body if not isinstance(statement, ast.Import | ast.ImportFrom)]
    exec(compile(tree, "migrated app", "exec"), namespace)  # noqa: S102 - text that this library wrote from checked values
    return [manifest for service in services for manifest in service.manifests()]


_CONSTRUCTS = frozenset(("App", "Chart", "ModelServiceDeployment", "RouterDeployment"))
"""Names whose own modules would start Node."""
