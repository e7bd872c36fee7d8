"""Which rules a claim can overrule, and that it says why."""

from collections.abc import Mapping
from typing import Final

from constructs_dra.errors import Problems, did_you_mean, shown

__all__ = ["OWN_RULES", "check_accept"]

OWN_RULES: Final[Mapping[str, str]] = {
    "count-parallelism": "The claim gives another number of devices than the parallelism of the role needs.",
    "strict-class-driver": "The device class is known to select devices of another driver.",
    "strict-config-field": "The driver does not know the field, or needs one that is missing.",
    "strict-config-kind": "The driver does not read configuration of this kind.",
    "strict-config-value": "The driver does not know the value.",
    "strict-every-device": "The driver prepares a claim only if it holds every device of the node.",
    "strict-no-config": "The driver takes no configuration in claims.",
    "strict-whole-device": "The driver gives devices only whole, or gives the whole device where no share is asked for.",
}
"""Rules about claims beside those about selectors (`constructs_dra.selectors.rules`) and about any object of `resource.k8s.io`."""


def check_accept(accept: object, path: str, found: Problems) -> None:
    """Note what is wrong with an `accept`: it names rules that exist, and gives each a reason in words."""
    if not isinstance(accept, Mapping):
        found.add(path, f"must be a mapping of rules to reasons, not {shown(accept)}", 'write accept={"rule": "reason"}')
        return
    if not accept:
        return
    from constructs_dra.kubernetes.dra.fields import STRICT  # noqa: PLC0415
    from constructs_dra.selectors.rules import STRICT_RULES  # noqa: PLC0415  (few claims overrule anything)

    known = {**OWN_RULES, **STRICT_RULES, **STRICT}
    for rule, reason in accept.items():
        place = f"{path}[{shown(rule)}]"
        if rule not in known:
            found.add(place, f"there is no rule {shown(rule)} that a claim can overrule", did_you_mean(rule, known))
        if not isinstance(reason, str) or not reason.strip():
            found.add(place, "needs a reason in words", "say why it is right here; it is written into an annotation")
