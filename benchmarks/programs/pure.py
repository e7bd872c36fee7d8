"""So many services through the pure door, into a file for each hundred."""

import sys

from benchmarks.programs.fleet import service
from constructs_dra.constructs.output import write_files

count = int(sys.argv[1])
hundreds = [range(start, min(start + 100, count)) for start in range(0, count, 100)]
write_files({f"services-{numbers[0]:04}.yaml": [manifest for number in numbers for manifest in service(number).manifests()] for numbers in hundreds})
