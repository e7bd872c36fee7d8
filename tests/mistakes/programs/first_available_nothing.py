"""No alternatives."""

from constructs_dra import Claim, FirstAvailable

Claim("any", FirstAvailable("gpu"))

# line: 5
# says: Claim 'any': requests[0].alternatives: are missing
# hint: give at least one request; the preferred one first
