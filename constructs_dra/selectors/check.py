"""All that can be known to be wrong with a selector before a cluster sees it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from constructs_dra.catalogue.registry import driver as known_driver
from constructs_dra.cel.checker import Fault
from constructs_dra.cel.dispatch import function_for
from constructs_dra.cel.recursion import deep_recursion
from constructs_dra.cel.selector import Selector, compile_selector
from constructs_dra.cel.source import problem_at, quoted
from constructs_dra.cel.syntax import Call, Const, Ident, Node, Select, walk
from constructs_dra.cel.values import CelEvaluationError
from constructs_dra.errors import Problem, SpecError
from constructs_dra.lexical.versions import DEFAULT_VERSION, KubernetesVersion
from constructs_dra.selectors.catalogue import Catalogue
from constructs_dra.selectors.reads import Place, Reading, readings
from constructs_dra.selectors.satisfy import DRIVER, contradiction

if TYPE_CHECKING:
    from constructs_dra.catalogue.model import Driver
    from constructs_dra.selectors.catalogue import Catalogue

__all__ = ["check_selector", "compile_for"]

_LISTS_SINCE = KubernetesVersion(1, 36)
_LITERAL_CALLS = {"quantity": "quantity", "semver": "version", "ip": "IP address", "cidr": "network", "url": "URL"}
"""Functions that read a string, and what the text has to be. A wrong literal fails on every device."""


def check_selector(
    expression: str, *, driver: "Driver | None" = None, device_class: str = "", kubernetes: str | KubernetesVersion = DEFAULT_VERSION, path: str = ""
) -> list[Problem]:
    """Check a selector as the API server does, then against what drivers publish.

    Most of these rules are stricter than the API server: they report what makes an allocation fail or never match (errors) or is only odd
    (warnings).

    Args:
        expression: The CEL text.
        driver: The driver whose devices are selected; checks names, types, values and presence. Without it the driver that the selector itself
            names is taken, if the catalogue knows it.
        device_class: Name of the DeviceClass, where that narrows the kinds of devices (`mig.nvidia.com`).
        kubernetes: Version that will evaluate it. Default 1.36.
        path: Where the selector stands, for the problems.

    Returns:
        The problems, errors and warnings, in the order of the text; none when all is well.
    """
    try:
        selector = compile_for(expression, kubernetes)
    except SpecError as error:
        return [problem.under(path) for problem in error.problems]
    with deep_recursion():
        # the same said of the same name twice is said once
        distinct = {
            (rule, fault.message): (rule, fault, warning) for rule, fault, warning in reversed(list(_findings(selector, driver, device_class)))
        }
        findings = sorted(distinct.values(), key=lambda finding: finding[1].position)
    return [
        problem_at(expression, fault.position, fault.message, fault.hint, path=path, rule=rule, warning=warning) for rule, fault, warning in findings
    ]


def compile_for(expression: str, kubernetes: str | KubernetesVersion) -> Selector:
    """Compile a selector with every feature that a Kubernetes version can turn on; `Selector.gates` names those it needs.

    Raises:
        SpecError: No gate makes this version take it.
        ValueError: It is not a Kubernetes version known here.
    """
    version = KubernetesVersion.parse(kubernetes)
    try:
        return compile_selector(expression, kubernetes=version)
    except SpecError as error:
        if version.release < _LISTS_SINCE:
            raise
        try:
            return compile_selector(expression, list_type_attributes=True, kubernetes=version)
        except SpecError:
            raise error from None


_Finding = tuple[str, Fault, bool]


def _findings(selector: Selector, driver: "Driver | None", device_class: str) -> Iterator[_Finding]:
    found = list(_literals(selector))
    name = _named_driver(selector.tree) if driver is None else ""
    named = known_driver(name) if name else driver
    published = named.published_class(device_class) if named is not None and device_class else None
    catalogue = Catalogue(named, published.kinds if published is not None else (), known_driver)
    reads = readings(selector.tree)
    found += catalogue.names(reads)
    found += catalogue.uses(selector.tree, selector.environment)
    impossible = _impossible(selector, reads, catalogue, named)
    for rule, fault, warning in found:
        # a value that never comes does no harm beside one that does
        yield rule, fault, warning or (rule == "strict-value" and impossible is None)
    if impossible is not None and all(warning for _rule, _fault, warning in found):
        yield impossible


def _literals(selector: Selector) -> Iterator[_Finding]:
    if not any(name in selector.expression for name in _LITERAL_CALLS):
        return
    for node in walk(selector.tree):
        if not isinstance(node, Call) or node.function not in _LITERAL_CALLS or not all(isinstance(child, Const) for child in node.children()):
            continue
        values = [child.value for child in node.children() if isinstance(child, Const)]
        try:
            function_for(node, selector.environment)(*values)
        except CelEvaluationError:
            text = next((child for child in node.args if isinstance(child, Const) and isinstance(child.value, str)), node.args[-1])
            value = str(text.value) if isinstance(text, Const) else ""
            yield (
                "strict-literal",
                Fault(f"{quoted(value)} is not a valid {_LITERAL_CALLS[node.function]}", text.position, _respelt(node.function, value)),
                False,
            )


def _respelt(function: str, text: str) -> str:
    """How a wrong quantity or version is meant."""
    if len(text) > 40:
        return ""
    if function == "quantity":
        stem = text.rstrip("bB").strip()
        unit = stem.lstrip("0123456789.+- ")
        number = stem[: len(stem) - len(unit)].strip()
        decimal = {"k": "k", "kb": "k", "m": "M", "g": "G", "t": "T", "p": "P"}.get(unit.casefold(), "")
        if unit.casefold() in {"ki", "mi", "gi", "ti", "pi"} and number:
            return f'write quantity("{number}{unit[0].upper()}i")'
        if decimal and number:
            return f'write quantity("{number}{decimal}i") for powers of 1024 or quantity("{number}{decimal}") for powers of 1000'
        return "a quantity is a number with a suffix such as Mi, Gi, k or m"
    if function == "semver":
        return f'a version has three numbers; semver("{text}", true) also takes a leading v and fewer'
    return ""


def _impossible(selector: Selector, reads: Iterable[Reading], catalogue: "Catalogue", driver: "Driver | None") -> _Finding | None:
    """Why no device can match, if none can."""
    places = {Place(reading.kind, reading.domain, reading.name) for reading in reads}
    values, absent = catalogue.knowledge(places)
    if driver is not None:
        values[DRIVER] = (driver.name,)
    reason = contradiction(selector.tree, values, absent)
    if reason is None:
        return None
    if not reason.first:
        message = "it is false whatever the device"
    else:
        what = "device.driver" if reason.place == DRIVER else f"{reason.place.kind} {reason.place.name!r}"
        known = values.get(reason.place, ())
        less = f"devices have {', '.join(map(repr, known))}" if known else "no device has it"
        message = (
            f"no device can match: {what} would have to be {reason.first} and {reason.second}"
            if reason.second
            else (f"no device can match: {what} would have to be {reason.first}, but {less}")
        )
    return "strict-unsatisfiable", Fault(message, reason.position), False


def _named_driver(tree: Node) -> str:
    """The driver a selector asks for with `device.driver == "…"` at its top; empty when it does not."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if not isinstance(node, Call):
            continue
        if node.function == "_&&_":
            pending += node.args
        elif node.function == "_==_":
            sides = {type(side): side for side in node.args}
            field, name = sides.get(Select), sides.get(Const)
            if isinstance(field, Select) and isinstance(name, Const) and field.field == "driver" and isinstance(field.operand, Ident):
                return str(name.value) if field.operand.name == "device" else ""
    return ""
