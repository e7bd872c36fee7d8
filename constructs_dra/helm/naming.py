"""What a release calls its objects, and whether values hold templates: what every values file needs, apart from what few do."""

from collections.abc import Mapping
from typing import Any

from constructs_dra.helm.charts import CHART_NAME

__all__ = ["fullname", "has_template"]


def fullname(values: Mapping[str, Any], release: str) -> str:
    """What the chart calls the release's objects, before the role: cut so that the role's name fits behind it."""
    if override := values.get("fullnameOverride"):
        return str(override)[:55].removesuffix("-")
    name = str(values.get("nameOverride") or CHART_NAME)
    return (release if name in release else f"{release}-{name}")[:55].removesuffix("-")


def has_template(value: Any) -> bool:
    """Whether any text in the value holds `{{`."""
    if isinstance(value, str):
        return "{{" in value
    if isinstance(value, Mapping):
        return any(has_template(item) or "{{" in key for key, item in value.items())
    if isinstance(value, list):
        return any(map(has_template, value))
    return False
