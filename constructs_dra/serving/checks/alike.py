"""Pods that are alike but for the names of their service and of its model: what does not read these names says the same of all of them."""

import re
from typing import Any, Final, TypeAlias

from constructs_dra.serving.checks.view import CheckedPod
from constructs_dra.serving.spec import ServiceSpec

__all__ = ["Frame", "frame", "is_sound", "note_sound"]

Frame: TypeAlias = tuple[Any, ...]

_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*\Z")
"""Names that are nothing but names, whatever they stand in."""

_SOUND: set[Frame] = set()


def frame(spec: ServiceSpec) -> Frame | None:
    """A service but for its name, its model's and its own labels; None where something in it is like nothing else, or it is a running release."""
    model = spec.model
    if spec.release is not None or spec.accept or not _PLAIN.match(model.argument) or not _PLAIN.match(model.served_name):
        return None
    records = (spec.decode, spec.prefill, spec.encode, spec.proxy, spec.tracing, spec.service_account, spec.requester, spec.production, *spec.parts)
    likenesses = tuple([None if record is None else record.likeness for record in records])
    if 0 in likenesses:
        return None
    shape = (model.scheme, model.size, model.token_secret, model.mount_path, model.read_only, model.image_pull_policy)
    return (likenesses, shape, spec.service_port, spec.namespace)


def is_sound(view: CheckedPod, around: Frame | None) -> bool:
    """Whether nothing was found before in a pod of the same role of a service with the same frame."""
    return around is not None and (view.path, around) in _SOUND


def note_sound(view: CheckedPod, around: Frame | None) -> None:
    """Remember that nothing was found in a pod."""
    if around is not None and len(_SOUND) < 10_000:
        _SOUND.add((view.path, around))
