"""Sixteen bytes of memory."""

from constructs_dra import Claim, IntelGpu

Claim("gpu", IntelGpu(memory=16))

# line: 5
# says: Claim 'gpu': requests[0].memory: gpu.intel.com/memory is in bytes, and 16 has no unit
# hint: write a unit: '16Gi'
