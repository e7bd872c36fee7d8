"""The rules of Pod Security level `restricted` (the page Pod Security Standards of the Kubernetes documentation), for pod templates."""

from collections.abc import Iterator
from typing import Any

__all__ = ["pod_templates", "restricted_faults"]

_VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"}
_SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
}


def pod_templates(value: Any) -> Iterator[dict[str, Any]]:
    """Every PodSpec in an object, whatever its kind."""
    if isinstance(value, dict):
        if isinstance(value.get("containers"), list):
            yield value
        for item in value.values():
            yield from pod_templates(item)
    elif isinstance(value, list):
        for item in value:
            yield from pod_templates(item)


def restricted_faults(spec: dict[str, Any]) -> list[str]:
    """What the level refuses in a PodSpec."""
    pod = spec.get("securityContext") or {}
    faults = [f"{name} is set" for name in ("hostNetwork", "hostPID", "hostIPC") if spec.get(name)]
    for volume in spec.get("volumes", ()):
        faults += [f"volume {volume['name']} is a {kind}" for kind in volume.keys() - {"name"} - _VOLUMES]
    faults += [f"sysctl {item['name']}" for item in pod.get("sysctls", ()) if item["name"] not in _SYSCTLS]
    for container in (*spec.get("initContainers", ()), *spec["containers"], *spec.get("ephemeralContainers", ())):
        own = container.get("securityContext") or {}
        name = container["name"]
        if own.get("privileged"):
            faults.append(f"{name} is privileged")
        if own.get("allowPrivilegeEscalation") is not False:
            faults.append(f"{name} may escalate its privileges")
        capabilities = own.get("capabilities") or {}
        if "ALL" not in capabilities.get("drop", ()):
            faults.append(f"{name} keeps capabilities")
        if set(capabilities.get("add", ())) - {"NET_BIND_SERVICE"}:
            faults.append(f"{name} adds capabilities")
        if own.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
            faults.append(f"{name} may run as root")
        if own.get("runAsUser", pod.get("runAsUser")) == 0:
            faults.append(f"{name} runs as root")
        if (own.get("seccompProfile") or pod.get("seccompProfile") or {}).get("type") not in {"RuntimeDefault", "Localhost"}:
            faults.append(f"{name} has no seccomp profile")
        if own.get("procMount", "Default") != "Default":
            faults.append(f"{name} has an unmasked /proc")
        faults += [f"{name} uses a port of its node" for port in container.get("ports", ()) if port.get("hostPort")]
        for settings in (own, pod):
            if (settings.get("seLinuxOptions") or {}).keys() & {"user", "role"}:
                faults.append(f"{name} has SELinux options of its own")
            if (settings.get("windowsOptions") or {}).get("hostProcess"):
                faults.append(f"{name} is a host process")
            if (settings.get("appArmorProfile") or {}).get("type") == "Unconfined":
                faults.append(f"{name} has no AppArmor profile")
    return faults
