"""What a check of an engine's start finds, and what is known of the devices and the model it starts with."""

from attrs import frozen

from constructs_dra.engines.models import ModelFacts
from constructs_dra.errors import Severity
from constructs_dra.records.valued import Valued

__all__ = ["UNKNOWN_DEVICES", "Devices", "Finding"]


@frozen(kw_only=True, eq=False, repr=False)
class Finding(Valued):
    """One thing that is wrong.

    Attributes:
        rule: Its name, a row of the table of rules.
        message: What is wrong.
        hint: What to do about it. Default: nothing.
        severity: Default `error`.
        index: The argument it is about; -1: the launch as a whole.
        variable: The variable it is about, instead of an argument.
        field: The field of the container it is about, instead of an argument: `image`. Default: none.
        flags: Whole names of the flags it is about.
    """

    rule: str
    message: str
    hint: str = ""
    severity: Severity = "error"
    index: int = -1
    variable: str = ""
    field: str = ""
    flags: tuple[str, ...] = ()


@frozen(kw_only=True)
class Devices:
    """The devices a container gets, and the model it loads into them.

    Attributes:
        count: How many; None: not known.
        platform: What they are in vLLM's words; empty: not known.
        capability: Compute capability times ten; 0: not known.
        memory: Memory of the smallest of them, in GiB; None: not known.
        name: What to call them in messages. Default: devices.
        model: The model, where it is known otherwise than by the name on the command line. Default: what the catalogue knows by that name.
    """

    count: int | None = None
    platform: str = ""
    capability: int = 0
    memory: float | None = None
    name: str = "device"
    model: ModelFacts | None = None


UNKNOWN_DEVICES = Devices()
"""Nothing is known of them."""
