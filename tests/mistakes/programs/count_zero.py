"""None is not a number of devices to ask for."""

from constructs_dra import Claim, Gaudi

Claim("g", Gaudi(count=0))

# line: 5
# says: Claim 'g': requests[0].count: 0 counts as 1
# hint: write 1, or leave the request out
