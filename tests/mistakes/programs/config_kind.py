"""The driver reads no such kind."""

from constructs_dra import Claim, NvidiaGpu

Claim("g", NvidiaGpu(config={"apiVersion": "resource.nvidia.com/v1beta1", "kind": "GpuConfg"}))

# line: 5
# says: Claim 'g': requests[0].config[0].kind: the driver gpu.nvidia.com reads no kind 'GpuConfg'
# hint: did you mean 'GpuConfig'?
