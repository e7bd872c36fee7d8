"""Rules about a model service as a whole."""

from typing import Final

from constructs_dra.rules.rule import Rule, stricter_rule

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    stricter_rule(
        "count-parallelism",
        "claims or limits that give another number of devices than the parallelism needs",
        why="With too few devices the model server does not start; with too many, devices idle.",
        fix="Leave the number out: it follows from the parallelism.",
        fix_in_values="leave the number out: it follows from parallelism",
    ),
    stricter_rule(
        "claim-and-device-plugin",
        "devices that are asked for by a claim and once more from a device plugin",
        why="The pod holds twice as many devices as it uses, or never fits a node.",
        fix="Keep one of the two: the claim, or the accelerator.",
        fix_in_values="take the device out of resources, or write accelerator.dra: false",
    ),
    stricter_rule(
        "devices-absent",
        "a model that is spread over several devices, in a pod that asks for none",
        why="The pod lands on any node and gets no device; the model server finds none and ends.",
        fix="Give the role a claim, or an accelerator of a device plugin.",
        severity="warning",
    ),
    stricter_rule(
        "connector-unknown",
        "a connector that the routing proxy's version does not know",
        why="The proxy does not start.",
        fix="Name a connector that the proxy's version knows.",
        fix_in_values="write a connector that the version of routing.proxy.image knows",
    ),
    stricter_rule(
        "data-parallel",
        "data parallelism that does not divide into pods and local copies",
        why="Some copies of the model have no pod, or some pods no copy.",
        fix="Leave one of the numbers out: it follows from the others.",
        fix_in_values="write data as dataLocal times workers",
    ),
    stricter_rule(
        "data-parallel-address",
        "model copies in several pods that do not know where the first of them is",
        why="The copies wait for each other and never serve.",
        fix="Pass --data-parallel-address with the leader's address.",
        severity="warning",
    ),
    stricter_rule(
        "drain",
        "a grace period that ends before the server may",
        why="Requests that still run are cut off when a pod is replaced or a node is drained.",
        fix="Let the grace period be longer than preStop and --shutdown-timeout together.",
    ),
    stricter_rule(
        "env-twice",
        "an environment variable that is set twice",
        why="The last one counts, silently.",
        fix="Leave one of the two out.",
    ),
    stricter_rule(
        "flag-blank",
        "a flag and its value in one argument with a blank between",
        why="The program is given one argument and takes it for a flag of that name, blank included; it does not start.",
        fix="Write the flag and its value as two arguments, or with '=' between them.",
    ),
    stricter_rule(
        "flag-twice",
        "a flag that is given twice",
        why="Which one counts is up to the program.",
        fix="Leave it out where it is given already.",
        fix_in_values="leave it out where the chart gives it already",
    ),
    stricter_rule(
        "image-device",
        "an image for other devices than the claims give",
        why="The server finds no device that it can use, and ends.",
        fix="Take the image for the devices, or claim the devices of the image.",
    ),
    stricter_rule(
        "image-tag",
        "an image without a version, or with `latest`",
        why="What runs changes without anybody deciding it.",
        fix="Write a version or a digest.",
    ),
    stricter_rule(
        "kv-mismatch",
        "prefill, decode and the routing proxy that do not agree on how KV caches are handed over",
        why="Decode refuses the caches of prefill or reads wrong ones, or requests are reset now and then.",
        fix="Say it once for both sides: parts=[PrefillDecode()], and let the proxy follow.",
    ),
    stricter_rule(
        "kv-network",
        "prefill and decode that hand over KV caches by RDMA, in pods without a NIC",
        why="The caches go over TCP, many times slower: decode waits longer for them than it would take to compute them.",
        fix="Give each device a NIC on its own PCIe root, or the pods an RDMA resource; UCX_TLS=tcp says that TCP is meant.",
        severity="warning",
    ),
    stricter_rule(
        "kv-transfer",
        "prefill and decode without a way to hand over the KV cache",
        why="Decode computes the prompt again, or fails.",
        fix="Pass --kv-transfer-config to both roles.",
        fix_in_values="add --kv-transfer-config to the args of both roles",
        severity="warning",
    ),
    stricter_rule(
        "listening-port",
        "a model server that listens on another port than is exposed or called",
        why="Requests and probes are refused.",
        fix="Make port and argument agree.",
    ),
    stricter_rule(
        "metrics-port",
        "a PodMonitor that scrapes a port no container has, or none the model server listens on",
        why="Nothing is scraped.",
        fix="Name a port of the model server.",
        fix_in_values="give the model server's port that name, or write the port's name as portName",
    ),
    stricter_rule(
        "multinode",
        "a group of pods that the parallelism does not use",
        why="Each pod loads the whole model on devices of its own, and nobody calls the second one; or devices do not divide.",
        fix="Say the spread once: Parallelism(tensor=16, nodes=2) makes the group, its devices and its flags.",
    ),
    stricter_rule(
        "port-twice",
        "two containers of a pod that listen on one port, or two ports of one name",
        why="The second container does not start; which of two ports a name means is open.",
        fix="Give one of them another port or name.",
    ),
    stricter_rule(
        "probe-port",
        "a probe for a port by a name that the container does not have",
        why="The probe fails for ever.",
        fix="Correct the name, or name the port.",
    ),
    stricter_rule(
        "probes-absent",
        "a model server without any probe",
        why="It gets requests before the model is loaded.",
        fix="Give it a readiness or startup probe.",
        fix_in_values="write a readinessProbe or startupProbe under extraConfig of the container",
        severity="warning",
    ),
    stricter_rule(
        "proxy-port",
        "a routing proxy and a model server on one port",
        why="One of the two does not start.",
        fix="Give one of them another port.",
    ),
    stricter_rule(
        "proxy-version",
        "a flag that the routing proxy's version does not know",
        why="The proxy does not start.",
        fix="Use a version that knows the flag, or leave the flag out.",
        fix_in_values="use an image before 0.10; in Python, fixes=['proxy-flags-by-version'] spells the flags as the image wants them",
    ),
    stricter_rule(
        "rolling-update",
        "a rolling update that needs a second set of devices before it frees the first",
        why="On a full cluster the update waits for ever.",
        fix="Where devices are scarce, recreate the pods.",
        fix_in_values="where devices are scarce write strategy: {type: Recreate}",
        severity="warning",
    ),
    stricter_rule(
        "trace-ratio",
        "a share of traced requests that is not between 0 and 1",
        why="The tracer refuses it, or traces all or nothing.",
        fix="Write a share from 0 to 1.",
        fix_in_values="write a share from 0 to 1 as tracing.sampling.samplerArg",
    ),
    Rule(
        "volume-missing",
        "a mounted volume that does not exist",
        why="The API server refuses the workload's pods.",
        fix="Add the volume to the role.",
        fix_in_values="write the volume under volumes of the role",
    ),
)
