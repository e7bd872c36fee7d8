"""What is known about the opaque configuration that a DRA driver reads; few requests come with any."""

from attrs import frozen

from constructs_dra.records.valued import Valued

__all__ = ["ConfigField", "ConfigKind"]


@frozen(kw_only=True, eq=False, repr=False)
class ConfigField(Valued):
    """One field of an opaque configuration.

    Attributes:
        path: Its place, e.g. `sharing.strategy`.
        type: In words.
        required: Whether it must be there.
        values: The values it can have; empty when open.
        default: What the driver takes when it is left out; None when not known.
        rule: What else must hold.
    """

    path: str
    type: str
    required: bool = False
    values: tuple[str | int, ...] = ()
    default: str | int | bool | None = None
    rule: str = ""


@frozen(kw_only=True, eq=False, repr=False)
class ConfigKind(Valued):
    """A kind of opaque configuration that a driver reads.

    Attributes:
        kind: Its kind; empty when the driver reads untyped JSON.
        api_version: Its API version; empty when it has none.
        name: What to call it, where it has no kind.
        applies_to: In words, the devices it is for.
        kinds: The same as values of the driver's `kind_attribute`, where it has one; empty for all.
        strict: Whether unknown fields are refused; None when not known.
        fields: Its fields.
        avoid: Why nobody should write it into a claim; empty when it is there to be written.
        note: What else to know.
    """

    kind: str = ""
    api_version: str = ""
    name: str = ""
    applies_to: str = ""
    kinds: tuple[str, ...] = ()
    strict: bool | None = None
    fields: tuple[ConfigField, ...] = ()
    avoid: str = ""
    note: str = ""
