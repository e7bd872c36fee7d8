"""No claim that can be made is refused by Kubernetes' schemas and rules."""

from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_dra import PCIE_ROOT, Claim, DistinctAttribute, FirstAvailable, Gaudi, MatchAttribute, Request, SpecError, Toleration
from constructs_dra.drivers import all_drivers, dranet, hygon, intel, nvidia
from constructs_dra.kubernetes.dra import check_dra
from constructs_dra.kubernetes.schemas import check_object
from constructs_dra.rules import is_stricter

_NAMES = ["a", "b", "c", "gpu-0", "x" * 63]
_names = st.sampled_from(_NAMES * 20) | st.text("aZ-.9_é", min_size=0, max_size=4)
_drivers = [known for known in all_drivers() if known.classes]
_conditions = st.sampled_from(
    [
        intel.gpu.family == "Data Center Flex",
        intel.gpu.memory >= "16Gi",
        ~intel.gpu.sriov,
        nvidia.gpu.profile == "1g.5gb",
        dranet.nic.if_name == 'e"1',
        "device.driver == 'gpu.intel.com'",
        "device.attributes['a'].b",
        "true",
        "1",
        "",
    ]
)


def _made(make: Any, *arguments: Any, **fields: Any) -> Any:
    """What is sound by itself; the rest never reaches a claim."""
    try:
        return make(*arguments, **fields)
    except SpecError:
        return None


_tolerations = st.builds(
    partial(_made, Toleration),
    st.sampled_from(["", "a/b", "c", "d e"]),
    value=st.sampled_from(["", "v", "w w"]),
    effect=st.sampled_from(["", "NoSchedule", "NoExecute", "None", "PreferNoSchedule"]),
    operator=st.sampled_from(["", "Exists", "Equal", "In"]),
    toleration_seconds=st.none() | st.integers(-5, 5),
).filter(bool) | st.fixed_dictionaries({}, optional={"key": st.sampled_from(["a/b", ""]), "operator": st.sampled_from(["Exists"]), "x": st.just(1)})
_configs = st.sampled_from(
    [
        {"kind": "X"},
        nvidia.GpuConfig(sharing=nvidia.TimeSlicing()),
        nvidia.MigDeviceConfig(sharing=nvidia.Mps()),
        dranet.NetworkConfig(interface=dranet.Interface(name="eth1")),
    ]
)


def _odd(usual: Any, odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly the usual, so that many claims come into being."""
    return st.integers(0, 5).flatmap(lambda roll: odd if roll == 0 else st.just(usual))


def _requests(name: str) -> st.SearchStrategy[Request]:
    return st.builds(
        Request,
        _odd(name, _names),
        st.sampled_from([intel.gpu, nvidia.gpu, hygon.hcu, "some.class"]) | _odd(intel.gaudi, st.sampled_from([dranet.nic, "Bad Class", *_drivers])),
        device_class=_odd("", st.sampled_from(["own.class", "mig.nvidia.com"])),
        count=st.none() | st.integers(1, 4) | _odd(1, st.integers(-1, 40)),
        allocation_mode=_odd("ExactCount", st.just("All")),
        where=_odd((), st.lists(_conditions, max_size=2)),
        tolerations=_odd((), st.lists(_tolerations, max_size=2)),
        capacity=_odd({}, st.dictionaries(st.sampled_from(["memory", "cores", "a.b/c", "-"]), st.sampled_from(["1", "1Gi", 5, "x", -1]), max_size=2)),
        admin_access=_odd(False, st.just(True)),
        config=_odd((), st.lists(_configs, max_size=1)),
    )


def _entries() -> st.SearchStrategy[list[Any]]:
    several = st.tuples(_requests("a"), _requests("b")).map(lambda requests: FirstAvailable("main", *requests))
    return st.tuples(_odd(None, several), _requests("c"), _odd(None, _requests("d"))).map(lambda found: [entry for entry in found if entry])


_attributes = st.sampled_from([PCIE_ROOT, "gpu.nvidia.com/parentUUID", "x", "a/" + "b" * 40, "a b/c", "d.e/f"])
_constraints = st.lists(
    (
        st.builds(partial(_made, MatchAttribute), _attributes, requests=st.lists(_names, max_size=2))
        | st.builds(partial(_made, DistinctAttribute), _attributes)
    ).filter(bool),
    max_size=2,
)


def _errors(claim: Claim) -> list[str]:
    manifest = claim.manifest(name="claim", namespace="llm")
    found = [*check_object(manifest, version="1.36"), *check_dra(manifest, version="1.36", namespace_labels=claim.namespace_labels)]
    return [str(problem) for problem in found if problem.severity == "error" and not is_stricter(problem.rule)]


@settings(max_examples=400, deadline=None)
@given(_names, _entries(), _odd([], _constraints), st.booleans())
def test_what_can_be_made_is_accepted(name: str, entries: list[Any], constraints: list[Any], shared: bool) -> None:
    try:
        claim = Claim(name, *entries, constraints=constraints, shared=shared)
    except SpecError:
        return
    assert not _errors(claim)


_junk = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.lists(st.integers(), max_size=2)
    | st.just({"a": 1})
    | st.just(b"x")
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(_junk, max_size=2),
    st.dictionaries(st.sampled_from(["aligned_on", "constraints", "config", "shared", "labels", "annotations", "accept"]), _junk, max_size=3),
    _junk,
    st.dictionaries(
        st.sampled_from(
            ["count", "device_class", "allocation_mode", "where", "tolerations", "capacity", "admin_access", "config", "count_reason", "model"]
        ),
        _junk,
        max_size=4,
    ),
)
def test_whatever_is_given_is_taken_or_refused_with_problems(entries: list[Any], fields: dict[str, Any], name: Any, request: dict[str, Any]) -> None:
    try:
        claim = Claim(name, Gaudi(name, **request), *entries, **fields)
    except SpecError:
        return
    assert not _errors(claim)


def test_the_usual_request_of_every_driver_is_accepted() -> None:
    for known in _drivers:
        for published in known.classes:
            if not published.literal:
                continue
            mode: Any = "All" if known.every_device else "ExactCount"
            capacity = {"dra.cpu/cpu": "8"} if known.name == "dra.cpu" else {}
            claim = Claim("claim", Request("request", known, device_class=published.name, allocation_mode=mode, capacity=capacity))
            assert not _errors(claim), published.name


def test_every_selector_that_comes_with_a_driver_passes_the_checks() -> None:
    accept = dict.fromkeys(["strict-every-device", "strict-whole-device"], "only the selectors matter here")
    accept["strict-guard"] = "the EFA class of AWS reads pciDevice unguarded"
    for known in _drivers:
        for published in known.classes:
            if published.literal:
                Claim("claim", Request("request", published.name, count=1, where=published.selectors), accept=accept)
