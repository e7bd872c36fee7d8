"""Rules of security contexts: ids, profiles, kernel settings, namespaces shared with the node, and what Windows does not have."""

from typing import Any

from constructs_dra.kubernetes.objects.surroundings import Surroundings
from constructs_dra.kubernetes.rules import LARGEST_ID, Rules
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text, whole
from constructs_dra.lazy import lazy_pattern
from constructs_dra.lexical import names
from constructs_dra.paths import child

__all__ = ["check_container_security", "check_pod_security"]

_PROFILES = ("Localhost", "RuntimeDefault", "Unconfined")
_SYSCTL = lazy_pattern(r"(?:[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?\Z")
_MAX_SYSCTL = 253
_IPC_SYSCTLS = ("kernel.shm", "kernel.msg", "fs.mqueue.")
_MAX_CREDENTIAL_SPEC = 64 * 1024
_MAX_APPARMOR_PROFILE = 4095
_USER_DOMAIN = lazy_pattern(r"[A-Za-z0-9][-.A-Za-z0-9]{0,254}\Z")
_USER_FORBIDDEN = lazy_pattern(r'["/\\:;|=,+*?<>@\[\]]')

_WINDOWS_POD = tuple((key,) for key in ("hostPID", "hostIPC", "hostUsers", "shareProcessNamespace", "resources")) + tuple(
    ("securityContext", key)
    for key in (
        "seLinuxOptions", "seccompProfile", "appArmorProfile", "fsGroup", "fsGroupChangePolicy", "sysctls", "runAsUser", "runAsGroup",
        "supplementalGroups", "supplementalGroupsPolicy", "seLinuxChangePolicy",
    )
)  # fmt: skip
_WINDOWS_CONTAINER = (
    "seLinuxOptions", "seccompProfile", "appArmorProfile", "capabilities", "readOnlyRootFilesystem", "privileged", "allowPrivilegeEscalation",
    "procMount", "runAsUser", "runAsGroup",
)  # fmt: skip


def check_pod_security(spec: dict[str, Any], path: str, rules: Rules) -> None:
    """The pod's own security context and the namespaces it shares."""
    context, place = mapping(spec.get("securityContext")), child(path, "securityContext")
    for key in ("runAsUser", "runAsGroup", "fsGroup"):
        rules.identifier(context, key, place)
    for index, group in enumerate(sequence(context.get("supplementalGroups"))):
        if whole(group) is not None and not 0 <= group <= LARGEST_ID:
            rules.value(child(child(place, "supplementalGroups"), index), f"{group} must lie between 0 and {LARGEST_ID}")
    rules.word(context, "fsGroupChangePolicy", ("Always", "OnRootMismatch"), place, empty=False)
    rules.word(context, "supplementalGroupsPolicy", ("Merge", "Strict"), place, empty=False)
    policies = ("Recursive", "MountOption") if rules.on("SELinuxMount") else ("Recursive",)
    rules.word(context, "seLinuxChangePolicy", policies, place, empty=False)
    _check_profiles(context, place, rules)
    _check_windows_options(context, place, rules)
    _check_sysctls(spec, context, place, rules)
    _check_namespaces(spec, path, rules)
    _check_system(spec, path, rules)


def check_container_security(context: dict[str, Any], path: str, rules: Rules, around: Surroundings) -> None:
    """The security context of a container."""
    for key in ("runAsUser", "runAsGroup"):
        rules.identifier(context, key, path)
    if context.get("allowPrivilegeEscalation") is False:
        place = child(path, "allowPrivilegeEscalation")
        if context.get("privileged") is True:
            rules.problems.add(place, "cannot be false for a privileged container", rule="value")
        added = sequence(at(context, "capabilities", "add"))
        if "CAP_SYS_ADMIN" in added:
            rules.problems.add(place, "cannot be false with the capability CAP_SYS_ADMIN", rule="value")
    rules.word(context, "procMount", ("Default", "Unmasked"), path, empty=False)
    if context.get("procMount") == "Unmasked" and not around.user_namespace:
        rules.value(child(path, "procMount"), "Unmasked needs hostUsers: false on the pod")
    _check_profiles(context, path, rules)
    _check_windows_options(context, path, rules)
    if context.get("runAsNonRoot") is True and whole(context.get("runAsUser")) == 0:
        shown = "0 is root, and runAsNonRoot is true"
        rules.problems.add(child(path, "runAsUser"), shown, "the container will not start", rule="strict-run-as-root", severity="warning")
    if around.system == "windows":
        for key in _WINDOWS_CONTAINER:
            if context.get(key) is not None:
                rules.value(child(path, key), "does not exist on Windows")
    elif around.system and context.get("windowsOptions") is not None:
        rules.value(child(path, "windowsOptions"), f"must be absent where os.name is {around.system}")


