"""Selectors against what drivers publish: names, domains, types, values, presence.

All of it is stricter than the API server, which knows no driver; so every rule's name begins with `strict-`.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from constructs_dra.catalogue.model import STANDARD_DOMAIN, Attribute, Capacity, Driver
from constructs_dra.cel.checker import Environment, Fault
from constructs_dra.cel.source import quoted
from constructs_dra.cel.syntax import Call, Comprehension, Const, CreateList, Ident, Node, Select
from constructs_dra.cel.types import BOOL, INT, STRING, Substitution, Type
from constructs_dra.cel.values import Quantity
from constructs_dra.errors import did_you_mean
from constructs_dra.lexical.regex import RegexError, compile_regex
from constructs_dra.lexical.semver import Semver
from constructs_dra.selectors.reads import Place, Reading, Resolver
from constructs_dra.selectors.satisfy import constant

__all__ = ["Catalogue", "Finding"]

Finding = tuple[str, Fault, bool]
"""A rule's name, what it found, and whether it is only a warning."""

_TYPES: dict[str, Type] = {"string": STRING, "int": INT, "bool": BOOL}
_TYPE_NAMES = {bool: "a bool", int: "an int", float: "a double", str: "a string", Quantity: "a quantity", Semver: "a version"}
_LEAVES = frozenset((Const, Ident))
_VALUE_KEYS = frozenset(("string", "int", "bool", "version", "value"))
"""Keys of attribute values in a ResourceSlice, which people write into selectors by mistake."""

_LEAST_BYTES = 2**20
"""Fewer bytes than any device has to give."""

_TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "startsWith": str.startswith, "endsWith": str.endswith, "contains": lambda text, part: part in text,
}  # fmt: skip


class Catalogue:
    """What is known about the devices a selector will see.

    Args:
        driver: The driver whose devices they are; None when the selector does not say.
        kinds: Values of the driver's `kind_attribute` that its class lets through; empty for all.
        find: Gives the driver of a name, for selectors that read another driver's domain.
    """

    def __init__(self, driver: Driver | None, kinds: tuple[str, ...], find: Callable[[str], Driver | None]) -> None:
        self._driver = driver
        self._kinds = kinds
        self._find = find

    def publisher(self, domain: str) -> Driver | None:
        """The driver that says what is under a domain: the one given, else the one the domain is named after."""
        return self._driver if self._driver is not None else self._find(domain) if domain and "/" not in domain else None

    def record(self, place: Place) -> Attribute | Capacity | None:
        """What is known of an attribute or capacity, or None."""
        driver = self.publisher(place.domain)
        if driver is None:
            return None
        return driver.attribute(place.name, place.domain) if place.kind == "attribute" else driver.capacity(place.name, place.domain)

    def _exists(self, record: Attribute | Capacity) -> bool:
        """Whether devices of the class can have it."""
        if isinstance(record, Attribute) and record.never_published:
            return False
        return not (self._kinds and record.kinds) or bool(set(self._kinds) & set(record.kinds))

    def knowledge(self, places: Iterable[Place]) -> tuple[dict[Place, tuple[Any, ...]], frozenset[Place]]:
        """For a set of places: the values that are all there are, and the places no device has."""
        values: dict[Place, tuple[Any, ...]] = {}
        absent: set[Place] = set()
        for place in places:
            record = self.record(place)
            if record is None:
                if self.publisher(place.domain) is not None:
                    absent.add(place)
            elif not self._exists(record):
                absent.add(place)
            elif isinstance(record, Attribute) and (allowed := self._allowed(record)):
                values[place] = allowed
        return values, frozenset(absent)

    def _allowed(self, record: Attribute) -> tuple[Any, ...]:
        driver = self._driver
        if driver is not None and self._kinds and record.name == driver.kind_attribute and record.domain == driver.name:
            return self._kinds
        return (True, False) if record.type == "bool" else record.allowed if record.type != "version" else ()

    def names(self, readings: Iterable[Reading]) -> Iterator[Finding]:
        """Findings about what is read: domain, name, presence, deprecation."""
        for reading in readings:
            yield from self._name(reading)

    def _name(self, reading: Reading) -> Iterator[Finding]:
        driver = self.publisher(reading.domain)
        if "/" in reading.domain:
            yield _slash(reading)
        elif driver is not None:
            domains = _domains(driver, reading.kind)
            record = self.record(Place(reading.kind, reading.domain, reading.name))
            if reading.domain not in domains:
                yield self._domain(reading, driver, domains)
            elif record is None:
                yield _unknown(reading, driver)
            else:
                yield from self._presence(reading, record, driver)

    def _domain(self, reading: Reading, driver: Driver, domains: list[str]) -> Finding:
        field = "attributes" if reading.kind == "attribute" else "capacity"
        own = driver.attribute(reading.name) if reading.kind == "attribute" else driver.capacity(reading.name)
        hint = f'write device.{field}["{own.domain}"].{reading.name}' if own is not None else did_you_mean(reading.domain, domains)
        if not domains:
            hint = f"{driver.name} publishes no {'attributes' if reading.kind == 'attribute' else 'capacity'} at all"
        message = f"devices of {driver.name} publish no {reading.kind} under {reading.domain!r}"
        return "strict-domain", Fault(message, reading.domain_position, hint), reading.guarded

    def _presence(self, reading: Reading, record: Attribute | Capacity, driver: Driver) -> Iterator[Finding]:
        what = f"{reading.kind} {reading.name!r} of {driver.name}"
        if not self._exists(record):
            kinds = f"only on {', '.join(record.kinds)}" if record.kinds else record.published
            message = f"{what} is not published on these devices: {kinds}"
            yield "strict-absent", Fault(message, reading.position), reading.guarded
            return
        if isinstance(record, Attribute) and record.deprecated:
            yield "strict-deprecated", Fault(f"{what} is deprecated: {record.deprecated}", reading.position), True
        if not record.optional or reading.guarded:
            return
        when = record.published if record.published != "always" else f"only on {record.applies_to}"
        field = "attributes" if reading.kind == "attribute" else "capacity"
        guard = f'has(device.{field}["{reading.domain}"].{reading.name}) && …'
        message = f"{what} is not on every device ({when}), and reading it where it is absent stops the allocation of the whole claim"
        # published whenever the driver can find it out: absent on few machines, so no reason to refuse
        yield "strict-guard", Fault(message, reading.position, f"guard it: {guard}"), record.absent == "rarely"

    def uses(self, tree: Node, environment: Environment) -> list[Finding]:
        """Findings about how what is read is used: type and values."""
        return _Uses(self, environment).findings(tree)


