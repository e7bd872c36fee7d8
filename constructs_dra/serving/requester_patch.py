"""The server patch of a running Helm release, to the byte: it is text in an annotation, so its blank lines are part of it.

The chart writes it with its container template; what looks odd here (lines that hold only blanks, lists indented in one place and not in the
other) is what that template leaves behind, and changing it would restart the pods.
"""

from typing import Any

from constructs_dra.serving.container import Container, mount_list
from constructs_dra.serving.env import env_list
from constructs_dra.serving.goyaml import go_lines, go_scalar
from constructs_dra.serving.model import MODEL_VOLUME
from constructs_dra.serving.part import RoleView
from constructs_dra.serving.tracing import Tracing

__all__ = ["chart_patch"]


def chart_patch(role: RoleView) -> str:
    """The annotation `dual-pod.llm-d.ai/server-patch` as the chart writes it."""
    repository, model = [*role.service.model.served_name.split("/"), ""][:2]
    lines = ["metadata:", f'  labels: {{"model-reg": "{model}",', f'    "model-repo": "{repository}",', '    "app": null}', "spec:"]
    pod = role.pods[0]
    initial = pod.spec.get("initContainers", [])
    if pod.proxied or initial:
        lines += ["  initContainers:", *_indented(_proxy(initial[0]) if pod.proxied else [""], 2)]
        if initial[pod.proxied :]:
            lines += _indented(go_lines(initial[pod.proxied :]), 2)
    lines.append("  containers:")
    for _, container, made in pod.containers():
        lines += _indented(_container(role, container, made), 4)
    return "\n".join(lines) + "\n"


def _indented(lines: list[str], width: int) -> list[str]:
    """As Helm's `indent` does: blank lines get their blanks too."""
    return [" " * width + line for line in "\n".join(lines).split("\n")]


def _proxy(made: dict[str, Any]) -> list[str]:
    lines = [f"- name: {made['name']}", "  args:", *(f"    - {flag}" for flag in made["args"]), f"  image: {made['image']}"]
    lines += [f"  imagePullPolicy: {made.get('imagePullPolicy', 'Always')}", "  env:"]
    for variable in made.get("env", ()):
        lines += [f"    - name: {variable['name']}", f'      value: "{variable["value"]}"']
    lines += ["  ports:", *(f"    - containerPort: {item['containerPort']}" for item in made["ports"]), "  resources: {}", "  restartPolicy: Always"]
    return [*lines, "  securityContext:", "    allowPrivilegeEscalation: false", "    runAsNonRoot: true"]


def _container(role: RoleView, container: Container, made: dict[str, Any]) -> list[str]:
    lines = [f"- name: {container.name}", f"  image: {container.image}"]
    if container.extra:
        lines += ["    ", *_indented(go_lines(container.extra), 2)]
    if container.security_context is not None:
        lines += ["  securityContext:", *_indented(go_lines(container.security_context), 4)]
    if container.image_pull_policy is not None:
        lines.append(f"  imagePullPolicy: {container.image_pull_policy}")
    lines += _indented(["", *_command(role, container, made)], 2)
    lines.append("  env:")
    lines += _env(role, container, made)
    if container.ports:
        lines += ["  ports:", *_indented(go_lines(made["ports"]), 2)]
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if probe in made:
            lines += [f"  {probe}:", *_indented(go_lines(made[probe]), 4)]
    resources = made.get("resources", {})
    lines.append("  resources:")
    for part in ("limits", "requests"):
        lines += [f"    {part}:", *_indented(go_lines(resources.get(part, {})), 6)]
    if resources.get("claims"):
        lines += ["    claims:", *_indented(go_lines(resources["claims"]), 6)]
    lines += _indented(["", *_mounts(role, container)], 2)
    if container.working_dir is not None:
        lines.append(f"  workingDir: {container.working_dir}")
    lines += [f"  {name}: true" for name in ("stdin", "tty") if getattr(container, name)]
    return lines


def _command(role: RoleView, container: Container, made: dict[str, Any]) -> list[str]:
    if not container.serves_model:
        command = ["command:", *_indented(go_lines(made.get("command", ())), 2)]
        return [*command, "args:", *_indented(go_lines(made["args"]), 2)] if container.args else command
    added = made["args"][: len(made["args"]) - len(container.args)]
    model = role.service.model.argument
    model = f'"{model}"' if role.service.conventions.quoted_model else model
    quoted = {role.service.model.served_name, str(role.port)}
    lines = ['command: ["vllm", "serve"]', "args:"] if container.model_command == "vllmServe" else ["args:"]
    traced = added[-4:] if role.service.part(Tracing) is not None else []
    for item in added[: len(added) - len(traced)]:
        if item == role.service.model.argument and len(lines) <= 3:
            lines.append(f"  - {model}")
        else:
            lines.append(f'  - "{item}"' if item in quoted or item.isdigit() else f"  - {item}")
    lines.append("  ")  # where the include of tracing arguments begins
    lines += [f"  - {item}" if item.startswith("--") else f'  - "{item}"' for item in traced]
    return [*lines, "  ", *_indented(go_lines(container.args), 2)] if container.args else lines


def _env(role: RoleView, container: Container, made: dict[str, Any]) -> list[str]:
    count = len(env_list(container.env))
    variables = made["env"]
    parts = [variables[:count], variables[count : count + 3], variables[count + 3 :]]
    lines = [line for part in parts[:2] for line in _variables(part, sort=part is parts[0])]
    accelerator = role.accelerator
    names = [variable["name"] for variable in parts[2]]
    end = names.index("OTEL_SERVICE_NAME") if role.service.part(Tracing) is not None else len(names)
    start = end - (len(env_list(accelerator.env)) if accelerator is not None else 0)
    lines += ["  ", *_variables(parts[2][:start])]
    if start < end:
        lines += ["  ", *_variables(parts[2][start:end])]
    return [*lines, "  ", *_variables(parts[2][end:])]


def _variables(variables: list[dict[str, Any]], *, sort: bool = False) -> list[str]:
    if sort and variables:
        return _indented(go_lines(variables), 2)
    lines: list[str] = []
    for variable in variables:
        value = variable.get("value")
        if value is None and "secretKeyRef" not in (variable.get("valueFrom") or {}):
            lines += _indented(go_lines([variable]), 2)
            continue
        lines.append(f"  - name: {variable['name']}")
        if value is not None:
            lines.append(f"    value: {value}" if value.startswith("/") else f'    value: "{value}"')
        else:
            reference = variable["valueFrom"]["secretKeyRef"]
            lines += ["    valueFrom:", "      secretKeyRef:", f"        name: {reference['name']}", f"        key: {reference['key']}"]
    return lines


def _mounts(role: RoleView, container: Container) -> list[str]:
    model = role.service.model
    if not container.volume_mounts and not container.mounts_model_volume:
        return []
    lines = ["volumeMounts:"]
    if container.volume_mounts:
        lines += _indented(go_lines(mount_list(container.volume_mounts)), 2)
    if container.mounts_model_volume:
        lines += [f"  - name: {MODEL_VOLUME}", f"    mountPath: {model.mount_path}"]
        read_only = role.service.conventions.mounts_read_only(model)
        if read_only is not None:
            lines.append(f"    readOnly: {go_scalar(read_only)}")
    return lines
