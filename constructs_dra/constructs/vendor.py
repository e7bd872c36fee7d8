"""The constructs of a vendor's own requests, made when they are first asked for: a module of requests does not load cdk8s, and with it Node.

__getattr__ = claim_constructs(globals())       # `fpgas.FpgaClaim` is the construct of `fpgas.Fpga`
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from constructs_dra.claims.request import Request

__all__ = ["claim_construct", "claim_constructs"]

_END = "Claim"
"""What the name of a construct has beyond the name of its request."""


def claim_constructs(module: dict[str, Any]) -> Callable[[str], Any]:
    """The `__getattr__` of a module with requests: for each request `X` in it, `XClaim` is the construct of a claim with that one request.

    Type checkers do not run it: beside it, under `TYPE_CHECKING`, declare the class with the fields it takes.

    Args:
        module: The module's `globals()`.
    """

    def find(name: str) -> Any:
        requests = {kind.__name__ + _END: kind for kind in module.values() if isinstance(kind, type) and issubclass(kind, Request)}
        if (request := requests.get(name)) is None:
            raise AttributeError(f"module {module['__name__']!r} has no attribute {name!r}")
        made = module[name] = claim_construct(request, module["__name__"])
        return made

    return find


def claim_construct(request: type[Request], module: str) -> Any:
    """The construct of a claim with one request of a kind, as a class of a module. Loads cdk8s, and with it Node."""
    base: Any = import_module("constructs_dra.constructs.claims").RequestClaim
    about = {"request": request, "__module__": module, "__doc__": f"A claim with one request `{request.__name__}`."}
    return type(base)(request.__name__ + _END, (base,), about)
