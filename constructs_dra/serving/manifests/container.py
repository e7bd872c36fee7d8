"""A container of a role as Kubernetes sees it: command, arguments, environment, devices and mounts worked out."""

from typing import Any, Final

from constructs_dra.records.kubernetes import write_fields
from constructs_dra.records.values import copied
from constructs_dra.serving.container import Container, mount_list
from constructs_dra.serving.context import RoleContext
from constructs_dra.serving.env import env_list, field_ref
from constructs_dra.serving.model import MODEL_VOLUME
from constructs_dra.serving.spoken import spoken
from constructs_dra.serving.used_claim import UsedClaim, claim_references

__all__ = ["PROBES", "answers_everywhere", "container_manifest", "plain_container"]

PROBES = {"startupProbe": "startup_probe", "livenessProbe": "liveness_probe", "readinessProbe": "readiness_probe"}
"""Probes of a Kubernetes Container and their fields here."""


def container_manifest(context: RoleContext, container: Container) -> dict[str, Any]:
    """One of the role's containers, with everything that is added to it."""
    made: dict[str, Any] = {"name": container.name, "image": container.image}
    if container.image_pull_policy is not None:
        made["imagePullPolicy"] = container.image_pull_policy
    command, args = _command(context, container)
    if command:
        made["command"] = command
    if args:
        made["args"] = args
    if variables := _env(context, container):
        made["env"] = variables
    serving = not (context.headless and container.serves_model)
    if serving and (ports := _ports(context, container)):
        made["ports"] = ports
    if wanted := _resources(context, container):
        made["resources"] = wanted
    mounts = mount_list(container.volume_mounts)
    if container.mounts_model_volume:
        mounts.append(_model_mount(context))
    if mounts:
        made["volumeMounts"] = mounts
    _add_plain(made, container, probes=serving)
    return made


def plain_container(container: Container, claims: tuple[UsedClaim, ...]) -> dict[str, Any]:
    """An init container: what its record says, and nothing more."""
    made: dict[str, Any] = {"name": container.name, "image": container.image}
    if container.image_pull_policy is not None:
        made["imagePullPolicy"] = container.image_pull_policy
    if container.command:
        made["command"] = list(container.command)
    if container.args:
        made["args"] = list(container.args)
    if container.env:
        made["env"] = env_list(container.env)
    if container.ports:
        made["ports"] = [item.manifest() for item in container.port_records]
    wanted = copied(container.resources)
    if container.claims:
        wanted["claims"] = [*wanted.get("claims", ()), *claim_references(claims, container.claims)]
    if wanted:
        made["resources"] = wanted
    if container.volume_mounts:
        made["volumeMounts"] = mount_list(container.volume_mounts)
    _add_plain(made, container, probes=True)
    return made


def _add_plain(made: dict[str, Any], container: Container, *, probes: bool) -> None:
    write_fields(container, made, Container, **({} if probes else _NO_PROBES))
    if container.extra:
        made.update(copied(container.extra))


_NO_PROBES: Final = dict.fromkeys(PROBES.values())


def _command(context: RoleContext, container: Container) -> tuple[list[str], list[str]]:
    if not container.serves_model:
        return list(container.command), list(container.args)
    model = context.spec.model
    vllm = container.model_command == "vllmServe"
    args = [model.argument] if vllm else ["--model", model.argument]
    args += ["--port", str(context.port)]
    parallelism = context.role.parallelism
    own = spoken(container) if context.conventions.written_here else {}
    for flag, size in (
        ("--tensor-parallel-size", parallelism.tensor),
        ("--pipeline-parallel-size", parallelism.pipeline),
        ("--data-parallel-size", parallelism.data_parallel_size),
        ("--data-parallel-size-local", parallelism.data_parallel_size_local),
    ):
        # what the author's own arguments say is not said again; all copies are local where nothing else is said
        name = flag[2:].replace("-", "_")
        if (
            size > 1
            and own.get(name, ("", 0))[0] != size
            and not (name == "data_parallel_size_local" and own.get("data_parallel_size", ("", 0))[0] == size)
        ):
            args += [flag, str(size)]
    command = ["vllm", "serve"] if vllm else []
    if parallelism.nodes > 1 and "nnodes" not in own:
        # LeaderWorkerSet sets both variables in every container of a group
        args += ["--nnodes", str(parallelism.nodes), "--node-rank", "$(LWS_WORKER_INDEX)", "--master-addr", "$(LWS_LEADER_ADDRESS)"]
    elif parallelism.nodes == 1 and parallelism.spreads_copies and context.conventions.written_here:
        ranks, command = _data_parallel_ranks(context, container, command)
        args += ranks
    if context.headless:
        args.append("--headless")
    args += ["--served-model-name", model.served_name]
    if context.spec.tracing is not None:
        args += context.spec.tracing.args()
    return command, [*args, *container.args]


