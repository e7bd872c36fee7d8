"""The constraint names a request that there is not."""

from constructs_dra import Claim, MatchAttribute, NvidiaGpu

Claim("pair", NvidiaGpu("gpu"), constraints=[MatchAttribute("resource.kubernetes.io/pcieRoot", requests=["gpus"])])

# line: 5
# says: Claim 'pair': constraints[0].requests[0]: 'gpus' is not a request of this claim
# hint: did you mean 'gpu'?
