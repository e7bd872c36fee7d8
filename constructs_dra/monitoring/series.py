"""Series in Prometheus by the names that a service itself has, so that renaming cannot leave a query behind."""

from collections.abc import Mapping

from constructs_dra.monitoring.service_monitor import ServiceMonitor
from constructs_dra.routing.router import Routing
from constructs_dra.serving.monitoring import PodMonitor
from constructs_dra.serving.part import RoleView, ServiceView

__all__ = ["is_picker_scraped", "is_scraped", "picker_labels", "pool_labels", "selected", "server_labels"]


def selected(series: str, labels: Mapping[str, str]) -> str:
    """A PromQL selector of a series by labels; the value of one whose name ends in `~` is a regular expression."""
    inner = ",".join(f'{name}="{_escaped(value)}"' if name[-1] != "~" else f'{name[:-1]}=~"{_escaped(value)}"' for name, value in labels.items())
    return f"{series}{{{inner}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def is_scraped(role: RoleView) -> bool:
    """Whether anything here has Prometheus read the model servers of a role."""
    return role.part(PodMonitor) is not None or role.part(ServiceMonitor) is not None


def server_labels(role: RoleView) -> dict[str, str]:
    """Labels of what the model servers of a role report: those that the Prometheus operator gives everything it scrapes."""
    if role.part(PodMonitor) is None and role.part(ServiceMonitor) is not None:
        return {**_namespace(role.service), "job": ServiceMonitor.service_name(role)}
    monitor = role.metadata(kind="PodMonitor")["name"]
    namespace = role.service.namespace
    return {"namespace": namespace, "job": f"{namespace}/{monitor}"} if namespace else {"job~": f".+/{monitor}"}


def is_picker_scraped(service: ServiceView) -> bool:
    """Whether Prometheus reads the endpoint picker, as far as the picker is described here."""
    routing = service.part(Routing)
    return routing is None or routing.monitor is not None


def picker_labels(service: ServiceView) -> dict[str, str]:
    """Labels of what the endpoint picker reports of the model."""
    routing = service.part(Routing)
    picker = routing.names(service).picker if routing is not None else f"{service.name}-epp"
    return {**_namespace(service), "service": picker, "model_name": service.model.served_name}


def pool_labels(service: ServiceView) -> dict[str, str]:
    """Labels of what the endpoint picker reports of its pool."""
    routing = service.part(Routing)
    pool = routing.names(service).pool if routing is not None else service.name
    return {**_namespace(service), "inference_pool": pool}


def _namespace(service: ServiceView) -> dict[str, str]:
    return {"namespace": service.namespace} if service.namespace else {}