def _domains(driver: Driver, kind: str) -> list[str]:
    records: tuple[Attribute | Capacity, ...] = driver.attributes if kind == "attribute" else driver.capacities
    return list(dict.fromkeys(record.domain for record in records))


def _slash(reading: Reading) -> Finding:
    """`attributes["dra.net/rdma"].bool`: as a ResourceSlice is written, not as CEL reads it."""
    domain, _, name = reading.domain.partition("/")
    field = "attributes" if reading.kind == "attribute" else "capacity"
    inner = f"; its value needs no .{reading.name}" if reading.name in _VALUE_KEYS else ""
    message = f"{reading.domain!r} is not a domain: domains hold no '/', so this map is always empty"
    return "strict-domain", Fault(message, reading.domain_position, f'write device.{field}["{domain}"].{name}{inner}'), False


def _unknown(reading: Reading, driver: Driver) -> Finding:
    attributes = [attribute.name for attribute in driver.attributes if attribute.domain == reading.domain]
    capacities = [capacity.name for capacity in driver.capacities if capacity.domain == reading.domain]
    known, others = (attributes, capacities) if reading.kind == "attribute" else (capacities, attributes)
    if reading.name in others:
        field = "capacity" if reading.kind == "attribute" else "attributes"
        hint = f'write device.{field}["{reading.domain}"].{reading.name}'
    elif reading.kind == "attribute" and reading.domain == STANDARD_DOMAIN and reading.name in {name.name for name in driver.attributes}:
        hint = f'write device.attributes["{driver.name}"].{reading.name}'
    else:
        hint = did_you_mean(reading.name, known)
    message = f"devices of {driver.name} publish no {reading.kind} {reading.name!r}" + (
        f" under {reading.domain}" if reading.domain != driver.name else ""
    )
    return f"strict-unknown-{reading.kind}", Fault(message, reading.position, hint), reading.guarded


