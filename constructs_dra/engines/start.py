"""What is known of a start of vLLM, for the rules it enforces: flags, variables, the model, the devices."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve, frozen

from constructs_dra.engines.catalogue import Dialect
from constructs_dra.engines.models import ModelFacts
from constructs_dra.engines.reader import Reading
from constructs_dra.engines.values import Unknown
from constructs_dra.records.valued import Valued

__all__ = ["Broken", "Start"]


@frozen(kw_only=True, eq=False, repr=False)
class Broken(Valued):
    """A rule that a start breaks.

    Attributes:
        rule: The rule's name in the facts, e.g. `tp-heads`.
        words: vLLM's own words, filled in.
        flags: Engine's names of the values it is about, the first one first.
        hint: What to do about it. Default: nothing.
        variable: The variable it is about. Default: none.
    """

    rule: str
    words: str
    flags: tuple[str, ...] = ()
    hint: str = ""
    variable: str = ""


@frozen(kw_only=True, eq=False, repr=False)
class Start:
    """One start of the server, as far as it is known.

    Attributes:
        dialect: The version's command line.
        reading: The flags as that version reads them.
        environment: Variables; None: known only when the container runs.
        model: Facts about the model. Default: not known.
        platform: `cuda`, `rocm`, `xpu`, `hpu`, `tpu`, `cpu`; empty: not known.
        capability: Compute capability times ten; 0: not known.
        devices: Devices the container gets. Default: not known.
    """

    dialect: Dialect
    reading: Reading
    environment: Mapping[str, str | None]
    model: ModelFacts | None = None
    platform: str = ""
    capability: int = 0
    devices: int | None = None

    def without_model(self) -> "Start":
        """The same start of a model that nothing is known of."""
        return evolve(self, model=None)

    def given(self, name: str) -> bool:
        """Whether a value is written down."""
        return name in self.reading.values

    def has(self, name: str) -> bool:
        """Whether a flag is on: given, and not as no."""
        return bool(self.reading.values.get(name)) and not isinstance(self.reading.values.get(name), Unknown)

    def value(self, name: str) -> Any:
        """A value that is written down; None where it is not, or not known before the container runs."""
        found = self.reading.values.get(name)
        return None if isinstance(found, Unknown) else found

    def number(self, name: str, default: int | None = None) -> int | None:
        """A whole number: as given, else the default; None where it is known only when the container runs."""
        if not self.given(name):
            return default
        found = self.value(name)
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    def config(self, name: str) -> Mapping[str, Any]:
        """A JSON value as a mapping; empty where it is absent or not known."""
        found = self.value(name)
        return found if isinstance(found, dict) else {}

    @property
    def tensor(self) -> int | None:
        """Tensor parallelism; None: not known."""
        return self.number("tensor_parallel_size", 1)

    @property
    def pipeline(self) -> int | None:
        """Pipeline stages; None: not known."""
        return self.number("pipeline_parallel_size", 1)

    @property
    def data(self) -> int | None:
        """Data parallelism; None: not known."""
        return self.number("data_parallel_size", 1)

    @property
    def context(self) -> int | None:
        """Ranks that share the prefill; None: not known."""
        return self.number("prefill_context_parallel_size", 1)

    @property
    def world(self) -> int | None:
        """Devices of one copy; None: not known."""
        return self.tensor * self.pipeline if self.tensor is not None and self.pipeline is not None else None
