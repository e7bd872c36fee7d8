"""Findings of the cross-checks in the words of a values file: what the records call one way, its author wrote another."""

import re
from collections.abc import Mapping

from attrs import evolve

from constructs_dra.errors import Problem

__all__ = ["in_words_of_values"]

_CURES: Mapping[str, str] = {
    "claim-and-device-plugin": "take the device out of resources, or write accelerator.dra: false",
    "connector-unknown": "write a connector that the version of routing.proxy.image knows",
    "count-parallelism": "leave the number out: it follows from parallelism",
    "data-parallel": "write data as dataLocal times workers",
    "flag-twice": "leave it out where the chart gives it already",
    "kv-transfer": "add --kv-transfer-config to the args of both roles",
    "metrics-port": "give the model server's port that name, or write the port's name as portName",
    "plain-text-token": "put it into a Secret and write its name as modelArtifacts.authSecretName, or use valueFrom",
    "probes-absent": "write a readinessProbe or startupProbe under extraConfig of the container",
    "proxy-version": "use an image before 0.10; in Python, fixes=['proxy-flags-by-version'] spells the flags as the image wants them",
    "rolling-update": "where devices are scarce write strategy: {type: Recreate}",
    "trace-ratio": "write a share from 0 to 1 as tracing.sampling.samplerArg",
    "volume-missing": "write the volume under volumes of the role",
}
"""What to do about a rule's finding, where the rule's own words speak of Python."""

_IN_PYTHON = re.compile(r"(?:; or |^)accept=\{.*\}.*$")
"""How Python overrules a check; the command line has an option for it."""

_TERMS = {
    "data_local": "dataLocal",
    "volume_mounts": "volumeMounts",
    "readiness_probe": "readinessProbe",
    "startup_probe": "startupProbe",
    "liveness_probe": "livenessProbe",
    "target_port": "targetPort",
    "service_port": "servicePort",
    "kv_connector": "connector",
    "mount_path": "mountPath",
}


def in_words_of_values(problem: Problem) -> Problem:
    """A finding as the author of values knows its terms; errors say how to overrule them."""
    message, hint = problem.message, _CURES.get(problem.rule) or _IN_PYTHON.sub("", problem.hint)
    for term, word in _TERMS.items():
        message, hint = message.replace(term, word), hint.replace(term, word)
    if problem.severity == "error" and problem.rule:
        hint = f"{hint}; or, if it is right, --accept {problem.rule}=REASON"
    return evolve(problem, message=message, hint=hint)
