"""Both sides of the hand-over of KV caches, held against each other, in the words of the records."""

from collections.abc import Iterator
from typing import Any

from constructs_dra.engines.flags import flags_of
from constructs_dra.engines.handover import Difference, Proxy, Server, differences
from constructs_dra.engines.network import NO_NETWORK, lacks_network
from constructs_dra.errors import Problem, shown
from constructs_dra.serving.context import RoleContext, ServiceContext
from constructs_dra.serving.findings import finding
from constructs_dra.serving.used_claim import device_classes

__all__ = ["handover_problems"]


def handover_problems(service: ServiceContext) -> Iterator[Problem]:
    """What is wrong between prefill, decode and the routing proxy."""
    roles = service.roles
    if "prefill" not in roles or "decode" not in roles or not service.conventions.written_here:
        return
    prefill, decode = _server(roles["prefill"]), _server(roles["decode"])
    if prefill is None or decode is None:
        return
    proxy = service.spec.routing_proxy
    said = Proxy(connector=proxy.kv_connector, calls=frozenset(proxy.enable_tls or ())) if proxy is not None else None
    places = {"prefill": prefill[0], "decode": decode[0]}
    for found in differences(prefill[1], decode[1], said):
        yield _problem(found, places)
    for name, (_, server) in (("prefill", prefill), ("decode", decode)):
        yield from _network(roles[name], server)


def _network(role: RoleContext, server: Server) -> Iterator[Problem]:
    """Caches have a way by RDMA where the connector wants one."""
    pod = role.pods[0]
    classes = [name for used in role.claims for name in device_classes(used.claim.spec) or {""}]
    if len(pod.spec.get("resourceClaims", ())) > len(role.claims):  # a part added one: the channel of a ComputeDomain
        classes.append("")
    if connector := lacks_network(server.flags, server.env, pod.template, classes):
        nic = 'nic=RdmaNic(device_class="…") or nic="rdma/ib"'
        hint = f"write PrefillDecode({nic}), give the role one, or say in env that TCP is meant: UCX_TLS=tcp,cuda_copy"
        yield finding(role.name, "kv-network", NO_NETWORK.format(connector=connector), hint)


def _server(role: RoleContext) -> tuple[str, Server] | None:
    """Place and words of a role's vLLM."""
    for path, record, made in role.pods[0].containers():
        if record is role.pods[0].pod.model_container and record.serves_model:
            return path, _said(made)
    return None


def _said(made: dict[str, Any]) -> Server:
    variables = {variable["name"]: variable.get("value") for variable in made.get("env", ())}
    env = {name: None if value is None else str(value) for name, value in variables.items()}
    return Server(flags=flags_of(made.get("args", ())), env=env, image=made["image"])


def _problem(found: Difference, places: dict[str, str]) -> Problem:
    hint = found.hint or f"write {found.value}"
    if found.side == "proxy":
        return finding("proxy.kv_connector", "kv-mismatch", found.message, f"write kv_connector={found.value!r}")
    place = places[found.side]
    if found.flag == "--ssl-certfile":
        out = f"take {shown(found.value)} out of the proxy's enable_tls"
        hint = out if found.too_much else f'write proxy=RoutingProxy(enable_tls=["{found.value}"])'
    path = f"{place}.args" if found.flag else f"{place}.env[{found.variable!r}]" if found.variable else f"{place}.image"
    return finding(path, "kv-mismatch", found.message, hint)
