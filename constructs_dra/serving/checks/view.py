"""A role's pod as the checks see it: the finished template, and where each part of it came from."""

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from constructs_dra.errors import Problem
from constructs_dra.serving.container import Container
from constructs_dra.serving.manifests.container import RoleContext
from constructs_dra.serving.pod import Pod

__all__ = ["PodView", "finding"]


def finding(path: str, rule: str, message: str, hint: str = "") -> Problem:
    """A finding of a rule; its severity comes from the table."""
    return Problem(path, message, hint, rule=rule)


@frozen(kw_only=True)
class PodView:
    """One pod template of a role.

    Attributes:
        context: The role and its service.
        pod: The record the template was made from: the role, or the leader's pod.
        path: Where that record is, seen from the service.
        spec: The finished PodSpec.
        template: The finished pod template.
        proxied: Whether the first init container is the routing proxy.
    """

    context: RoleContext
    pod: Pod
    path: str
    spec: dict[str, Any]
    template: dict[str, Any]
    proxied: bool

    def containers(self) -> Iterator[tuple[str, Container, dict[str, Any]]]:
        """The containers that run together with the model server's: place, record, finished container."""
        for index, (record, made) in enumerate(zip(self.pod.containers, self.spec["containers"], strict=True)):
            yield f"{self.path}.containers[{index}]", record, made

    def all_containers(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every container, init containers first: place and finished container."""
        initial = self.spec.get("initContainers", [])
        for index, made in enumerate(initial):
            if self.proxied and index == 0:
                yield "proxy", made
            else:
                yield f"{self.path}.init_containers[{index - self.proxied}]", made
        for path, _, made in self.containers():
            yield path, made

    def running(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Containers that run at the same time: the containers and the sidecars among the init containers."""
        for path, made in self.all_containers():
            if "init_containers" not in path or made.get("restartPolicy") == "Always":
                yield path, made
