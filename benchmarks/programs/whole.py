"""So many services with everything around them, into a file for each hundred; prints how many objects each has.

Server, claim, pool, picker, route, autoscaler, monitors, alerts, dashboard, volume and download, disruption budget, network policy: all made anew.
"""

import sys

from constructs_dra.claims import Claim, Gaudi
from constructs_dra.constructs.output import write_files
from constructs_dra.monitoring.dashboard import GrafanaDashboard
from constructs_dra.monitoring.prometheus_rule import PrometheusRule
from constructs_dra.routing.around import HttpRoute, PickerMonitor
from constructs_dra.routing.router import Routing
from constructs_dra.scaling.availability import PodDisruptionBudget, TopologySpread
from constructs_dra.scaling.keda import Prometheus, ScaledObject
from constructs_dra.scaling.triggers import RunningRequests
from constructs_dra.serving.container import Container
from constructs_dra.serving.model import ModelArtifacts
from constructs_dra.serving.monitoring import PodMonitor
from constructs_dra.serving.parallelism import Parallelism
from constructs_dra.serving.role import Role
from constructs_dra.serving.service import ModelService
from constructs_dra.serving.storage.model_storage import ModelStorage


def service(number: int) -> ModelService:
    """The service of this number, everything made anew."""
    return ModelService(
        f"model-{number:04}",
        model=ModelArtifacts.pvc_hf(f"model-{number}-files", f"example/model-{number}", token_secret="hf-token"),
        decode=Role(
            parallelism=Parallelism(tensor=4),
            claims=[Claim("gaudi", Gaudi(model="Gaudi3"))],
            containers=[Container.vllm("ghcr.io/llm-d/llm-d-hpu:v0.4.0", args=["--max-model-len=32768", "--max-num-seqs=256"])],
            monitoring=PodMonitor(),
            parts=[
                ScaledObject(
                    max_replica_count=8,
                    triggers=[RunningRequests()],
                    prometheus=Prometheus("https://prometheus-operated.monitoring.svc:9090", secret="prometheus-token"),
                ),
                PodDisruptionBudget(),
                TopologySpread(),
            ],
        ),
        namespace="llm",
        parts=[
            ModelStorage(size="200Gi"),
            Routing(route=HttpRoute(gateway="inference-gateway"), monitor=PickerMonitor()),
            PrometheusRule(),
            GrafanaDashboard(picker=True),
        ],
    )


count = int(sys.argv[1])
hundreds = [range(start, min(start + 100, count)) for start in range(0, count, 100)]
files = {f"services-{numbers[0]:04}.yaml": [manifest for number in numbers for manifest in service(number).manifests()] for numbers in hundreds}
made = sum(map(len, files.values()))
write_files(files)
print(made / count)
