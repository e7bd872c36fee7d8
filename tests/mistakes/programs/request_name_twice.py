"""Two requests of one name."""

from constructs_dra import Claim, NvidiaGpu, RdmaNic

Claim("pair", NvidiaGpu("gpu"), RdmaNic("gpu", device_class="rdma-nic"))

# line: 5
# says: Claim 'pair': requests[1].name: 'gpu' appears twice
# hint: rename one of the two
