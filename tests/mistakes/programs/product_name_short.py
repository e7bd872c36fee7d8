"""The driver calls no product H100."""

from constructs_dra import Claim, NvidiaGpu

Claim("gpu", NvidiaGpu(product_name="H100"))

# line: 5
# says: Claim 'gpu': requests[0].product_name: gpu.nvidia.com/productName is never just that: 'H100'
# hint: names are published whole: one of 'NVIDIA H100 80GB HBM3', 'NVIDIA H100 PCIe', 'NVIDIA H100 NVL'?
