# pyright: reportUnnecessaryTypeIgnoreComment=true
"""The likeliest mistakes, each caught by both type checkers: a comment that nothing needs any more is itself an error."""

from constructs_dra import (
    App,
    Chart,
    Claim,
    Container,
    EnvFrom,
    Gaudi,
    GaudiClaim,
    HttpProbe,
    IntelGpu,
    IntelGpuClaim,
    ModelArtifacts,
    ModelService,
    Parallelism,
    Resources,
    Role,
)
from constructs_dra.drivers import intel
from constructs_dra.engines import VllmArgs

chart = Chart(App(), "chart")

# a value the driver never publishes
GaudiClaim(chart, "a", model="gaudi2")  # type: ignore[arg-type]
Gaudi(model="Gaudi4")  # type: ignore[arg-type]

# an attribute that does not exist, or belongs to other devices
_ = intel.gpu.famly == "Arc"  # type: ignore[attr-defined]
_ = intel.gaudi.memory >= "16Gi"  # type: ignore[attr-defined]

# a number of bytes that has no unit
_ = intel.gpu.memory >= 80  # type: ignore[operator]
IntelGpu(memory=16)  # type: ignore[arg-type]
IntelGpuClaim(chart, "c", memory=16)  # type: ignore[arg-type]

# a field that does not exist
GaudiClaim(chart, "b", cuont=2)  # type: ignore[call-arg]
Role(replcias=2, containers=[])  # type: ignore[call-arg]
Container.vllm("image:1", imagePullPolicy="Always")  # type: ignore[call-arg]

# a value of the wrong type
Parallelism(tensor="2")  # type: ignore[arg-type]
Role(containers=Container.vllm("image:1"))  # type: ignore[arg-type]
Container.vllm("image:1", args="--max-model-len=4096")  # type: ignore[arg-type]
Container.custom("image:1", "python serve.py")  # type: ignore[arg-type]
ModelService("llama", model="hf://meta-llama/Llama-3.1-8B-Instruct")  # type: ignore[arg-type]
Claim("a", "gpu.intel.com")  # type: ignore[arg-type]

# something required is missing
ModelService("llama")  # type: ignore[call-arg]
Container.vllm()  # type: ignore[call-arg]
ModelArtifacts.pvc("claim")  # type: ignore[call-arg]

# options of the model server
VllmArgs(max_model_length=4096)  # type: ignore[call-arg]
VllmArgs(dtype="bf16")  # type: ignore[arg-type]
VllmArgs(enforce_eager="yes")  # type: ignore[arg-type]

# probes, resources and sources of variables
HttpProbe("/health", 8000, periodSeconds=10)  # type: ignore[call-arg]
Resources(memory=16)  # type: ignore[arg-type]
Container.vllm("image:1", env_from=EnvFrom.secret("keys"))  # type: ignore[arg-type]
