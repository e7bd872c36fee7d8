"""A number in quotes."""

from constructs_dra import Claim, Gaudi

Claim("g", Gaudi(count="2"))

# line: 5
# says: Claim 'g': requests[0].count: must be a whole number, not '2'
# hint: write 2
