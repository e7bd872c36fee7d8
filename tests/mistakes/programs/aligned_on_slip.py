"""The attribute is called pcieRoot."""

from constructs_dra import Claim, NvidiaGpu, RdmaNic

Claim("pair", NvidiaGpu("gpu"), RdmaNic("nic", device_class="rdma-nic"), aligned_on="resource.kubernetes.io/pcieRoots")

# line: 5
# says: Claim 'pair': aligned_on: gpu.nvidia.com (request 'gpu') never publishes resource.kubernetes.io/pcieRoots, so they could never be allocated
# hint: did you mean 'resource.kubernetes.io/pcieRoot'?
