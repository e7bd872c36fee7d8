"""What objects of kinds that nothing is known about seem to name: read from how Kubernetes' own kinds spell references."""

from collections.abc import Iterator
from typing import Any, Final

from constructs_dra.checks import Item
from constructs_dra.checks.mentions import Mention
from constructs_dra.kubernetes.api import api, custom_kinds
from constructs_dra.kubernetes.shapes import mapping, text
from constructs_dra.lexical.versions import NEWEST_VERSION
from constructs_dra.paths import child

__all__ = ["is_unknown", "seems_to_name"]

_NAMES: Final = {
    "claimName": "PersistentVolumeClaim",
    "configMapName": "ConfigMap",
    "resourceClaimName": "ResourceClaim",
    "resourceClaimTemplateName": "ResourceClaimTemplate",
    "secretName": "Secret",
    "serviceName": "Service",
}
"""Keys whose text is the name of an object."""

_REFERENCES: Final = {
    "configMapKeyRef": "ConfigMap",
    "configMapRef": "ConfigMap",
    "secretKeyRef": "Secret",
    "secretRef": "Secret",
    "serviceRef": "Service",
}
"""Keys whose mapping has the name of an object."""


def is_unknown(item: Item) -> bool:
    """Whether an object is of a kind that neither Kubernetes nor a custom resource known here defines."""
    key = f"{item.value.get('apiVersion')} {item.kind}"
    return key not in custom_kinds() and key not in api(NEWEST_VERSION).kinds


def seems_to_name(item: Item) -> Iterator[Mention]:
    """The objects that an object of an unknown kind seems to name, wherever below its spec."""
    left: list[tuple[str, Any]] = [("spec", item.value.get("spec"))]
    while left:
        place, value = left.pop()
        if isinstance(value, list):
            left += [(f"{place}[{number}]", each) for number, each in enumerate(value)]
        elif isinstance(value, dict):
            if (kind := text(value.get("kind"))) and (name := text(value.get("name"))):
                yield Mention(kind, name, f"{place}.name", namespace=text(value.get("namespace")))
            for key, inner in value.items():
                kind, name = (_NAMES[key], text(inner)) if key in _NAMES else (_REFERENCES.get(key, ""), text(mapping(inner).get("name")))
                if kind and name:
                    yield Mention(kind, name, child(place, key))
                left.append((child(place, str(key)), inner))
