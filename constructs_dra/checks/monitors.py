"""What Prometheus scrapes: each port of a pod once."""

from collections.abc import Iterator
from typing import Any, Final

from constructs_dra.checks.cluster import Cluster
from constructs_dra.checks.collect import Item
from constructs_dra.errors import Problem
from constructs_dra.kubernetes.kinds import container_ports
from constructs_dra.kubernetes.shapes import at, items, mapping, sequence, text

__all__ = ["SCRAPED_TWICE", "monitors"]

SCRAPED_TWICE: Final = ("{} scrapes the same pods", "keep one of the two, or every number counts twice")
"""What is wrong, for the other monitor, and what to do."""

_Target = tuple[int, int, str]
"""Identity of a pod template, port, path."""


def monitors(cluster: Cluster) -> Iterator[Problem]:
    """Monitors that scrape what another one does."""
    first: dict[_Target, Item] = {}
    for item in cluster.of("PodMonitor", "ServiceMonitor"):
        targets = list(_targets(item, cluster))
        twice = next((first[target] for target in targets if target in first), None)
        if twice is not None:
            shown, hint = SCRAPED_TWICE
            yield item.placed(Problem("spec.selector", shown.format(twice.title), hint, rule="scraped-twice"))
        for target in targets:
            first.setdefault(target, item)


def _targets(item: Item, cluster: Cluster) -> Iterator[_Target]:
    selector = mapping(item.spec.get("selector"))
    spread = at(item.spec, "namespaceSelector")
    if (spread and at(item.spec, "namespaceSelector", "matchNames") != [item.namespace]) or not selector:
        return
    if item.kind == "PodMonitor":
        for endpoint, _ in items(item.spec, "podMetricsEndpoints", ""):
            for template in cluster.selected(selector, item):
                number = _number(template, endpoint.get("port") or endpoint.get("targetPort") or endpoint.get("portNumber"))
                if number:
                    yield id(template), number, _path(endpoint)
        return
    for endpoint, _ in items(item.spec, "endpoints", ""):
        for service in cluster.services(selector, item):
            wanted = {"matchLabels": mapping(service.spec.get("selector"))}
            ports = [mapping(port) for port in sequence(service.spec.get("ports"))]
            port = next((port for port in ports if endpoint.get("port") and port.get("name") == endpoint["port"]), {})
            for template in cluster.selected(wanted, service) if wanted["matchLabels"] and port else ():
                if number := _number(template, port.get("targetPort") or port.get("port")):
                    yield id(template), number, _path(endpoint)


def _path(endpoint: dict[str, Any]) -> str:
    return text(endpoint.get("path")) or "/metrics"


def _number(template: dict[str, Any], port: Any) -> int:
    """The number of a pod's port by number or name; 0 where there is none of that name."""
    if isinstance(port, int):
        return port
    return next((number for name, number in container_ports(template) if port and name == port), 0)
