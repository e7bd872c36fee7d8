"""A capacity compared with a number."""

from constructs_dra import Claim, NvidiaGpu

Claim("g", NvidiaGpu(where='device.capacity["gpu.nvidia.com"].memory >= 80'))

# line: 5
# says: Claim 'g': requests[0].where: >= does not exist for kubernetes.Quantity and int
# hint: compare quantities with .compareTo(quantity("16Gi")) >= 0
