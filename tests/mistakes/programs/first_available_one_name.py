"""Alternatives of one name."""

from constructs_dra import Claim, FirstAvailable, Gaudi, NvidiaGpu

Claim("any", FirstAvailable("gpu", Gaudi("a"), NvidiaGpu("a")))

# line: 5
# says: Claim 'any': requests[0].alternatives[1].name: 'a' appears twice
# hint: rename one of the two
