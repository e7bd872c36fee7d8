"""The driver publishes no such attribute."""

from constructs_dra import Claim, IntelGpu

from constructs_dra.drivers import intel

Claim("g", IntelGpu(where=intel.gpu.famly == "x"))

# line: 7
# says: gpu.intel.com publishes no 'famly'; did you mean 'family'?