class _Uses(Resolver):
    """Walks a tree and looks at what happens to each attribute that is read."""

    def __init__(self, catalogue: Catalogue, environment: Environment) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._environment = environment
        self._types = Substitution()
        self._found: list[Finding] = []
        self._seen: set[int] = set()

    def findings(self, tree: Node) -> list[Finding]:
        self._condition(tree)
        self._visit(tree)
        return self._found

    def _record(self, node: Node) -> Attribute | None:
        """What is known of the attribute whose value a node is."""
        if (isinstance(node, Select) and node.test) or (isinstance(node, Call) and node.function != "_[_]"):
            return None
        place = self.place(node)
        record = self._catalogue.record(place) if place is not None else None
        return record if isinstance(record, Attribute) else None

    def _note(self, rule: str, node: Node, message: str, hint: str = "", *, warning: bool = False) -> None:
        position = node.args[1].position if isinstance(node, Call) and node.function == "_[_]" else node.position
        self._found.append((rule, Fault(message, position, hint), warning))

    def _visit(self, node: Node) -> None:
        if type(node) in _LEAVES or id(node) in self._seen:
            return
        self._seen.add(id(node))
        if isinstance(node, Comprehension):
            self._visit_scope(node)
            return
        if isinstance(node, Call):
            self._call(node)
        for child in node.children():
            self._visit(child)

    def _visit_scope(self, node: Comprehension) -> None:
        if node.is_bind:
            self._visit(node.init)
            self.bind(node.accumulator, node.init)
            self._condition(node.result)
            self._visit(node.result)
            self.release(node.accumulator)
            return
        self._visit(node.range)
        names = [name for name in (node.accumulator, node.variable, node.second) if name]
        for name in names:
            self.bind(name, None)
        self._visit(node.step)
        for name in names:
            self.release(name)

    def _condition(self, node: Node) -> None:
        """A place where only a bool will do."""
        record = self._record(node)
        if record is not None and record.type != "bool":
            self._note("strict-type", node, f"{record.name!r} is a {record.type}, not a bool", f"compare it, like {record.name} == …")

    def _call(self, node: Call) -> None:
        if node.function in {"_&&_", "_||_", "!_"}:
            for argument in node.args:
                self._condition(argument)
        elif node.function == "_?_:_":
            self._condition(node.args[0])
        elif node.function in {"_==_", "_!=_"}:
            self._equality(node)
        elif node.function == "@in":
            self._membership(node)
        else:
            self._arguments(node)
            if node.target is not None and len(node.args) == 1:
                self._text_test(node, node.target)
                self._size(node.target, node.args[0])
                self._size(node.args[0], node.target)

    def _size(self, subject: Node, other: Node) -> None:
        """An amount of bytes compared with one so small that its unit was forgotten."""
        place = self.place(subject)
        record = self._catalogue.record(place) if place is not None else None
        value = constant(other)
        if isinstance(record, Capacity) and record.bytes and isinstance(value, Quantity) and 0 < value.value < _LEAST_BYTES:
            number = f"{value.value:f}"
            shown = f"{record.name!r} is in bytes, and {number} are few"
            self._note("strict-small-amount", other, shown, f"write {number}Gi or the like", warning=True)

    def _arguments(self, node: Call) -> None:
        """Whether the overloads that the other arguments leave take an attribute of this type."""
        declared = {overload.id: overload for overload in self._environment.function(node.function) or ()}
        for index, argument in enumerate(node.children()):
            record = self._record(argument)
            if record is None or not node.overloads or not all(id_ in declared for id_ in node.overloads):
                continue
            type_ = _TYPES.get(record.type)
            accepted = [declared[id_].parameters[index] for id_ in node.overloads]
            if not any(_takes(parameter, type_) for parameter in accepted):
                names = ", ".join(sorted({str(parameter) for parameter in accepted}))
                what = _spelt(node.function)
                self._note("strict-type", argument, f"{record.name!r} is a {record.type}, but {what} is for {names}", _hint(record, node.function))

    def _equality(self, node: Call) -> None:
        for one, other in (node.args, node.args[::-1]):
            record, value = self._record(one), constant(other)
            if record is None or value is None:
                continue
            if not _comparable(record, value):
                self._mismatch(node, one, record, value)
            elif isinstance(value, str):
                self._value(other, record, value, only=node.function == "_==_")

    def _mismatch(self, node: Call, subject: Node, record: Attribute, value: object) -> None:
        kind = _TYPE_NAMES.get(type(value), "another type")
        never = "is never equal to" if node.function == "_==_" else "is always unequal to"
        hint = f'compare with semver("{value}")' if record.type == "version" and isinstance(value, str) else _literal_hint(record, value)
        # a comparison that is always true is as wrong, but devices still match
        self._note("strict-type", subject, f"{record.name!r} is a {record.type} and {never} {kind}", hint, warning=node.function == "_!=_")

    def _membership(self, node: Call) -> None:
        item, container = node.args
        record = self._record(item)
        if record is None or not isinstance(container, CreateList):
            return
        values = [(child, constant(child)) for child in container.elements]
        wrong = [(child, value) for child, value in values if value is not None and not _comparable(record, value)]
        if wrong:
            self._note("strict-type", item, f"{record.name!r} is a {record.type}, never in a list of {wrong[0][0].type}")
            return
        texts = [(child, value) for child, value in values if isinstance(value, str)]
        hopeless = bool(texts) and all(self._never(record, value) for _child, value in texts)
        for child, value in texts:
            self._value(child, record, value, only=hopeless)

    def _never(self, record: Attribute, value: str) -> bool:
        return bool(record.value_fault(value)[0])

    def _value(self, literal: Node, record: Attribute, value: str, *, only: bool) -> None:
        """A string the driver never publishes; an error where nothing else can match."""
        if self._never(record, value):
            self._note("strict-value", literal, f"{record.name!r} is never {quoted(value)}", record.value_fault(value)[1], warning=not only)
            return
        published = [str(example) for example in record.values]
        if value in published:
            return
        for reordered in (example for example in published if ";" in value and sorted(example.split(";")) == sorted(value.split(";"))):
            # lists in one text, like QAT's services, are published in one order only
            self._note("strict-order", literal, f"{record.name!r} is never {quoted(value)}", f"the order is {reordered!r}", warning=not only)
        near = next((example for example in published if example.casefold() == value.casefold()), "")
        if near:
            self._note("strict-value", literal, f"{record.name!r} is published as {near!r}, not {quoted(value)}", f"write {near!r}", warning=True)

    def _text_test(self, node: Call, target: Node) -> None:
        record, value = self._record(target), constant(node.args[0])
        if record is None or not record.allowed or record.type != "string" or not isinstance(value, str):
            return
        if node.function == "matches":
            try:
                test: Callable[[str, str], bool] = lambda text, regex: compile_regex(regex).matches(text)  # noqa: E731
                passing = [text for text in record.allowed if test(str(text), value)]
            except RegexError:
                return
        elif node.function in _TEXT_TESTS:
            passing = [text for text in record.allowed if _TEXT_TESTS[node.function](str(text), value)]
        else:
            return
        if not passing:
            values = ", ".join(map(str, record.allowed))
            self._note(
                "strict-value", node.args[0], f"no value of {record.name!r} passes {node.function}({quoted(value)})", f"it is one of: {values}"
            )


