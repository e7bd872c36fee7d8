"""One construct per vendor request, with the fields of the request."""

import ast
import importlib.util
import inspect
from pathlib import Path
from typing import Any, get_type_hints

import attrs
import cdk8s
import pytest

from constructs_dra import claims, constructs
from constructs_dra.constructs.claims import ClaimFields, RequestFields

pytestmark = pytest.mark.node

VENDORS: dict[str, dict[str, Any]] = {
    "AmdGpu": {"compute_partition": "cpx"},
    "AwsNeuron": {"instance_type": "trn2.48xlarge"},
    "Gaudi": {"model": "Gaudi3"},
    "GoogleTpu": {"tpu_gen": "v6e"},
    "IntelGpu": {"memory": "16Gi"},
    "Mig": {"profile": "1g.5gb"},
    "NvidiaGpu": {"architecture": "Hopper"},
    "Qat": {"services": ["sym"]},
    "RdmaNic": {"rdma_device": "mlx5_0", "device_class": "rdma"},
    "RebellionsNpu": {"memory": "16Gi"},
    "SriovVf": {"pf_name": "ens1f0", "device_class": "sriov"},
}


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_a_vendors_construct_makes_what_its_request_says(name: str) -> None:
    chart = cdk8s.Chart(cdk8s.Testing.app(), "c")
    request = getattr(claims, name)
    getattr(constructs, f"{name}Claim")(chart, "device", **VENDORS[name])
    (made,) = cdk8s.Testing.synth(chart)
    assert made == claims.Claim("c-device", request(**VENDORS[name])).manifest()


def test_what_follows_from_the_vendors_files_is_up_to_date() -> None:
    root = Path(__file__).resolve().parents[2]
    spec = importlib.util.spec_from_file_location("write_vendors", root / "tools" / "write_vendors.py")
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(tool := importlib.util.module_from_spec(spec))
    stale = [file.relative_to(root) for file, text in tool.written().items() if file.read_text() != text]
    assert not stale, "run python tools/write_vendors.py"


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_editors_know_every_field_of_a_vendors_construct(name: str) -> None:
    stub = Path(constructs.__file__).with_name("vendors.pyi").read_text()
    (made,) = (node for node in ast.parse(stub).body if isinstance(node, ast.ClassDef) and node.name == f"{name}Claim")
    (init,) = (node for node in made.body if isinstance(node, ast.FunctionDef))
    request: Any = getattr(claims, name)
    shared = set(get_type_hints(RequestFields)) - set(get_type_hints(ClaimFields))
    assert {each.arg for each in init.args.kwonlyargs} | shared == {field.name for field in attrs.fields(request) if field.init} - {"name"}
    words = ast.get_docstring(init) or ""
    assert all(f"    {each.arg}: " in words for each in init.args.kwonlyargs)


def test_every_request_has_a_construct() -> None:
    requests = {name for name in dir(claims) if inspect.isclass(kind := getattr(claims, name)) and issubclass(kind, claims.Request)}
    assert requests - {"Request"} == set(VENDORS)
