"""How a pod ends: out of the pool first, then the running requests, then the server."""

from collections.abc import Iterator
from typing import Any, Final

from attrs import field, frozen

from constructs_dra.engines.catalogue import dialect
from constructs_dra.engines.images import image, said
from constructs_dra.errors import Problem
from constructs_dra.records import valid
from constructs_dra.serving.container import Container
from constructs_dra.serving.findings import finding
from constructs_dra.serving.part import Part, PodView, RoleView, ServiceView

__all__ = ["Drain"]

_FLAG: Final = "--shutdown-timeout"


@frozen(kw_only=True, eq=False, repr=False)
class Drain(Part):
    """Lets running requests end before a pod does.

    A model server waits until nobody sends it requests any more (a `preStop` sleep), then finishes what runs (vLLM `--shutdown-timeout`, where its
    version has the flag), and the pod's grace period is longer than both.

    Attributes:
        pre_stop_seconds: Seconds between leaving the pool and the end of the server. Default 15.
        shutdown_seconds: Seconds a server may take to finish running requests. Default 45.
        spare_seconds: Seconds that the grace period has beyond the two. Default 15.
    """

    pre_stop_seconds: int = field(default=15, metadata=valid.integer(1))
    shutdown_seconds: int = field(default=45, metadata=valid.integer(1))
    spare_seconds: int = field(default=15, metadata=valid.integer())

    def adjust_pod(self, role: RoleView, pod: PodView) -> None:  # noqa: ARG002 - alike for all roles
        """Add hook, flag and grace period, unless they are stated."""
        for _, record, made in pod.containers():
            if not record.serves_model:
                continue
            if pod.serves:
                made.setdefault("lifecycle", {}).setdefault("preStop", {"sleep": {"seconds": self.pre_stop_seconds}})
            if not _stated(made) and _has_flag(record):
                before = len(made["args"]) - len(record.args)  # an author's arguments come last
                made["args"][before:before] = [_FLAG, str(self.shutdown_seconds)]
        pod.spec.setdefault("terminationGracePeriodSeconds", self._needed(pod) + self.spare_seconds)

    def problems_around(self, service: ServiceView) -> Iterator[Problem]:
        """A stated grace period is long enough."""
        for role in service.roles.values():
            for pod in role.pods:
                grace, needed = pod.spec["terminationGracePeriodSeconds"], self._needed(pod)
                if pod.pod.termination_grace_period_seconds is not None and grace < needed:
                    message = f"{grace} seconds are fewer than the {needed} of preStop and {_FLAG}: running requests are cut off"
                    yield finding(f"{pod.path}.termination_grace_period_seconds", "drain", message, f"write {needed + self.spare_seconds} or more")

    def _needed(self, pod: PodView) -> int:
        """Seconds from the order to end until the last container may have ended."""
        return max((_sleep(made) + self._shutdown(record, made) for _, record, made in pod.containers()), default=0)

    def _shutdown(self, record: Container, made: dict[str, Any]) -> int:
        value = _stated(made)
        return int(value) if value.isdigit() else self.shutdown_seconds if record.serves_model else 0


def _stated(made: dict[str, Any]) -> str:
    """The value of the flag in a container's arguments; empty where it is not given."""
    args = made.get("args", [])
    for index, arg in enumerate(args):
        if arg.startswith(f"{_FLAG}="):
            return str(arg.partition("=")[2])
        if arg == _FLAG and index + 1 < len(args):
            return str(args[index + 1])
    return ""


def _sleep(made: dict[str, Any]) -> int:
    seconds = made.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    return seconds if isinstance(seconds, int) else 0


def _has_flag(record: Container) -> bool:
    about = said(record.image, record.engine_version) if record.engine_version else image(record.image)
    return about.version is not None and dialect(about.version).get(_FLAG) is not None