_HYBRID: Final = "--data-parallel-hybrid-lb"
_BALANCED: Final = frozenset({_HYBRID, "--data-parallel-external-lb", "--data-parallel-multi-port-external-lb"})
"""VLLM's flags for copies in several pods that each answer requests themselves."""


def answers_everywhere(context: RoleContext) -> bool:
    """Whether every pod of a group answers requests, and not its leader alone."""
    everywhere = context.role.multinode is not None and context.role.multinode.routing_proxy == "all"
    return everywhere or any(not _BALANCED.isdisjoint(container.args) for container in context.role.containers)


def _data_parallel_ranks(context: RoleContext, container: Container, command: list[str]) -> tuple[list[str], list[str]]:
    """Where the first model copy is, and which copies are in this pod: flags, and the command where a shell has to work the number out.

    Nothing where the container's author says it, or where there is no command a shell could start.
    """
    given = {arg.partition("=")[0] for arg in container.args}
    local, everywhere = context.parallelism.data_parallel_size_local, answers_everywhere(context)
    if "--data-parallel-address" in given or (local > 1 and not command):
        return [], command
    flags = ["--data-parallel-address", "$(LWS_LEADER_ADDRESS)"]
    if everywhere and _BALANCED.isdisjoint(given):
        flags.append(_HYBRID)
    if not (everywhere or context.headless):
        return flags, command  # the leader has the first copies
    if local == 1:
        return [*flags, "--data-parallel-start-rank", "$(LWS_WORKER_INDEX)"], command
    script = f'exec {" ".join(command)} "$@" --data-parallel-start-rank "$((LWS_WORKER_INDEX * {local}))"'
    return flags, ["/bin/sh", "-c", script, command[0]]


def _env(context: RoleContext, container: Container) -> list[dict[str, Any]]:
    user = env_list(container.env)
    if not context.conventions.is_model_server(context.role, container):
        return user
    added = _added_env(context, container)
    if context.conventions.user_env_first:
        return [*user, *added]
    given = {item["name"] for item in user}
    return [*(item for item in added if item["name"] not in given), *user]


def _added_env(context: RoleContext, container: Container) -> list[dict[str, Any]]:
    service, role = context.spec, context.role
    model, parallelism = service.model, role.parallelism
    added: list[dict[str, Any]] = []
    if context.conventions.tells_parallelism(container):
        added += [
            {"name": "DP_SIZE", "value": str(parallelism.data_parallel_size)},
            {"name": "TP_SIZE", "value": str(parallelism.tensor)},
            {"name": "DP_SIZE_LOCAL", "value": str(parallelism.data_parallel_size_local)},
        ]
    if container.mounts_model_volume and model.scheme == "hf":
        added.append({"name": "HF_HOME", "value": model.mount_path})
    if container.mounts_model_volume and model.scheme == "pvc+hf":
        added.append({"name": "HF_HUB_CACHE", "value": context.conventions.hub_cache(model.mount_path, model.hub_cache)})
    if model.token_secret is not None:
        source = {"secretKeyRef": {"name": model.token_secret, "key": "HF_TOKEN"}}
        added.append({"name": "HF_TOKEN", "valueFrom": source})
    if role.accelerator_record is not None:
        added += context.conventions.accelerator_env(container, env_list(role.accelerator_record.env))
    if context.conventions.names_pod_to_peers(container):
        added.append({"name": "VLLM_NIXL_SIDE_CHANNEL_HOST", "valueFrom": field_ref("status.podIP")})  # vLLM's default is the pod itself
    if service.tracing is not None:
        added += service.tracing.env(getattr(service.tracing, f"vllm_{context.name}"))
    return added


def _ports(context: RoleContext, container: Container) -> list[dict[str, Any]]:
    role = context.role
    name = (role.monitoring and role.monitoring.port) or "http"
    return [item.manifest() for item in context.conventions.ports(role, container, context.port, name)]


def _resources(context: RoleContext, container: Container) -> dict[str, Any]:
    """Limits and requests with the devices that the container gets."""
    role, conventions = context.role, context.conventions
    wanted: dict[str, Any] = copied(container.resources)
    accelerator = role.accelerator_record
    takes = container.accelerator if container.accelerator is not None else conventions.gets_accelerator(role, container)
    if takes and accelerator is not None:
        accelerator.ask_in(wanted, role.parallelism.devices_per_pod, stated_counts=conventions.stated_devices_count)
    references = list(wanted.pop("claims", ()))
    if container.claims is not None:
        references = [*claim_references(context.claims, container.claims), *references]
    elif conventions.gets_claims(role, container):
        references = [*({"name": used.name} for used in context.claims), *references]
    if references:
        wanted["claims"] = references
    return wanted


def _model_mount(context: RoleContext) -> dict[str, Any]:
    model = context.spec.model
    mount: dict[str, Any] = {"name": MODEL_VOLUME, "mountPath": model.mount_path}
    read_only = context.conventions.mounts_read_only(model)
    return mount if read_only is None else {**mount, "readOnly": read_only}
