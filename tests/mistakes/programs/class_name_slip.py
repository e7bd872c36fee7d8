"""One letter off a known class."""

from constructs_dra import Claim, Request

Claim("g", Request("g", device_class="gaudy.intel.com"))

# line: 5
# says: Claim 'g': requests[0].device_class: 'gaudy.intel.com' is a class that no driver ships, and one letter away from 'gaudi.intel.com'
# hint: did you mean 'gaudi.intel.com'?
