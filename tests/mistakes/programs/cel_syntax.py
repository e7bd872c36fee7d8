"""A bracket is missing."""

from constructs_dra import Claim, Gaudi

Claim("g", Gaudi(where='device.attributes["gaudi.intel.com".model == "Gaudi2"'))

# line: 5
# says: Claim 'g': requests[0].where: syntax error: the expression ends here; expected ']'
