"""A role's pod as the checks see it: the finished template, where each part of it came from, and the role around it."""

from attrs import frozen

from constructs_dra.serving.context import RoleContext
from constructs_dra.serving.part import PodView

__all__ = ["CheckedPod", "checked_pods"]


@frozen(kw_only=True, eq=False)
class CheckedPod(PodView):
    """A pod template with the role it belongs to.

    Attributes:
        context: The role and its service.
    """

    context: RoleContext


def checked_pods(context: RoleContext) -> list[CheckedPod]:
    """The pod templates of a role that differ in what their author wrote: workers without a template of their own are like their leader."""
    pods = context.pods if context.pods[0].path != context.name else context.pods[:1]
    return [CheckedPod(context=context, pod=pod.pod, path=pod.path, template=pod.template, proxied=pod.proxied, serves=pod.serves) for pod in pods]
