"""What the arguments of the model server say counts, and the model must fit its devices."""

from typing import Any

import pytest

from constructs_dra.claims import Claim, Gaudi, NvidiaGpu
from constructs_dra.engines import ModelFacts
from constructs_dra.errors import SpecError
from constructs_dra.serving.container import Container
from constructs_dra.serving.leaderworkerset import LeaderWorkerSet
from constructs_dra.serving.model import ModelArtifacts
from constructs_dra.serving.parallelism import Parallelism
from constructs_dra.serving.role import Role
from constructs_dra.serving.service import ModelService

PROBE = {"httpGet": {"path": "/health", "port": 8000}}


def service(*args: str, model: str = "example/model", image: str = "vllm/vllm-openai:v0.26.0", request: Any = None, **fields: Any) -> ModelService:
    server = Container.vllm(image, args=list(args), readiness_probe=PROBE)
    claim = Claim("gpu", request or NvidiaGpu())
    role = Role(**{"containers": [server], "claims": [claim], "strategy": {"type": "Recreate"}, **fields})
    return ModelService("llama", model=ModelArtifacts.hf(model), decode=role)


def counted(made: ModelService) -> int:
    template = next(one for one in made.manifests() if one["kind"] == "ResourceClaimTemplate")
    count: int = template["spec"]["spec"]["devices"]["requests"][0]["exactly"].get("count", 1)
    return count


def command_line(made: ModelService) -> list[str]:
    workload = next(one for one in made.manifests() if one["kind"] == "Deployment")
    args: list[str] = workload["spec"]["template"]["spec"]["containers"][0]["args"]
    return args


@pytest.mark.parametrize(
    ("args", "devices"),
    [
        (["--tensor-parallel-size=4"], 4),
        (["-tp", "4"], 4),
        (["--tensor-parallel", "4"], 4),
        (["--tensor-parallel-size=2", "--pipeline-parallel-size=2"], 4),
        (["--data-parallel-size=4", "--tensor-parallel-size=2"], 8),
        (["--max-model-len=4096"], 1),
    ],
)
def test_devices_follow_what_the_arguments_say(args: list[str], devices: int) -> None:
    made = service(*args)
    assert counted(made) == devices
    line = command_line(made)
    assert line[-len(args) :] == args
    assert not [arg for arg in line[: -len(args)] if arg.startswith(("--tensor", "--pipeline", "--data"))]


def test_a_role_and_its_arguments_may_agree_and_must_not_disagree() -> None:
    assert counted(service("--tensor-parallel-size=2", parallelism=Parallelism(tensor=2))) == 2
    with pytest.raises(SpecError) as caught:
        service("--tensor-parallel-size=4", parallelism=Parallelism(tensor=2))
    found = {problem.rule: problem for problem in caught.value.problems}
    assert found["engine-parallelism"].path == "decode.containers[0].args[0]"
    assert "is 4 here, and decode.parallelism.tensor comes to 2" in found["engine-parallelism"].message


def test_pipeline_stages_are_counted_and_passed_on() -> None:
    made = service(parallelism=Parallelism(tensor=2, pipeline=2))
    assert counted(made) == 4
    line = command_line(made)
    assert line[line.index("--pipeline-parallel-size") + 1] == "2"


def test_stages_can_be_spread_over_pods() -> None:
    parallelism = Parallelism(tensor=8, pipeline=2, nodes=2)
    assert (parallelism.devices_per_pod, parallelism.pods_per_replica) == (8, 2)
    made = service(parallelism=parallelism, multinode=LeaderWorkerSet(), strategy=None)
    assert counted(made) == 8


def refused(**given: Any) -> dict[str, str]:
    args = given.pop("args", [])
    with pytest.raises(SpecError) as caught:
        service(*args, **given)
    return {problem.rule: f"{problem.message}; {problem.hint}" for problem in caught.value.problems}


def test_a_model_that_does_not_fit_its_claim_is_refused_with_what_would_do() -> None:
    found = refused(model="meta-llama/Llama-3.3-70B-Instruct", request=NvidiaGpu(memory="80Gi"))
    assert "needs 131.4 GiB for weights on one device" in found["engine-memory-weights"]
    assert "what would fit: 2 of these, or B200" in found["engine-memory-weights"]
    found = refused(model="meta-llama/Llama-3.3-70B-Instruct", request=Gaudi(model="Gaudi3"), image="opea/vllm-gaudi:1.22.0")
    assert "engine-memory-weights" in found


def test_room_for_less_than_one_request_is_refused() -> None:
    found = refused(model="meta-llama/Llama-3.1-8B-Instruct", request=NvidiaGpu(memory="24Gi"), args=["--max-model-len=131072"])
    assert "one request of 131072 tokens needs 16.0 GiB" in found["engine-memory-length"]
    assert service("--max-model-len=8192", model="meta-llama/Llama-3.1-8B-Instruct", request=NvidiaGpu(memory="24Gi"))


def test_heads_must_divide() -> None:
    assert "engine-tp-heads" in refused(model="Qwen/Qwen3-32B", args=["--tensor-parallel-size=6"])


def test_what_is_not_known_is_not_judged() -> None:
    assert service(model="Qwen/Qwen3-32B")
    assert service(model="nobody/knows", request=NvidiaGpu(memory="1Gi"))


def test_any_other_model_is_judged_by_its_own_config() -> None:
    shape = {"num_hidden_layers": 80, "hidden_size": 8192, "num_attention_heads": 64, "num_key_value_heads": 8, "intermediate_size": 28672}
    facts = ModelFacts.from_config({**shape, "vocab_size": 128256})
    role = Role(containers=[Container.vllm("vllm/vllm-openai:v0.26.0", args=["-tp=3"])], claims=[Claim("gpu", NvidiaGpu(memory="24Gi"))])
    with pytest.raises(SpecError) as caught:
        ModelService("llama", model=ModelArtifacts.hf("own/model", facts=facts), decode=role)
    assert {"engine-tp-heads", "engine-memory-weights"} <= {problem.rule for problem in caught.value.problems}
