"""So many services through the cdk8s door; prints the milliseconds per object beyond start-up."""

import sys
import time

from constructs_dra import App, Chart, GaudiClaim, ModelArtifacts, ModelServiceDeployment

from benchmarks.programs.fleet import OBJECTS, role  # isort: skip  (after Node was started, as in a user's program)

count = int(sys.argv[1])
app = App()
chart = Chart(app, "services")
start = time.perf_counter()
for number in range(count):
    ModelServiceDeployment(
        chart,
        f"model-{number:04}",
        model=ModelArtifacts.hf(f"example/model-{number}", size="200Gi", token_secret="hf-token"),
        decode=role(4, 2, [GaudiClaim(chart, f"decode-{number:04}", model="Gaudi3")], port=8200),
        prefill=role(2, 4, [GaudiClaim(chart, f"prefill-{number:04}", model="Gaudi3")]),
    )
app.synth()
print((time.perf_counter() - start) / (count * OBJECTS) * 1000)
