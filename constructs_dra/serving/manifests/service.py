"""All objects of a model service."""

from typing import TYPE_CHECKING, Any

from constructs_dra.manifest import Manifest
from constructs_dra.records.values import copied
from constructs_dra.serving.account import ServiceAccount
from constructs_dra.serving.manifests.claims import claim_manifests, used_claims
from constructs_dra.serving.manifests.container import RoleContext
from constructs_dra.serving.manifests.conventions import Conventions, conventions_of, metadata
from constructs_dra.serving.manifests.monitoring import pod_monitor_manifest
from constructs_dra.serving.manifests.workload import workload_manifest
from constructs_dra.serving.role import Role

if TYPE_CHECKING:
    from constructs_dra.serving.service import ModelService

__all__ = ["listening_port", "role_contexts", "service_manifests"]


def listening_port(service: "ModelService", role: str) -> int:
    """Port the model server of a role listens on: the service's, unless the routing proxy takes requests there."""
    proxy = service.routing_proxy
    return proxy.target_port if proxy is not None and role == "decode" else service.service_port


def role_contexts(service: "ModelService") -> list[RoleContext]:
    """Every role with what its builders need to know."""
    conventions = conventions_of(service)
    return [_context(service, conventions, name, role) for name, role in service.roles.items()]


def _context(service: "ModelService", conventions: Conventions, name: str, role: Role) -> RoleContext:
    return RoleContext(
        service=service,
        conventions=conventions,
        name=name,
        role=role,
        port=listening_port(service, name),
        claims=used_claims(conventions, name, role),
    )


def service_manifests(service: "ModelService") -> list[Manifest]:
    """Accounts and claim templates, then the workloads, then what watches them, then further objects as written."""
    conventions = conventions_of(service)
    contexts = [_context(service, conventions, name, role) for name, role in service.roles.items()]
    made: list[Manifest] = []
    account = service.service_account or ServiceAccount()
    if account.create:
        made.append(_account_manifest(service, conventions, account))
    seen: set[tuple[str, str]] = set()
    for context in contexts:
        for claim in claim_manifests(service, conventions, context.name, context.role, context.claims):
            key = (claim["kind"], claim["metadata"]["name"])
            if key not in seen:  # two roles may share a claim; unequal ones of one name are reported by the checks
                seen.add(key)
                made.append(claim)
    made += [workload_manifest(context) for context in contexts]
    made += [pod_monitor_manifest(context, context.role.monitoring) for context in contexts if context.role.monitoring is not None]
    made += [copied(item) for item in service.extra_objects]
    return made


def _account_manifest(service: "ModelService", conventions: Conventions, account: ServiceAccount) -> Manifest:
    labels = {**conventions.labels(), **account.labels}
    annotations = {**service.annotations, **account.annotations}
    made: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(account.name or conventions.name(), labels, annotations, service.namespace),
    }
    if account.automount_token is not None:
        made["automountServiceAccountToken"] = account.automount_token
    if account.image_pull_secrets:
        made["imagePullSecrets"] = [{"name": name} for name in account.image_pull_secrets]
    return made
