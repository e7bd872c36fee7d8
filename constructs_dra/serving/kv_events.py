"""Servers that tell which blocks of the cache they hold, for routing by prefix."""

import json
from collections.abc import Iterator
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.errors import Problem
from constructs_dra.records import valid
from constructs_dra.serving.container import Container
from constructs_dra.serving.env import field_ref
from constructs_dra.serving.part import Part, PodView, RoleView, ServiceView

__all__ = ["KvEvents"]

_FLAG: Final = "--kv-events-config"


@frozen(kw_only=True, eq=False, repr=False)
class KvEvents(Part):
    """Model servers publish what comes into their KV caches and what leaves them; the endpoint picker's `precise-prefix-cache-producer` listens.

    vLLM servers get `--kv-events-config` with the topic by which the picker knows the server, `kv@<pod>:<port>@<model>`; what a container's arguments
    say already stays, and servers of other engines say it themselves. The service's NetworkPolicy lets the picker reach the port.

    Attributes:
        port: Port that events are published at; each further model copy of a pod has the next one. The picker's `socketPort`. Default 5556.
        block_size: Tokens of a cache block (`--block-size`), which the picker has to know too: its `blockSizeTokens`. Default: the engine's own.
    """

    port: int = field(default=5556, metadata=valid.port())
    block_size: int | None = field(default=None, metadata=valid.integer(1))

    def numbers(self, role: RoleView) -> range:
        """The ports of a pod that events are published at."""
        return range(self.port, self.port + role.parallelism.data_parallel_size_local)

    def problems(self, service: ServiceView) -> Iterator[Problem]:
        """The picker finds every copy: it listens at the same ports of each pod, and vLLM counts copies over the whole group."""
        for role in service.roles.values():
            if role.parallelism.spreads_copies and any(record.serves_model for pod in role.pods for record in pod.pod.containers):
                message = f"{role.name} has model copies in several pods, and those after the first publish at ports the picker does not listen at"
                yield Problem("", message, "write Parallelism(data=…) with all copies in one pod, and replicas in place of workers")

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        """Tell the model servers, and show the ports."""
        for _, record, made in pod.containers():
            if record.serves_model and pod.serves:
                self._publish(role, record, made)

    def _publish(self, role: RoleView, record: Container, made: dict[str, Any]) -> None:
        topic = f"kv@$(POD_IP):{role.serving_port}@{role.service.model.served_name}"
        config = {"enable_kv_cache_events": True, "publisher": "zmq", "endpoint": f"tcp://*:{self.port}", "topic": topic}
        wanted = [(_FLAG, json.dumps(config, separators=(",", ":")))]
        wanted += [("--block-size", str(self.block_size))] if self.block_size is not None else []
        args = made.setdefault("args", [])
        given = {arg.partition("=")[0] for arg in args}
        before = len(args) - len(record.args)  # an author's arguments come last
        args[before:before] = [word for flag, value in wanted if flag not in given for word in (flag, value)]
        variables = made.setdefault("env", [])
        if all(variable["name"] != "POD_IP" for variable in variables):
            made["env"] = [{"name": "POD_IP", "valueFrom": field_ref("status.podIP")}, *variables]
        ports = made.setdefault("ports", [])
        taken = {port["containerPort"] for port in ports}
        for rank, number in enumerate(self.numbers(role)):
            if number not in taken:
                ports.append({"containerPort": number, "name": f"kv-events-{rank}" if rank else "kv-events"})
