"""A role's pod as the checks see it: the finished template, where each part of it came from, and the role around it."""

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from constructs_dra.serving.container import Container
from constructs_dra.serving.context import RoleContext
from constructs_dra.serving.part import PodView

__all__ = ["CheckedPod", "checked_pods"]


@frozen(kw_only=True, eq=False, repr=False)
class CheckedPod(PodView):
    """A pod template with the role it belongs to.

    Attributes:
        context: The role and its service.
        listed: What `containers` gives.
        all_listed: What `all_containers` gives.
    """

    context: RoleContext
    listed: Sequence[tuple[str, Container, dict[str, Any]]]
    all_listed: Sequence[tuple[str, dict[str, Any]]]

    def containers(self) -> Sequence[tuple[str, Container, dict[str, Any]]]:
        """As of any pod, but worked out once: every check asks."""
        return self.listed

    def all_containers(self) -> Sequence[tuple[str, dict[str, Any]]]:
        """As of any pod, but worked out once."""
        return self.all_listed


def checked_pods(context: RoleContext) -> list[CheckedPod]:
    """The pod templates of a role that differ in what their author wrote: workers without a template of their own are like their leader."""
    pods = context.pods if context.pods[0].path != context.name else context.pods[:1]
    return [
        CheckedPod(
            context=context,
            pod=pod.pod,
            path=pod.path,
            template=pod.template,
            proxied=pod.proxied,
            serves=pod.serves,
            listed=tuple(pod.containers()),
            all_listed=tuple(pod.all_containers()),
        )
        for pod in pods
    ]
