"""A list where arguments are meant."""

from constructs_dra import Claim, NvidiaGpu

Claim("pair", [NvidiaGpu("gpu")])

# line: 5
# says: Claim 'pair': requests[0]: must be a Request or FirstAvailable, not [NvidiaGpu(device_class='', count=None, allocation_mode='ExactCount', …te_capability=None)]
# hint: leave the brackets out: each is an argument of its own
