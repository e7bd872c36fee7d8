"""So many Deployments, alike but for their names, through this library (`ours`) or through cdk8s-plus (`plus`); prints milliseconds per object."""

import sys
import time

from benchmarks.programs import deployment_ours, deployment_plus

way, count = sys.argv[1], int(sys.argv[2])
app, add = (deployment_ours if way == "ours" else deployment_plus).prepare()
start = time.perf_counter()
for number in range(count):
    add(number)
app.synth()
print((time.perf_counter() - start) / count * 1000)
