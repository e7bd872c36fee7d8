"""Series in Prometheus by the names that a service itself has, so that renaming cannot leave a query behind."""

from collections.abc import Mapping

from constructs_dra.serving.monitoring import PodMonitor
from constructs_dra.serving.part import RoleView, ServiceView

__all__ = ["is_scraped", "picker_labels", "pool_labels", "selected", "server_labels"]


def selected(series: str, labels: Mapping[str, str]) -> str:
    """A PromQL selector of a series by labels; the value of one whose name ends in `~` is a regular expression."""
    inner = ",".join(f'{name}="{_escaped(value)}"' if name[-1] != "~" else f'{name[:-1]}=~"{_escaped(value)}"' for name, value in labels.items())
    return f"{series}{{{inner}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def is_scraped(role: RoleView) -> bool:
    """Whether anything here has Prometheus read the model servers of a role."""
    return role.part(PodMonitor) is not None


def server_labels(role: RoleView) -> dict[str, str]:
    """Labels of what the model servers of a role report: those that the Prometheus operator gives everything it scrapes for a PodMonitor."""
    monitor = role.metadata(kind="PodMonitor")["name"]
    namespace = role.service.namespace
    return {"namespace": namespace, "job": f"{namespace}/{monitor}"} if namespace else {"job~": f".+/{monitor}"}


def picker_labels(service: ServiceView) -> dict[str, str]:
    """Labels of what the endpoint picker reports of the model."""
    return {**_namespace(service), "service": f"{service.name}-epp", "model_name": service.model.served_name}


def pool_labels(service: ServiceView) -> dict[str, str]:
    """Labels of what the endpoint picker reports of its pool."""
    return {**_namespace(service), "inference_pool": service.name}


def _namespace(service: ServiceView) -> dict[str, str]:
    return {"namespace": service.namespace} if service.namespace else {}
