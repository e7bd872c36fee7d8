"""Check a selector after others were checked; prints the milliseconds of one. With `long`, one of three clauses that the driver can never meet."""

import sys
import time

from constructs_dra.drivers import driver
from constructs_dra.selectors import check_selector

gpu = driver("gpu.intel.com")
short = 'device.attributes["gpu.intel.com"].family == "Data Center Flex" && device.capacity["gpu.intel.com"].memory.compareTo(quantity("{0}Gi")) >= 0'
long = (
    'device.attributes["gpu.intel.com"].family == "Arc" && device.capacity["gpu.intel.com"].memory.compareTo(quantity("{0}Gi")) >= 0 '
    '&& device.attributes["gpu.intel.com"].model in ["B{0}", "A{0}"]'
)
text = long if "long" in sys.argv else short
check_selector(text.format(0), driver=gpu)
start = time.perf_counter()
for number in range(1, 101):
    check_selector(text.format(number), driver=gpu)
print((time.perf_counter() - start) * 10)