def _check_profiles(context: dict[str, Any], path: str, rules: Rules) -> None:
    """`seccompProfile` and `appArmorProfile`."""
    for key in ("seccompProfile", "appArmorProfile"):
        profile, place = context.get(key), child(path, key)
        if not isinstance(profile, dict):
            continue
        rules.word(profile, "type", _PROFILES, place, required=True)
        local, where = profile.get("localhostProfile"), child(place, "localhostProfile")
        if profile.get("type") != "Localhost":
            if local is not None:
                rules.value(where, "is only for type Localhost")
        elif local is None or not text(local).strip():
            rules.problems.add(where, "is missing", "type Localhost needs it", rule="required")
        elif key == "seccompProfile":
            rules.relative(local, where)
        elif text(local) != text(local).strip() or len(text(local)) > _MAX_APPARMOR_PROFILE:
            rules.value(where, f"must have no blanks around it and at most {_MAX_APPARMOR_PROFILE:,} bytes")


def _check_sysctls(spec: dict[str, Any], context: dict[str, Any], path: str, rules: Rules) -> None:
    seen: set[str] = set()
    for sysctl, place in items(context, "sysctls", path):
        name, where = text(sysctl.get("name")), child(place, "name")
        plain = name.replace("/", ".")
        if not name:
            rules.problems.add(where, "is missing", rule="required")
        elif len(name) > _MAX_SYSCTL or not _SYSCTL.match(name):
            rules.value(where, f"{name!r} is not the name of a kernel setting, like net.core.somaxconn")
        elif plain in seen:
            rules.problems.add(where, f"{name!r} appears twice", "leave one out", rule="duplicate")
        seen.add(plain)
        if spec.get("hostNetwork") is True and plain.startswith("net."):
            rules.value(where, f"{name!r} must not be set with hostNetwork")
        if spec.get("hostIPC") is True and (plain.startswith(_IPC_SYSCTLS) or plain == "kernel.sem"):
            rules.value(where, f"{name!r} must not be set with hostIPC")


def _check_namespaces(spec: dict[str, Any], path: str, rules: Rules) -> None:
    if spec.get("shareProcessNamespace") is True and spec.get("hostPID") is True:
        rules.value(child(path, "shareProcessNamespace"), "must not be true together with hostPID")
    if spec.get("hostUsers") is False:
        alone = ("hostPID", "hostIPC") if rules.on("UserNamespacesHostNetworkSupport") else ("hostNetwork", "hostPID", "hostIPC")
        for key in alone:
            if spec.get(key) is True:
                rules.value(child(path, key), "must not be true with hostUsers: false")
        for container, place in items(spec, "containers", path):
            if container.get("volumeDevices"):
                rules.value(child(place, "volumeDevices"), "must be absent with hostUsers: false")


def _check_system(spec: dict[str, Any], path: str, rules: Rules) -> None:
    """What `os.name` rules out, and what host processes of Windows need."""
    system = spec.get("os")
    if isinstance(system, dict):
        rules.word(system, "name", ("linux", "windows"), child(path, "os"), required=True)
        if system.get("name") == "windows":
            for keys in _WINDOWS_POD:
                if at(spec, *keys) is not None:
                    rules.value(f"{path}.{'.'.join(keys)}".lstrip("."), "does not exist on Windows")
        elif system.get("name") == "linux" and at(spec, "securityContext", "windowsOptions") is not None:
            rules.value(f"{path}.securityContext.windowsOptions".lstrip("."), "must be absent where os.name is linux")
    general = at(spec, "securityContext", "windowsOptions", "hostProcess")
    containers = [*items(spec, "initContainers", path), *items(spec, "containers", path)]
    own = [at(container, "securityContext", "windowsOptions", "hostProcess") for container, _ in containers]
    effective = [general if value is None else value for value in own]
    if any(value is True for value in effective):
        if any(value is not True for value in effective):
            rules.value(path, "has host processes of Windows beside other containers; all must be host processes, or none")
        if spec.get("hostNetwork") is not True:
            rules.value(child(path, "hostNetwork"), "must be true for host processes of Windows")
    if isinstance(general, bool):
        for (_, place), value in zip(containers, own, strict=True):
            if isinstance(value, bool) and value != general:
                rules.value(f"{place}.securityContext.windowsOptions.hostProcess", "must be the same as the pod's")


def _check_windows_options(context: dict[str, Any], path: str, rules: Rules) -> None:
    options, place = mapping(context.get("windowsOptions")), child(path, "windowsOptions")
    rules.name(options, "gmsaCredentialSpecName", names.dns_subdomain_problem, place, required=True)
    credentials = options.get("gmsaCredentialSpec")
    if isinstance(credentials, str) and not 0 < len(credentials.encode(errors="replace")) <= _MAX_CREDENTIAL_SPEC:
        rules.value(child(place, "gmsaCredentialSpec"), f"must hold between 1 and {_MAX_CREDENTIAL_SPEC:,} bytes")
    name = options.get("runAsUserName")
    if isinstance(name, str) and (fault := _user_name_problem(name)):
        rules.value(child(place, "runAsUserName"), f"{name!r} {fault}")


def _user_name_problem(name: str) -> str:
    if not name:
        return "must not be empty"
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        return "must not hold control characters"
    domain, backslash, user = name.partition("\\") if "\\" in name else ("", "", name)
    if "\\" in user:
        return "may hold one backslash only"
    if backslash and not _USER_DOMAIN.match(domain):
        return "has a domain that is neither a NetBIOS nor a DNS name"
    if not 0 < len(user) <= 104:
        return "must have a user of 1 to 104 characters"
    if not user.strip(". ") or _USER_FORBIDDEN.search(user):
        return "has a user that Windows does not allow"
    return ""
