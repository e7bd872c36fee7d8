"""The cross-checks by name: what each looks for, and how bad it is."""

from typing import Final

from attrs import frozen

from constructs_dra.errors import Severity

__all__ = ["RULES", "Rule"]


@frozen
class Rule:
    """One cross-check.

    Attributes:
        name: Its name, as `accept` takes it.
        what: What it looks for.
        severity: What a finding is when nothing is said about it.
        overrulable: Whether it can be right all the same; what Kubernetes itself refuses cannot.
    """

    name: str
    what: str
    severity: Severity = "error"
    overrulable: bool = True


RULES: Final = {
    rule.name: rule
    for rule in (
        Rule("admin-access", "a claim with admin access is refused unless its namespace carries a label", "warning"),
        Rule("claim-and-device-plugin", "devices are asked for by a claim and once more from a device plugin"),
        Rule("connector-unknown", "the routing proxy's version does not know the connector"),
        Rule("count-parallelism", "claims or limits give another number of devices than the parallelism needs"),
        Rule("data-parallel", "data parallelism does not divide into pods and local copies"),
        Rule("data-parallel-address", "model copies in several pods are not told where the first of them is", "warning"),
        Rule("env-twice", "an environment variable is set twice; the last one counts"),
        Rule("flag-twice", "a flag is given twice; which one counts is the program's secret"),
        Rule("image-tag", "an image without a version, or `latest`, changes under one's feet", "warning"),
        Rule("kv-transfer", "prefill and decode have no way to hand over the KV cache", "warning"),
        Rule("listening-port", "the model server listens on another port than is exposed or called"),
        Rule("metrics-port", "a PodMonitor scrapes a port that no container has"),
        Rule("plain-text-token", "a token stands in plain text"),
        Rule("port-twice", "two containers of a pod listen on one port, or two ports go by one name"),
        Rule("probe-port", "a probe asks a port by a name that the container does not have"),
        Rule("probes-absent", "a model server has no probe: it gets requests before the model is loaded", "warning"),
        Rule("proxy-port", "routing proxy and model server are on one port"),
        Rule("proxy-version", "the routing proxy's version does not know a flag"),
        Rule("rolling-update", "a rolling update needs a second set of devices before it frees the first", "warning"),
        Rule("trace-ratio", "the share of traced requests is not between 0 and 1"),
        Rule("volume-missing", "a mounted volume does not exist", overrulable=False),
    )
}
"""Every rule by name; a finding without a rule is something Kubernetes itself would refuse."""
