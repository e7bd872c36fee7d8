"""Constructs of the claims for each vendor's devices, made from the requests of `constructs_dra.claims`; `vendors.pyi` has their types."""

from typing import Any

from constructs_dra import claims
from constructs_dra.claims.request import Request
from constructs_dra.constructs.vendor import claim_construct

_END = "Claim"


def __getattr__(name: str) -> Any:
    request = getattr(claims, name.removesuffix(_END), None) if name.endswith(_END) else None
    if isinstance(request, type) and issubclass(request, Request):
        made = globals()[name] = claim_construct(request, __name__)
        return made
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
