"""By which names a model server answers, as its command line says."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from constructs_dra.engines.images import image
from constructs_dra.engines.launch import launches
from constructs_dra.engines.others import OTHERS, said_by
from constructs_dra.engines.shell import OPAQUE

__all__ = ["served_names"]

_SERVED: Final = "--served-model-name"
_MODEL: Final = "--model"


def served_names(container: Mapping[str, Any]) -> set[str] | None:
    """The names that the server of a container answers to; empty where it starts none, None where that is known only when it runs.

    Args:
        container: As in a manifest.
    """
    found: set[str] = set()
    started = list(launches(container))
    if not started and not container.get("command") and not container.get("args") and image(str(container.get("image") or "")).engine:
        return None  # the image's own entry point serves what the image says
    for launch in started:
        texts = launch.texts
        # a word of a script may become several arguments, one of a manifest stays one
        if launch.fault or any(each.line and each.text.startswith(OPAQUE) for each in launch.arguments):
            return None
        if launch.engine in OTHERS:
            values = said_by(launch).values
            names = [values[each][0] for each in ("served_model_name", "model") if each in values][:1]
        else:
            names = list(_after(texts, _SERVED)) or list(_after(texts, _MODEL))
        if not names and launch.engine not in OTHERS and texts and not texts[0].startswith("-"):
            names = [texts[0]]
        if not names or any(OPAQUE in name for name in names):
            return None
        found.update(names)
    return found


def _after(arguments: Sequence[str], flag: str) -> Iterator[str]:
    """The values of a flag that takes one or more."""
    for index, argument in enumerate(arguments):
        if argument.startswith(f"{flag}="):
            yield argument.partition("=")[2]
        elif argument == flag:
            for following in arguments[index + 1 :]:
                if following.startswith("-"):
                    return
                yield following
