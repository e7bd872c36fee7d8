"""Typed namespaces over a driver's facts: how the catalogue, and users with a driver of their own, write down what devices publish.

    class Fpga(Devices, driver="fpga.example.org"):
        model = String(values=("A1", "B2"))
        ready = Boolean(published="once the firmware is loaded")
        memory = Quantity()

    fpga = Fpga()
    fpga.model == "A1"                 # an expression for a claim's `where`

The class statement is all there is to do: editors complete `fpga.`, type checkers refuse a misspelt attribute, and requests, checks and placement
take `fpga` like a built-in driver.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, TypeAlias, TypedDict, TypeVar, Unpack

from attrs import evolve

from constructs_dra.catalogue.model import Absent, Attribute, Capacity, Driver, PublishedClass
from constructs_dra.errors import Problem, did_you_mean
from constructs_dra.expressions.build import Expression, Reference
from constructs_dra.expressions.ordered import QuantityTerm, VersionTerm
from constructs_dra.expressions.terms import BoolTerm, IntTerm, StringTerm

__all__ = [
    "AttributeFacts",
    "Boolean",
    "Bytes",
    "Choice",
    "Devices",
    "Integer",
    "Numbered",
    "Quantity",
    "String",
    "UnpublishedError",
    "Version",
    "driver_of",
]

_V = TypeVar("_V", bound=str)

_LEAST_MEMORY = "1Mi"
"""The least memory that can be meant; no device has less, and what looks like it lacks its unit."""


class AttributeFacts(TypedDict, total=False):
    """What can be said about any attribute; see `constructs_dra.catalogue.model.Attribute` for the meaning of each."""

    domain: str
    published: str
    absent: Absent
    applies_to: str
    kinds: tuple[str, ...]
    form: str
    likely: tuple[str, ...]
    since: str
    deprecated: str
    note: str


class CapacityFacts(TypedDict, total=False):
    """What can be said about any capacity; see `constructs_dra.catalogue.model.Capacity` for the meaning of each."""

    domain: str
    published: str
    absent: Absent
    applies_to: str
    kinds: tuple[str, ...]
    bytes: bool
    request_policy: str
    note: str


def _attribute(kind: Any, name: str, values: Iterable[Any], examples: Iterable[Any], facts: AttributeFacts) -> Attribute:
    given, shown = tuple(values), tuple(examples)
    known: Any = "complete" if given else "examples" if shown else ""
    words: dict[str, Any] = {"domain": "", **facts}
    return Attribute(name=name, type=kind, values=given or shown, values_kind=known, **words)


def _capacity(name: str, quantity: str, facts: CapacityFacts) -> Capacity:
    words: dict[str, Any] = {"domain": "", **facts}
    return Capacity(name=name, quantity=quantity, **words)


def _reference(fact: Attribute | Capacity) -> Reference:
    published: Any = "attributes" if isinstance(fact, Attribute) else "capacity"
    return Reference(map=published, domain=fact.domain, name=fact.name, optional=fact.optional, kinds=fact.kinds)


def _known(fact: Attribute) -> tuple[Problem, ...]:
    if fact.never_published:
        fault = f"{fact.qualified_name} is not published by the driver ({fact.published}); reading it stops the whole allocation"
        return (Problem("", fault, fact.note or "use another attribute", rule="strict-absent"),)
    if fact.deprecated:
        return (Problem("", f"{fact.qualified_name} is deprecated: {fact.deprecated}", rule="strict-deprecated", severity="warning"),)
    return ()


class String(StringTerm):
    """A string that devices publish.

    Args:
        name: Its key as the driver spells it; default the name it has in Python.
        values: All values it can have, when they are known: others are then refused.
        examples: Some values it can have.
        facts: What else is known; see `AttributeFacts`.
    """

    __slots__ = ("fact",)

    fact: Attribute

    def __init__(self, name: str = "", *, values: Iterable[str] = (), examples: Iterable[str] = (), **facts: Unpack[AttributeFacts]) -> None:
        self._take(_attribute("string", name, values, examples, facts))

    def _take(self, fact: Attribute) -> None:
        self.fact = fact
        reference = _reference(fact)
        allowed = tuple(map(str, fact.allowed))
        judge = fact.value_fault if fact.form or fact.likely else None
        super().__init__(reference.text, (reference,), name=fact.qualified_name, known=_known(fact), allowed=allowed, judge=judge)


class Choice(String, Generic[_V]):
    """A string with few possible values, all of them known to type checkers too: `Choice[Literal["gpu", "vf"]]("type", values=("gpu", "vf"))`."""

    __slots__ = ()

    __hash__ = String.__hash__

    if TYPE_CHECKING:

        def __init__(self, name: str = "", *, values: Iterable[_V], **facts: Unpack[AttributeFacts]) -> None: ...
        def __eq__(self, value: _V | StringTerm) -> Expression: ...  # type: ignore[override]
        def __ne__(self, value: _V | StringTerm) -> Expression: ...  # type: ignore[override]
        def in_(self, values: Iterable[_V]) -> Expression:  # type: ignore[override]
            """Whether it is one of these."""


class Integer(IntTerm):
    """A whole number that devices publish. Arguments as for `String`."""

    __slots__ = ("fact",)

    fact: Attribute

    def __init__(self, name: str = "", *, examples: Iterable[int] = (), **facts: Unpack[AttributeFacts]) -> None:
        self._take(_attribute("int", name, (), examples, facts))

    def _take(self, fact: Attribute) -> None:
        self.fact = fact
        reference = _reference(fact)
        super().__init__(reference.text, (reference,), name=fact.qualified_name, known=_known(fact))


class Boolean(BoolTerm):
    """True or false, as devices publish it. Arguments as for `String`."""

    __slots__ = ("fact",)

    fact: Attribute

    def __init__(self, name: str = "", **facts: Unpack[AttributeFacts]) -> None:
        self._take(_attribute("bool", name, (), (), facts))

    def _take(self, fact: Attribute) -> None:
        self.fact = fact
        reference = _reference(fact)
        super().__init__(reference.text, (reference,), name=fact.qualified_name, known=_known(fact))


class Version(VersionTerm):
    """A semantic version that devices publish. Arguments as for `String`."""

    __slots__ = ("fact",)

    fact: Attribute

    def __init__(self, name: str = "", *, examples: Iterable[str] = (), **facts: Unpack[AttributeFacts]) -> None:
        self._take(_attribute("version", name, (), examples, facts))

    def _take(self, fact: Attribute) -> None:
        self.fact = fact
        reference = _reference(fact)
        super().__init__(reference.text, (reference,), name=fact.qualified_name, known=_known(fact))


class Quantity(QuantityTerm):
    """An amount that devices publish as capacity.

    Args:
        name: Its key as the driver spells it; default the name it has in Python.
        quantity: In words, what the amount is.
        facts: What else is known; see `CapacityFacts`.
    """

    __slots__ = ("fact",)

    fact: Capacity

    def __init__(self, name: str = "", quantity: str = "", **facts: Unpack[CapacityFacts]) -> None:
        self._take(_capacity(name, quantity, facts))

    def _take(self, fact: Capacity) -> None:
        self.fact = fact
        reference = _reference(fact)
        super().__init__(reference.text, (reference,), name=fact.qualified_name, least=_LEAST_MEMORY if fact.bytes else "")


class Bytes(Quantity):
    """An amount of bytes that devices publish as capacity: compared with a string that has a unit, such as `"16Gi"`. Arguments as for `Quantity`."""

    __slots__ = ()

    __hash__ = Quantity.__hash__

    def __init__(self, name: str = "", quantity: str = "bytes", **facts: Unpack[CapacityFacts]) -> None:
        facts["bytes"] = True
        super().__init__(name, quantity, **facts)

    if TYPE_CHECKING:

        def __eq__(self, value: str | QuantityTerm) -> Expression: ...  # type: ignore[override]
        def __ne__(self, value: str | QuantityTerm) -> Expression: ...  # type: ignore[override]
        def __lt__(self, value: str | QuantityTerm) -> Expression: ...  # type: ignore[override]
        def __le__(self, value: str | QuantityTerm) -> Expression: ...  # type: ignore[override]
        def __gt__(self, value: str | QuantityTerm) -> Expression: ...  # type: ignore[override]
        def __ge__(self, value: str | QuantityTerm) -> Expression: ...  # type: ignore[override]
        def in_(self, values: Iterable[str]) -> Expression:  # type: ignore[override]
            """Whether it is one of these amounts."""


class Numbered:
    """A family of capacities that differ by a number: `nvidia.gpu.memory_slice[3]`. Arguments as for `Quantity`, the name ending in `<N>`."""

    __slots__ = ("fact",)

    fact: Capacity

    def __init__(self, name: str, quantity: str = "", **facts: Unpack[CapacityFacts]) -> None:
        self._take(_capacity(name, quantity, facts))

    def _take(self, fact: Capacity) -> None:
        self.fact = fact

    def __getitem__(self, number: int) -> Quantity:
        """The member of this number; whether a device has it is never certain, so ask with `.present`."""
        name = self.fact.name.replace("<N>", str(number))
        member = object.__new__(Quantity)
        member._take(evolve(self.fact, name=name, published="when it has this number"))
        return member


_Field: TypeAlias = String | Integer | Boolean | Version | Quantity | Numbered


def _fields(cls: type) -> dict[str, _Field]:
    """The fields of a class and of what it inherits from, in the order they were written."""
    return {name: value for base in reversed(cls.__mro__) for name, value in vars(base).items() if isinstance(value, _Field)}


def _named(name: str) -> Driver:
    """A driver of which no more than the name is known; its class is assumed to be the usual one."""
    usual = PublishedClass(name=name, selectors=(f'device.driver == "{name}"',), created_by="user")
    return Driver(name=name, classes=(usual,), verified="source")


class UnpublishedError(AttributeError):
    """What was asked for is not among what the devices of a driver publish; the message names the nearest."""


class Devices:
    """What the devices of one driver publish. Subclass it, naming the driver, and make one instance; see the module's example.

    The class's argument `driver` is the driver's name, or a `Driver` record with all else that is known. With a name alone, a device class of
    that name is assumed.
    """

    __driver__: ClassVar[Driver]

    def __init_subclass__(cls, *, driver: str | Driver, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        known = driver if isinstance(driver, Driver) else _named(driver)
        inherited = {base.__driver__.name for base in cls.__mro__[1:] if issubclass(base, Devices) and base is not Devices}
        facts: list[Attribute | Capacity] = []
        for name, declared in _fields(cls).items():
            field = object.__new__(type(declared))
            fact: Any = declared.fact
            own = not fact.domain or fact.domain in inherited
            field._take(evolve(fact, name=fact.name or name, domain=known.name if own else fact.domain))
            setattr(cls, name, field)
            facts.append(field.fact)
        cls.__driver__ = evolve(
            known,
            id=known.id or known.name,
            attributes=tuple(fact for fact in facts if isinstance(fact, Attribute)),
            capacities=tuple(fact for fact in facts if isinstance(fact, Capacity)),
        )

    def __repr__(self) -> str:
        return f"<devices of {self.__driver__.name}>"

    if not TYPE_CHECKING:  # type checkers must go on refusing names that do not exist

        def __getattr__(self, name: str) -> NoReturn:
            fields = _fields(type(self))
            by_key = {field.fact.name: key for key, field in fields.items()}
            hint = f"did you mean {by_key[name]!r}?" if name in by_key else did_you_mean(name, fields)
            raise UnpublishedError(f"{self.__driver__.name} publishes no {name!r}; {hint}")


def driver_of(devices: "Devices | type[Devices] | Driver") -> Driver:
    """Everything known about the driver of these devices."""
    return devices if isinstance(devices, Driver) else devices.__driver__
