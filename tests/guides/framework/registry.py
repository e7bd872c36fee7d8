"""Which app stands for which file of the guides."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

from constructs_dra import Manifest, ModelService

__all__ = ["App", "apps", "guide", "objects"]

App = Callable[[], ModelService]
"""Describes the model service of one file."""

_APPS: dict[str, App] = {}


def guide(file: str) -> Callable[[App], App]:
    """Say that a function describes what a file of `guides/modelserver` does.

    Args:
        file: The file's name without `.yaml`; one elsewhere in `guides` by its path.

    Raises:
        ValueError: There is an app for the file already.
    """

    def registered(app: App) -> App:
        if file in _APPS:
            raise ValueError(f"two apps for {file}: {_APPS[file].__name__} and {app.__name__}")
        _APPS[file] = app
        return app

    return registered


@cache
def apps() -> Mapping[str, App]:
    """Every app by the file it stands for; each module beside this folder that is no test holds some."""
    for module in sorted(Path(__file__).resolve().parents[1].glob("*.py")):
        if not module.name.startswith(("test_", "_")):
            import_module(f"tests.guides.{module.stem}")
    return dict(sorted(_APPS.items()))


def objects(app: App) -> list[Manifest]:
    """The objects of an app."""
    return app().manifests()
