"""Files that model servers read."""

from typing import Any

import pytest

from constructs_dra import Claim, ConfigFiles, Container, Manifest, ModelArtifacts, ModelService, NvidiaGpu, Role, SpecError
from constructs_dra.kubernetes.objects import check_semantics
from constructs_dra.kubernetes.schemas import check_object

SERVER = Container.custom("nvcr.io/nvidia/tensorrt-llm/release:1.3.0", ["trtllm-serve", "serve"])


def made(*parts: ConfigFiles, **fields: Any) -> dict[str, Manifest]:
    role = Role(claims=[Claim("gpu", NvidiaGpu())], containers=[SERVER, Container.custom("example.com/other:1", name="other")], **fields)
    manifests = ModelService("qwen", model=ModelArtifacts.hf("Qwen/Qwen3-8B"), decode=role, parts=parts).manifests()
    assert [
        problem for manifest in manifests for problem in (*check_object(manifest), *check_semantics(manifest)) if problem.severity == "error"
    ] == []
    return {f"{manifest['kind']}/{manifest['metadata']['name']}": manifest for manifest in manifests}


def test_files_are_mounted_where_the_server_looks_for_them() -> None:
    found = made(ConfigFiles("/etc/trtllm", {"options.yaml": "return_perf_metrics: true\n"}))
    assert found["ConfigMap/qwen-config"]["data"] == {"options.yaml": "return_perf_metrics: true\n"}
    pod = found["Deployment/qwen-decode"]["spec"]["template"]["spec"]
    assert {"name": "config-files", "configMap": {"name": "qwen-config"}} in pod["volumes"]
    assert {"name": "config-files", "mountPath": "/etc/trtllm", "readOnly": True} in pod["containers"][0]["volumeMounts"]
    assert "/etc/trtllm" not in str(pod["containers"][1])


def test_pods_are_made_anew_when_a_file_changes() -> None:
    def annotations(text: str) -> dict[str, str]:
        template = made(ConfigFiles("/etc/a", {"a": text}))["Deployment/qwen-decode"]["spec"]["template"]
        found: dict[str, str] = template["metadata"]["annotations"]
        return found

    assert annotations("1") == annotations("1") != annotations("2")


def test_two_folders_are_two_volumes() -> None:
    found = made(ConfigFiles("/a", {"a": "1"}), ConfigFiles("/b", {"b": "2"}, name="second"), volumes={"own": {"emptyDir": {}}})
    volumes = found["Deployment/qwen-decode"]["spec"]["template"]["spec"]["volumes"]
    assert [volume["configMap"]["name"] for volume in volumes if "configMap" in volume] == ["qwen-config", "second"]
    assert len({volume["name"] for volume in volumes}) == len(volumes)


@pytest.mark.parametrize(
    ("folder", "files", "words"),
    [
        ("etc", {"a": "b"}, "folder: must be an absolute path"),
        ("/etc", {}, "files: must name at least one file"),
        ("/etc", {"a/b": "c"}, "'a/b' is not a valid name of a file"),
        ("/etc", {"..": "c"}, "is not a valid name of a file"),
        ("/etc", {"a": 1}, "must be the text of the file"),
        ("/etc", ["a"], "must be a mapping of file names and texts"),
        ("/etc", {"a": "x" * (1 << 20), "b": "y"}, "larger than the 1 MiB"),
    ],
)
def test_what_no_config_map_can_hold_is_refused(folder: str, files: Any, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        ConfigFiles(folder, files)
