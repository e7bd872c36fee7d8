"""A text compared with a number."""

from constructs_dra import Claim, Gaudi

Claim("g", Gaudi(where='device.attributes["gaudi.intel.com"].model == 2'))

# line: 5
# says: Claim 'g': requests[0].where: 'model' is a string and is never equal to an int
# hint: write "2" in quotes
