"""Security settings of pods and containers: what Pod Security level `restricted` asks for, and a little more."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.manifest import Manifest
from constructs_dra.records import valid
from constructs_dra.records.values import copied
from constructs_dra.serving.account import ServiceAccount
from constructs_dra.serving.part import Part, PodView, RoleView

__all__ = ["PodSecurity"]

_CONTAINER: Final = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}


@frozen(kw_only=True, eq=False, repr=False)
class PodSecurity(Part):
    """Pods that a namespace of Pod Security level `restricted` admits.

    What a role, a container or the proxy states in its `security_context` wins, key by key, so that the one thing an image or a device needs is
    loosened where it is needed and nowhere else: `security_context={"capabilities": {"add": ["IPC_LOCK"]}}` keeps everything else dropped.

    Attributes:
        user: Number of the user that containers run as. Default 10001, which no image or node knows.
        group: Number of their group, which owns writable volumes too. Default: the user's.
        read_only_root: Whether containers cannot write to their image's files; see `WritableFolders`. Default yes.
    """

    user: int = field(default=10001, metadata=valid.integer(1))
    group: int | None = field(default=None, metadata=valid.integer(1))
    read_only_root: bool = field(default=True, metadata=valid.boolean())

    def pod_settings(self) -> dict[str, Any]:
        """The security settings of a pod."""
        group = self.group if self.group is not None else self.user
        return {
            "runAsNonRoot": True,
            "runAsUser": self.user,
            "runAsGroup": group,
            "fsGroup": group,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        }

    def container_settings(self) -> dict[str, Any]:
        """The security settings of a container."""
        made: dict[str, Any] = copied(_CONTAINER)
        if not self.read_only_root:
            del made["readOnlyRootFilesystem"]
        return made

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:
        """Harden pod and containers."""
        pod.spec["securityContext"] = _merged(self.pod_settings(), pod.spec.get("securityContext") or {})
        account = role.service.part(ServiceAccount)
        if account is None or account.automount_token is None:
            pod.spec.setdefault("automountServiceAccountToken", False)
        for _, made in pod.all_containers():
            self._harden(made)

    def adjust_workload(self, role: RoleView, workload: Manifest) -> None:
        """Harden the containers of requesters, which stand in for the role's."""
        if role.is_requested:
            for made in workload["spec"]["template"]["spec"]["containers"]:
                self._harden(made)

    def _harden(self, made: dict[str, Any]) -> None:
        stated = made.get("securityContext") or {}
        made["securityContext"] = merged = _merged(self.container_settings(), stated)
        more = stated.get("privileged") or "SYS_ADMIN" in (merged.get("capabilities") or {}).get("add", ())
        if more and "allowPrivilegeEscalation" not in stated:
            del merged["allowPrivilegeEscalation"]  # the API server refuses the two together


def _merged(hardened: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """The stated settings over the hardened ones; what is said of capabilities leaves the others dropped."""
    merged = {**copied(hardened), **copied(stated)}
    if "capabilities" in hardened and isinstance(stated.get("capabilities"), Mapping):
        merged["capabilities"] = {**copied(hardened["capabilities"]), **copied(stated["capabilities"])}
    if stated.get("runAsUser") == 0 and "runAsNonRoot" not in stated:
        merged["runAsNonRoot"] = False
    return merged