def _takes(parameter: Type, given: Type | None) -> bool:
    if parameter.kind in {"dyn", "any", "param"}:
        return True
    return parameter.name == "kubernetes.Semver" if given is None else parameter is given


def _comparable(record: Attribute, value: object) -> bool:
    if record.type == "version":
        return isinstance(value, Semver)
    if record.type == "int":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, {"string": str, "bool": bool}[record.type])


def _literal_hint(record: Attribute, value: object) -> str:
    """How the same value is written in the attribute's own type."""
    if record.type == "bool" and isinstance(value, str) and value.casefold() in {"true", "false"}:
        return f"write {value.casefold()} without quotes"
    if record.type == "string" and isinstance(value, bool) and record.allowed:
        return f"it is one of: {', '.join(map(str, record.allowed))}"
    if record.type == "string" and not isinstance(value, Quantity | Semver):
        return f'write "{str(value).lower() if isinstance(value, bool) else value}" in quotes'
    if record.type == "int" and isinstance(value, str) and value.lstrip("-").isdigit():
        return f"write {value} without quotes"
    return f"{record.name} is a {record.type}"


def _spelt(function: str) -> str:
    return function.strip("_") if "_" in {function[0], function[-1]} else f"{function}()"


def _hint(record: Attribute, function: str) -> str:
    if record.type == "version" and function in {"_<_", "_<=_", "_>_", "_>=_"}:
        return f'compare versions with .compareTo(semver("1.2.3")) {_spelt(function)} 0'
    if record.type == "string" and function in {"_<_", "_<=_", "_>_", "_>=_"}:
        return "compare it with a string"
    return ""
