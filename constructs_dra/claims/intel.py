"""Requests for Intel devices."""

from collections.abc import Iterable
from typing import Literal, TypeAlias, get_args

from attrs import field, frozen

from constructs_dra.claims.conditions import at_least, equals
from constructs_dra.claims.request import Request
from constructs_dra.drivers import intel
from constructs_dra.drivers.fields import Devices
from constructs_dra.errors import Problem, did_you_mean, shown
from constructs_dra.expressions.build import Expression
from constructs_dra.records.sequence import as_tuple

__all__ = ["Gaudi", "IntelGpu", "Qat", "QatService"]

QatService: TypeAlias = Literal["sym", "asym", "dc", "dcc"]
"""What a QuickAssist function does: symmetric and asymmetric cryptography, compression, chained compression."""


def _services(value: "QatService | Iterable[QatService]") -> "tuple[QatService, ...]":
    return as_tuple(value)


@frozen(eq=False, repr=False)
class IntelGpu(Request):
    """Intel GPUs.

    Attributes:
        name: Name of the request. Default `intel`.
        family: Product family.
        model: Marketing model name, e.g. `Max 1550` or `B60`.
        memory: Least memory per GPU, e.g. `16Gi`. The driver publishes 0 until its health monitor has reported, and for integrated GPUs.
    """

    name: str = "intel"
    device: Devices = field(default=intel.gpu, init=False, repr=False)
    family: intel.GpuFamily | None = field(default=None, kw_only=True, metadata=equals(intel.gpu.family))
    model: str | None = field(default=None, kw_only=True, metadata=equals(intel.gpu.model))
    memory: str | None = field(default=None, kw_only=True, metadata=at_least(intel.gpu.memory))


@frozen(eq=False, repr=False)
class Gaudi(Request):
    """Gaudi accelerators. They publish no memory; select by model.

    Attributes:
        name: Name of the request. Default `gaudi`.
        model: `Gaudi`, `Gaudi2` or `Gaudi3`.
    """

    name: str = "gaudi"
    device: Devices = field(default=intel.gaudi, init=False, repr=False)
    model: intel.GaudiModel | None = field(default=None, kw_only=True, metadata=equals(intel.gaudi.model))


@frozen(eq=False, repr=False)
class Qat(Request):
    """QuickAssist virtual functions.

    Attributes:
        name: Name of the request. Default `qat`.
        services: Exactly the services the function offers, in any order: `sym`, `asym`, `dc`, `dcc`.
    """

    name: str = "qat"
    device: Devices = field(default=intel.qat, init=False, repr=False)
    services: tuple[QatService, ...] = field(default=(), converter=_services, kw_only=True)

    def own_conditions(self) -> dict[str, Expression]:
        """The services, in the order the driver joins them; another order is never published."""
        if not self.services:
            return {}
        known = get_args(QatService)
        unknown = [service for service in self.services if not isinstance(service, str) or service not in known]
        given = {service for service in self.services if isinstance(service, str)}
        text = ";".join(service for service in known if service in given)
        wanted = intel.qat.services == text
        faults = [Problem("", f"{shown(service)} is not a QAT service", did_you_mean(service, known)) for service in unknown]
        return {"services": Expression(wanted._node, faults) if faults else wanted}  # noqa: SLF001
