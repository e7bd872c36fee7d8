"""Device claims: requests, constraints, configuration, and the claims that hold them.

    Claim("gpu-nic", Request("gpu", intel.gpu), RdmaNic(device_class="rdma"), aligned_on=PCIE_ROOT)
    Claim("any", FirstAvailable("acc", Gaudi(count=2, model="Gaudi3"), IntelGpu(count=4, memory="16Gi")))

Names load on first use: asking for one vendor's devices does not load what is known about the others.
"""

from constructs_dra.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
