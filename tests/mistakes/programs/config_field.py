"""The driver reads no such field."""

from constructs_dra import Claim, NvidiaGpu

from constructs_dra.drivers import nvidia

Claim("g", NvidiaGpu(config={"apiVersion": "resource.nvidia.com/v1beta1", "kind": "GpuConfig", "sharring": {}}))

# line: 7
# says: Claim 'g': requests[0].config[0].sharring: GpuConfig has no field 'sharring', and the driver refuses unknown ones
# hint: did you mean 'sharing'?
