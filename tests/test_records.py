"""Records compare, hash and show themselves as attrs would have it."""

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_dra import Claim, Container, Gaudi, ModelArtifacts, ModelService, Parallelism, Role, SpecError
from constructs_dra.catalogue.model import Taint
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


def test_a_wrong_field_hides_no_mistake_in_one_whose_name_starts_alike() -> None:
    wrong: Any = "2"
    with pytest.raises(SpecError) as caught:
        Parallelism(data=wrong, data_local=3, tensor=0)
    assert {"data", "tensor"} <= {problem.path for problem in caught.value.problems}


@given(st.sampled_from(["\ud800", "\0", "a\udfffb", "x\0y"]), st.sampled_from(["args", "env", "value", "labels", "annotations", "deep"]))
def test_text_that_no_manifest_can_carry_is_refused_wherever_it_stands(text: str, place: str) -> None:
    makers: dict[str, Any] = {
        "args": lambda: Container.vllm("a:1", args=[text]),
        "env": lambda: Container.vllm("a:1", env={"A": text}),
        "value": lambda: Gaudi(text) and Claim("c", Gaudi(count_reason=text)),
        "labels": lambda: Claim("c", Gaudi(), labels={"a": text}),
        "annotations": lambda: Claim("c", Gaudi(), annotations={"a": text}),
        "deep": lambda: Role(containers=[Container.vllm("a:1")], volumes={"v": {"hostPath": {"path": text}}}),
    }
    with pytest.raises(SpecError) as caught:
        makers[place]()
    assert all(problem.message.isprintable() or "\n" in problem.message for problem in caught.value.problems)


@pytest.mark.parametrize("junk", [5, "x", [], {}, None])
def test_anything_for_a_record_is_refused_with_its_field(junk: Any) -> None:
    with pytest.raises(SpecError) as caught:
        ModelService("llama", model=junk, decode=junk)
    assert "model" in {problem.path for problem in caught.value.problems}
    with pytest.raises(SpecError):
        ModelService("llama", model=ModelArtifacts.hf("a/b"), decode=Role(containers=junk))
