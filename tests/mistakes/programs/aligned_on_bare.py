"""A domain is missing."""

from constructs_dra import Claim, NvidiaGpu

Claim("pair", NvidiaGpu("gpu"), aligned_on="pcieRoot")

# line: 5
# says: Claim 'pair': aligned_on: 'pcieRoot' has no domain
# hint: write it as 'DRIVER/pcieRoot', like 'resource.kubernetes.io/pcieRoot'
