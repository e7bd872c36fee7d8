"""A slip inside CEL text."""

from constructs_dra import Claim, Gaudi

Claim("g", Gaudi(where='device.attributes["gaudi.intel.com"].modle == "Gaudi2"'))

# line: 5
# says: Claim 'g': requests[0].where: devices of gaudi.intel.com publish no attribute 'modle'
# hint: did you mean 'model'?
