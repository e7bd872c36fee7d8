"""Eighty bytes in a selector."""

from constructs_dra import Claim, NvidiaGpu

from constructs_dra.drivers import nvidia

Claim("gpu", NvidiaGpu(where=nvidia.gpu.memory >= 80))

# line: 7
# says: Claim 'gpu': requests[0].where: gpu.nvidia.com/memory is in bytes, and 80 has no unit
# hint: write a unit: '80Gi'
