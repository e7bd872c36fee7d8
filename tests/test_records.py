"""Records compare, hash and show themselves as attrs would have it."""

import attrs
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra import Container, Parallelism
from constructs_dra.drivers.model import Taint
from constructs_dra.records.valued import Valued


@attrs.frozen(eq=False, repr=False)
class _Ours(Valued):
    number: int
    text: str
    aside: int = attrs.field(default=0, eq=False, repr=False)


@attrs.frozen
class _Theirs:
    number: int
    text: str
    aside: int = attrs.field(default=0, eq=False, repr=False)


_VALUES = st.tuples(st.integers(0, 2), st.sampled_from(["", "a"]), st.integers(0, 2))


@given(_VALUES, _VALUES)
def test_it_is_what_attrs_would_write(one: tuple[int, str, int], other: tuple[int, str, int]) -> None:
    assert (_Ours(*one) == _Ours(*other)) == (_Theirs(*one) == _Theirs(*other))
    assert (hash(_Ours(*one)) == hash(_Ours(*other))) == (hash(_Theirs(*one)) == hash(_Theirs(*other)))
    assert repr(_Ours(*one)) == repr(_Theirs(*one)).replace("_Theirs", "_Ours")


def test_records_of_different_classes_are_never_equal() -> None:
    assert _Ours(1, "a") != _Theirs(1, "a")
    assert Parallelism() == Parallelism(tensor=1)
    assert Parallelism() != Container.custom("image")


def test_the_catalogue_s_records_can_be_keys() -> None:
    assert issubclass(Taint, Valued)
    assert len({Parallelism(), Parallelism(tensor=1), Parallelism(tensor=2)}) == 2
