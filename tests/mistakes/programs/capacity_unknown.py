"""The driver publishes no such capacity."""

from constructs_dra import Claim, NvidiaGpu

Claim("g", NvidiaGpu(capacity={"memroy": "1Gi"}))

# line: 5
# says: Claim 'g': requests[0].capacity['memroy']: gpu.nvidia.com publishes no capacity 'memroy'
# hint: did you mean 'memory'?
