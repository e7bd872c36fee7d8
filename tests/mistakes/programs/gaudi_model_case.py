"""Names are compared to the letter."""

from constructs_dra import Claim, Gaudi

Claim("g", Gaudi(model="gaudi2"))

# line: 5
# says: Claim 'g': requests[0].model: gaudi.intel.com/model never has the value 'gaudi2'
# hint: did you mean 'Gaudi2'?
