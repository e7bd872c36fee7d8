"""There is no Gaudi9."""

from constructs_dra import Claim, Gaudi

Claim("g", Gaudi(model="Gaudi9"))

# line: 5
# says: Claim 'g': requests[0].model: gaudi.intel.com/model never has the value 'Gaudi9'
# hint: did you mean 'Gaudi', 'Gaudi2' or 'Gaudi3'?
