"""An allocation holds 32 devices."""

from constructs_dra import Claim, Gaudi

Claim("g", Gaudi(count=33))

# line: 5
# says: Claim 'g': requests[0].count: 33 devices can never be allocated
# hint: split it over several claims; one holds at most 32 devices
