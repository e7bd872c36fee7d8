"""Constructs of claims for Intel devices."""

from collections.abc import Iterable
from typing import Unpack

from constructs_dra.claims import Gaudi, IntelGpu, Qat, QatService
from constructs_dra.constructs.claims import RequestClaim, RequestFields
from constructs_dra.constructs.node import constructs
from constructs_dra.drivers import intel

__all__ = ["GaudiClaim", "IntelGpuClaim", "QatClaim"]


class GaudiClaim(RequestClaim):
    """Gaudi accelerators: a claim with one request `Gaudi`."""

    request = Gaudi

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002  (cdk8s' word)
        *,
        model: intel.GaudiModel | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put a claim for Gaudi accelerators into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            model: `Gaudi`, `Gaudi2` or `Gaudi3`. Default: any.
            fields: See `RequestFields` and `ClaimFields`.
        """
        super().__init__(scope, id, model=model, **fields)


class IntelGpuClaim(RequestClaim):
    """Intel GPUs: a claim with one request `IntelGpu`."""

    request = IntelGpu

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002  (cdk8s' word)
        *,
        family: intel.GpuFamily | None = None,
        model: str | None = None,
        memory: str | None = None,
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put a claim for Intel GPUs into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            family: Product family. Default: any.
            model: Marketing model name, e.g. `B60`. Default: any.
            memory: Least memory per GPU, e.g. `16Gi`. Default: any.
            fields: See `RequestFields` and `ClaimFields`.
        """
        super().__init__(scope, id, family=family, model=model, memory=memory, **fields)


class QatClaim(RequestClaim):
    """QuickAssist functions: a claim with one request `Qat`."""

    request = Qat

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,  # noqa: A002  (cdk8s' word)
        *,
        services: Iterable[QatService] = (),
        **fields: Unpack[RequestFields],
    ) -> None:
        """Put a claim for QuickAssist functions into a chart.

        Args:
            scope: A chart, or a construct in one.
            id: Name of the construct in its scope, and of the claim in the pods that use it.
            services: Exactly the services the function offers. Default: any.
            fields: See `RequestFields` and `ClaimFields`.
        """
        super().__init__(scope, id, services=services, **fields)
