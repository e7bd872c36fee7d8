"""Write one fleet of 100 services as YAML with our emitter (`ours`) or PyYAML's C dumper (`pyyaml`); prints milliseconds per object."""

import sys
import time

import yaml

from benchmarks.programs.fleet import service
from constructs_dra.manifest import to_yaml

manifests = [manifest for number in range(100) for manifest in service(number).manifests()]
start = time.perf_counter()
if sys.argv[1] == "ours":
    to_yaml(manifests)
else:
    yaml.dump_all(manifests, Dumper=yaml.CSafeDumper, sort_keys=False)
print((time.perf_counter() - start) / len(manifests) * 1000)
