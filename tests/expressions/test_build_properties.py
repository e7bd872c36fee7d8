"""What is printed means what was built: evaluated by this library's own CEL on devices that publish much, little or nothing."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra.cel import compile_selector
from constructs_dra.drivers import Boolean, Devices, Integer, Quantity, String, Version
from constructs_dra.expressions.build import Expression

_DRIVER = "test.example.org"


class Card(Devices, driver=_DRIVER):
    model = String()
    maybe_model = String("maybeModel", published="sometimes")
    number = Integer()
    maybe_number = Integer("maybeNumber", published="sometimes")
    ready = Boolean()
    maybe_ready = Boolean("maybeReady", published="sometimes")
    maybe_version = Version("maybeVersion", published="sometimes")
    memory = Quantity()
    maybe_memory = Quantity("maybeMemory", published="sometimes")


card = Card()
Meaning = Callable[[dict[str, Any]], bool]
"""What an expression should say about a device given as plain values."""

_texts = st.sampled_from(["", "a", "A", 'say "a"', "back\\slash", "new\nline", "tab\t", "é", "\U0001f600", "\x00", "\u2028", "'", "${x}", "%s", "//"])
_numbers = st.sampled_from([0, 1, -1, 7, 2**63 - 1, -(2**63)])
_versions = st.sampled_from(["0.0.1", "1.2.3", "1.10.0", "1.2.3-rc.1", "2.0.0+build"])
_amounts = st.sampled_from(["0", "1", "1500m", "1Ki", "1Gi", "2Gi"])
_WEIGHT = {"0": 0, "1": 1, "1500m": 1.5, "1Ki": 1024, "1Gi": 2**30, "2Gi": 2**31}
_ORDER = {"0.0.1": 0, "1.2.3-rc.1": 1, "1.2.3": 2, "1.10.0": 3, "2.0.0+build": 4}


def _needs(key: str, test: Callable[[Any], bool]) -> Meaning:
    return lambda values: key in values and test(values[key])


def _atoms() -> st.SearchStrategy[tuple[Expression, Meaning]]:
    strings = [(card.model, "model"), (card.maybe_model, "maybeModel")]
    numbers = [(card.number, "number"), (card.maybe_number, "maybeNumber")]
    flags = [(card.ready, "ready"), (card.maybe_ready, "maybeReady")]
    amounts = [(card.memory, "memory"), (card.maybe_memory, "maybeMemory")]
    anything: list[tuple[Any, str]] = [*strings, *numbers, *flags, *amounts, (card.maybe_version, "maybeVersion")]
    return st.one_of(
        st.builds(lambda term, text: (term[0] == text, _needs(term[1], lambda v: v == text)), st.sampled_from(strings), _texts),
        st.builds(lambda term, text: (term[0] != text, _needs(term[1], lambda v: v != text)), st.sampled_from(strings), _texts),
        st.builds(lambda term, text: (term[0].starts_with(text), _needs(term[1], lambda v: v.startswith(text))), st.sampled_from(strings), _texts),
        st.builds(lambda term, text: (term[0].contains(text), _needs(term[1], lambda v: text in v)), st.sampled_from(strings), _texts),
        st.builds(
            lambda term, texts: (term[0].in_(texts), _needs(term[1], lambda v: v in texts)),
            st.sampled_from(strings),
            st.lists(_texts, min_size=1, max_size=3),
        ),
        st.builds(lambda term, number: (term[0] < number, _needs(term[1], lambda v: v < number)), st.sampled_from(numbers), _numbers),
        st.builds(lambda term, number: (term[0] >= number, _needs(term[1], lambda v: v >= number)), st.sampled_from(numbers), _numbers),
        st.builds(lambda term: (term[0], _needs(term[1], bool)), st.sampled_from(flags)),
        st.builds(lambda term, flag: (term[0] == flag, _needs(term[1], lambda v: v == flag)), st.sampled_from(flags), st.booleans()),
        st.builds(
            lambda term, amount: (term[0] > amount, _needs(term[1], lambda v: _WEIGHT[v] > _WEIGHT[amount])), st.sampled_from(amounts), _amounts
        ),
        st.builds(
            lambda term, amount: (term[0] == amount, _needs(term[1], lambda v: _WEIGHT[v] == _WEIGHT[amount])), st.sampled_from(amounts), _amounts
        ),
        st.builds(lambda version: (card.maybe_version >= version, _needs("maybeVersion", lambda v: _ORDER[v] >= _ORDER[version])), _versions),
        st.builds(lambda term: (term[0].present, _needs(term[1], lambda _: True)), st.sampled_from(anything)),
    )


def _trees() -> st.SearchStrategy[tuple[Expression, Meaning]]:
    def extend(inner: st.SearchStrategy[tuple[Expression, Meaning]]) -> st.SearchStrategy[tuple[Expression, Meaning]]:
        return st.one_of(
            st.builds(lambda a, b: (a[0] & b[0], lambda values: a[1](values) and b[1](values)), inner, inner),
            st.builds(lambda a, b: (a[0] | b[0], lambda values: a[1](values) or b[1](values)), inner, inner),
            st.builds(lambda a: (~a[0], lambda values: not a[1](values)), inner),
        )

    return st.recursive(_atoms(), extend, max_leaves=8)


_devices = st.fixed_dictionaries(
    {"model": _texts, "number": _numbers, "ready": st.booleans(), "memory": _amounts},
    optional={"maybeModel": _texts, "maybeNumber": _numbers, "maybeReady": st.booleans(), "maybeVersion": _versions, "maybeMemory": _amounts},
)


def _published(values: dict[str, Any]) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    capacity: dict[str, Any] = {}
    for key, value in values.items():
        if key.lower().endswith("memory"):
            capacity[key] = {"value": value}
        elif key.endswith("Version"):
            attributes[key] = {"version": value}
        else:
            kind = "bool" if isinstance(value, bool) else "int" if isinstance(value, int) else "string"
            attributes[key] = {kind: value}
    return {"driver": _DRIVER, "attributes": attributes, "capacity": capacity}


@settings(max_examples=400, deadline=None)
@given(_trees(), _devices)
def test_printed_text_means_what_was_built(tree: tuple[Expression, Meaning], values: dict[str, Any]) -> None:
    expression, meaning = tree
    assert compile_selector(str(expression)).matches(_published(values)) == meaning(values)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=16))
def test_every_text_survives_quoting(text: str) -> None:
    selector = compile_selector(str(card.model == text))
    assert selector.matches(_published({"model": text}))
    assert not selector.matches(_published({"model": text + "x"}))
