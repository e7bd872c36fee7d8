"""The comparison of two lists of objects tells apart what Kubernetes, a shell and an engine tell apart, and nothing else."""

from typing import Any

import pytest

from constructs_dra import Manifest
from tests.guides.framework.compare import Difference, Intended, compared, differences

A = {"name": "A", "value": "1"}


def deployment(**container: Any) -> Manifest:
    server = {"name": "server", "image": "vllm/vllm-openai:v0.20.0", **container}
    template = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [server], "volumes": [{"name": "v", "emptyDir": {}}]}}
    spec = {"selector": {"matchLabels": {"app": "a"}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, "spec": spec}


def group(script: str, size: int = 2, **env: str) -> Manifest:
    variables = [{"name": name, "value": value} for name, value in env.items()]
    server = {"name": "s", "image": "x:1", "command": ["/bin/bash", "-c"], "args": [script], "env": variables}
    spec = {"leaderWorkerTemplate": {"size": size, "workerTemplate": {"spec": {"containers": [server]}}}}
    return {"apiVersion": "leaderworkerset.x-k8s.io/v1", "kind": "LeaderWorkerSet", "metadata": {"name": "g"}, "spec": spec}


def found(guide: Manifest, here: Manifest) -> list[str]:
    return [str(difference) for difference in differences([guide], [here])]


@pytest.mark.parametrize(
    ("guide", "here"),
    [
        ({"args": ["vllm", "serve", "m", "--a=1", "--b", "2"]}, {"args": ["vllm", "serve", "m", "--b=2", "--a", "1"]}),
        ({"args": ["vllm", "serve", "m", "--max_model_len=1"]}, {"args": ["vllm", "serve", "m", "--max-model-len", "1"]}),
        ({"args": ["x", "--c", '{"a": 1,\n "b": 2}']}, {"args": ["x", '--c={"b":2,"a":1}']}),
        ({"resources": {"limits": {"cpu": 1, "memory": "1Gi"}}}, {"resources": {"limits": {"cpu": "1000m", "memory": "1024Mi"}}}),
        ({"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}, {"env": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]}),
        ({"ports": [{"containerPort": 80, "protocol": "TCP"}]}, {"ports": [{"containerPort": 80}]}),
    ],
)
def test_another_way_to_say_the_same_is_no_difference(guide: dict[str, Any], here: dict[str, Any]) -> None:
    assert found(deployment(**guide), deployment(**here)) == []


@pytest.mark.parametrize(
    ("guide", "here"),
    [
        ({"args": ["x", "--a=1", "--a=2"]}, {"args": ["x", "--a=2", "--a=1"]}),
        ({"args": ["x", "--a"]}, {"args": ["x", "--a", "false"]}),
        ({"args": ["vllm", "serve", "m"]}, {"args": ["vllm", "serve", "n"]}),
        ({"image": "vllm/vllm-openai:v0.20.1"}, {}),
        ({"env": [A, {"name": "B", "value": "$(A)"}]}, {"env": [{"name": "B", "value": "$(A)"}, A]}),
        ({"volumeMounts": [{"name": "v", "mountPath": "/a"}]}, {"volumeMounts": [{"name": "v", "mountPath": "/a", "readOnly": True}]}),
        ({"ports": [{"containerPort": 80, "name": "a"}]}, {"ports": [{"containerPort": 80, "name": "b"}]}),
        ({"resources": {"limits": {"nvidia.com/gpu": 8}}}, {"resources": {"limits": {"nvidia.com/gpu": "4"}}}),
    ],
)
def test_what_is_told_apart_is_a_difference(guide: dict[str, Any], here: dict[str, Any]) -> None:
    assert found(deployment(**guide), deployment(**here))


def test_a_script_is_run_to_where_it_starts_something_in_every_pod_of_a_group() -> None:
    script = """
        find /dev/shm -type f -delete
        if [ "${MTP:-1}" = "1" ]; then MORE="--speculative-config {\\"n\\":${N}}"; fi
        START=$(( LWS_WORKER_INDEX * LOCAL ))
        exec vllm serve $MORE m --data-parallel-size $((LWS_GROUP_SIZE * LOCAL)) --data-parallel-start-rank $START
        # a comment at the end
    """
    plain = group("exec vllm serve m --speculative-config '{\"n\": 3}' --data-parallel-size 16 --data-parallel-start-rank $((LWS_WORKER_INDEX * 8))")
    here = [f"LeaderWorkerSet.spec.leaderWorkerTemplate.{pod}.spec.containers[s]" for pod in ("leader", "pod")]
    assert sorted(found(group(script, LOCAL="8", N="3"), plain)) == [
        line
        for pod in here
        for line in (
            f"{pod}.script[LOCAL]: guide '8', here None",
            f"{pod}.script[N]: guide '3', here None",
            f"{pod}.start.before find /dev/shm -type f -delete: guide True, here None",
        )
    ]
    assert f"{here[1]}.start.--data-parallel-start-rank: guide '4', here '8'" in found(group(script, LOCAL="4", N="3"), plain)


def test_a_script_cannot_do_anything(tmp_path: Any) -> None:
    victim = tmp_path / "file"
    victim.write_text("here")
    found(group(f"/bin/rm {victim}; echo x > {victim}; vllm serve m"), group("vllm serve m"))
    assert victim.read_text() == "here"


def test_a_container_that_only_one_side_has_is_one_difference() -> None:
    more = deployment()
    more["spec"]["template"]["spec"]["containers"].append({"name": "other", "image": "x:1"})
    assert found(deployment(), more) == ["Deployment.spec.pod.spec.containers[other]: guide None, here 'a container'"]


def test_an_object_that_only_one_side_has_is_one_difference() -> None:
    policy = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "p"}, "spec": {"podSelector": {}}}
    assert list(differences([deployment()], [deployment(), policy])) == [Difference("NetworkPolicy", None, "NetworkPolicy/p")]


def test_only_what_is_listed_may_differ_and_what_is_listed_for_a_file_has_to() -> None:
    difference = Difference("Deployment.spec.replicas", 2, 1)
    listed = Intended("", "*.replicas", "2", "*", "why")
    assert compared("a", [difference], [listed]) == ([], {listed})
    assert compared("a", [difference], [Intended("b", "*.replicas", "2", "*", "why")])[0] == ["Deployment.spec.replicas: guide 2, here 1"]
    assert compared("a", [difference], [Intended("", "*.replicas", "2", None, "why")])[0]
    assert compared("a", [], [Intended("a", "*.replicas", "2", "1", "why")])[0] == ["listed for this file, and no difference: *.replicas"]
