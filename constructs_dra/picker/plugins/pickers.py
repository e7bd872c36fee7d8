"""Pickers: they take the endpoint from what the scores say. Written by `tools/generate_plugins.py`."""

from typing import ClassVar

from attrs import frozen

from constructs_dra.picker.plugin import TypedPlugin, parameter

__all__ = ["MaxScorePicker", "RandomPicker", "WeightedRandomPicker"]


@frozen(kw_only=True, eq=False, repr=False)
class MaxScorePicker(TypedPlugin):
    """`max-score-picker`: picker; router v0.5 and later.

    Attributes:
        max_num_of_endpoints: `maxNumOfEndpoints`, a whole number. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "max-score-picker"

    max_num_of_endpoints: int | None = parameter("maxNumOfEndpoints", "int")


@frozen(kw_only=True, eq=False, repr=False)
class RandomPicker(TypedPlugin):
    """`random-picker`: picker; router v0.5 and later.

    Attributes:
        max_num_of_endpoints: `maxNumOfEndpoints`, a whole number. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "random-picker"

    max_num_of_endpoints: int | None = parameter("maxNumOfEndpoints", "int")


@frozen(kw_only=True, eq=False, repr=False)
class WeightedRandomPicker(TypedPlugin):
    """`weighted-random-picker`: picker; router v0.5 and later.

    Attributes:
        max_num_of_endpoints: `maxNumOfEndpoints`, a whole number. Default: the picker's own.
    """

    TYPE: ClassVar[str] = "weighted-random-picker"

    max_num_of_endpoints: int | None = parameter("maxNumOfEndpoints", "int")
