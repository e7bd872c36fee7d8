"""Both cannot hold."""

from constructs_dra import Claim, Gaudi

Claim("g", Gaudi(where='device.attributes["gaudi.intel.com"].model == "Gaudi2" && device.attributes["gaudi.intel.com"].model == "Gaudi3"'))

# line: 5
# says: Claim 'g': requests[0].where: no device can match: attribute 'model' would have to be == 'Gaudi3' and == 'Gaudi2'
