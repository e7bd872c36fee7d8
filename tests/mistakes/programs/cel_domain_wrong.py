"""The domain of another driver."""

from constructs_dra import Claim, Gaudi

Claim("g", Gaudi(where='device.attributes["gpu.intel.com"].model == "Gaudi2"'))

# line: 5
# says: Claim 'g': requests[0].where: devices of gaudi.intel.com publish no attribute under 'gpu.intel.com'
# hint: write device.attributes["gaudi.intel.com"].model
