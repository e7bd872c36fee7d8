"""Sixteen bytes of memory."""

from constructs_dra import Claim, NvidiaGpu

Claim("gpu", NvidiaGpu(memory=16))

# line: 5
# says: Claim 'gpu': requests[0].memory: gpu.nvidia.com/memory is in bytes, and 16 has no unit
# hint: write a unit: '16Gi'
