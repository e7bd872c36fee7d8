"""Every key that chart llm-d-modelservice reads, with its type; and the keys it is known to ignore, with what to write instead.

The chart's own schema is open: what it does not know, it drops without a word. This table is what closes it.
"""

from collections.abc import Mapping
from functools import cache
from typing import Literal, TypeAlias

from attrs import evolve, field, frozen

from constructs_dra.helm.charts import ChartVersion

__all__ = ["Key", "Kind", "keys_of"]

Kind: TypeAlias = Literal["text", "integer", "boolean", "scalar", "labels", "mapping", "table", "list", "fragment", "free"]
"""What a key holds: a single value; `labels` (strings by name); a `mapping` with known keys; a `table` with keys of the user's own; a `list`; a
`fragment` of a Kubernetes object; or anything (`free`)."""


@frozen(kw_only=True)
class Key:
    """One key of the values.

    Attributes:
        kind: What it holds.
        entries: The keys below a `mapping`.
        item: What each entry of a `list` or `table` is.
        fragment: The Kubernetes kind of a `fragment`.
        choices: The only words allowed. Default: any.
        ignored: Why the chart does not read it; empty for keys it reads.
        hint: What to write instead of an ignored key.
        harmless: An ignored key that changes nothing worth stopping for: a leftover of older charts.
        templated: Whether the chart evaluates `{{ … }}` in it.
        since: The first chart release that has it; empty when both lines do.
        misplaced: The Kubernetes kind whose field names are likely mistakes here, and the key they belong under.
    """

    kind: Kind = "free"
    entries: Mapping[str, "Key"] = field(factory=dict)
    item: "Key | None" = None
    fragment: str = ""
    choices: tuple[str, ...] = ()
    ignored: str = ""
    hint: str = ""
    harmless: bool = False
    templated: bool = False
    since: str = ""
    misplaced: tuple[str, str] = ("", "")


def _of(kind: Kind, *choices: str, since: str = "") -> Key:
    return Key(kind=kind, choices=choices, since=since)


def _mapping(entries: Mapping[str, Key], *, misplaced: tuple[str, str] = ("", ""), since: str = "") -> Key:
    return Key(kind="mapping", entries=entries, misplaced=misplaced, since=since)


def _list(item: Key, *, templated: bool = False, since: str = "") -> Key:
    return Key(kind="list", item=item, templated=templated, since=since)


def _fragment(kind: str, *, templated: bool = False, since: str = "") -> Key:
    return Key(kind="fragment", fragment=kind, templated=templated, since=since)


def _fragments(kind: str, *, templated: bool = False, since: str = "") -> Key:
    return _list(_fragment(kind), templated=templated, since=since)


def _ignored(why: str, hint: str = "", *, harmless: bool = False, since: str = "") -> Key:
    return Key(ignored=why, hint=hint, harmless=harmless, since=since)


_TEXT = _of("text")
_INTEGER = _of("integer")
_BOOLEAN = _of("boolean")
_SCALAR = _of("scalar")
_LABELS = _of("labels")
_FREE = Key()
_QUANTITIES = Key(kind="table", item=_SCALAR)
_NOT_READ = "the chart does not read this key"

_CONTAINER = _mapping(
    {
        "name": _TEXT,
        "image": _TEXT,
        "modelCommand": _of("text", "vllmServe", "imageDefault", "custom"),
        "command": _list(_TEXT),
        "args": _list(_TEXT),
        "env": _fragments("EnvVar", templated=True),
        "ports": _fragments("ContainerPort", templated=True),
        "resources": _mapping(
            {
                "limits": _QUANTITIES,
                "requests": _QUANTITIES,
                "claims": _ignored(
                    "the chart gives every container all claims of its role and does not read this key", "use resourceClaims of the role"
                ),
            }
        ),
        "mountModelVolume": _BOOLEAN,
        "volumeMounts": _fragments("VolumeMount"),
        "extraConfig": _fragment("Container", templated=True),
        "securityContext": _fragment("SecurityContext"),
        "imagePullPolicy": _of("text", "", "Always", "IfNotPresent", "Never"),
        "livenessProbe": _fragment("Probe"),
        "readinessProbe": _fragment("Probe"),
        "startupProbe": _fragment("Probe"),
        "lifecycle": evolve(_fragment("Lifecycle", since="0.5.0"), hint="write it under extraConfig"),
        "workingDir": _TEXT,
        "stdin": _BOOLEAN,
        "tty": _BOOLEAN,
        "device": _ignored(_NOT_READ, "the device follows from accelerator.type"),
    },
    misplaced=("Container", "extraConfig"),
)

_PODMONITOR = _mapping(
    {
        "enabled": _BOOLEAN,
        "portName": _TEXT,
        "path": _TEXT,
        "interval": _TEXT,
        "scrapeTimeout": _TEXT,
        "labels": _LABELS,
        "annotations": _LABELS,
        "relabelings": _list(_FREE),
        "metricRelabelings": _list(_FREE),
        "namespaceSelector": _FREE,
    }
)

_ROLE = _mapping(
    {
        "create": _BOOLEAN,
        "replicas": _INTEGER,
        "autoscaling": _mapping({"enabled": _BOOLEAN}),
        "strategy": _fragment("DeploymentStrategy", since="0.4"),
        "nodeSelector": _LABELS,
        "parallelism": _mapping({"tensor": _INTEGER, "data": _INTEGER, "dataLocal": _INTEGER, "workers": _INTEGER}),
        "accelerator": _mapping(
            {
                "type": _TEXT,
                "dra": _BOOLEAN,
                "resources": _ignored("the chart reads resource names for all roles together", "write it under the top-level accelerator"),
                "env": _ignored(
                    "the chart reads accelerator env for all roles together", "write it under the top-level accelerator, or in containers[].env"
                ),
                "resourceClaimTemplates": _ignored(
                    "the chart reads claim templates for all roles together", "write it under the top-level accelerator"
                ),
            },
            since="0.4",
        ),
        "resourceClaims": _fragments("PodResourceClaim", since="0.4"),
        "containers": _list(_CONTAINER),
        "volumes": _fragments("Volume"),
        "initContainers": _fragments("Container"),
        "hostIPC": _BOOLEAN,
        "hostPID": _BOOLEAN,
        "enableServiceLinks": _BOOLEAN,
        "terminationGracePeriodSeconds": _INTEGER,
        "subGroupPolicy": _mapping(
            {
                "subGroupSize": _INTEGER,
                "subGroupPolicyType": _of("text", "LeaderWorker", "LeaderExcluded"),
                "type": _ignored("the chart passes it on, and an API server drops it", "write it as subGroupPolicyType"),
            }
        ),
        "subGroupExclusiveTopology": _BOOLEAN,
        "subGroupExclusiveToplogy": _ignored("the chart's templates spell it subGroupExclusiveTopology", "write subGroupExclusiveTopology"),
        "acceleratorTypes": _mapping({"labelKey": _TEXT, "labelValues": _list(_TEXT)}),
        "monitoring": _mapping({"podmonitor": _PODMONITOR}),
        "annotations": _LABELS,
        "podAnnotations": _LABELS,
        "tolerations": _fragments("Toleration"),
        "extraConfig": _fragment("PodSpec", templated=True),
        "imagePullSecrets": _fragments("LocalObjectReference"),
        "schedulerName": _TEXT,
        "priorityClassName": _of("text", since="0.4"),
        "podSecurityContext": _fragment("PodSecurityContext"),
        "affinity": _ignored(_NOT_READ, "write it under extraConfig, or use acceleratorTypes"),
        "securityContext": _ignored(_NOT_READ, "write it as podSecurityContext, or under extraConfig"),
        "runtimeClassName": _ignored(_NOT_READ, "write it under extraConfig"),
        "workerTemplate": _ignored(_NOT_READ, "leader and workers are the same pods in this chart; Role(leader=…) makes them differ"),
        "multinodeEnableLeader": _ignored(_NOT_READ, "leader and workers are the same pods in this chart; Role(leader=…) makes them differ"),
    },
    misplaced=("PodSpec", "extraConfig"),
)

_OLD_ROUTING = "nothing has been made of it since chart 0.3: routes and pools are objects of other charts now"

_ROUTING = _mapping(
    {
        "servicePort": _INTEGER,
        "proxy": _mapping(
            {
                "enabled": _BOOLEAN,
                "image": _TEXT,
                "imagePullPolicy": _of("text", "", "Always", "IfNotPresent", "Never"),
                "targetPort": _INTEGER,
                "connector": _TEXT,
                "secure": _BOOLEAN,
                "prefillerUseTLS": _BOOLEAN,
                "certPath": _TEXT,
                "zapDevel": _BOOLEAN,
                "zapEncoder": _of("text", "json", "console"),
                "zapLogLevel": _SCALAR,
                "zapStacktraceLevel": _of("text", "info", "error", "panic"),
                "zapTimeEncoding": _of("text", "epoch", "millis", "nano", "iso8601", "rfc3339", "rfc3339nano"),
                "kvConnector": evolve(_of("text", since="0.5.0"), hint="write connector"),
                "ecConnector": _of("text", since="0.5.0"),
                "resources": _fragment("ResourceRequirements", since="0.5.0"),
                "debugLevel": _ignored(_NOT_READ, "use zapLogLevel"),
            }
        ),
        "modelName": _ignored("deprecated; the model's name is modelArtifacts.name", harmless=True),
        "parentRefs": _ignored(_OLD_ROUTING, harmless=True),
        "inferencePool": _ignored(_OLD_ROUTING, harmless=True),
        "httpRoute": _ignored(_OLD_ROUTING, harmless=True),
        "epp": _ignored(_OLD_ROUTING, harmless=True),
    }
)

_CLAIM_TEMPLATE = {
    "name": _TEXT,
    "class": _TEXT,
    "match": _of("text", "exactly", "firstAvailable"),
    "count": _INTEGER,
    "selectors": _list(_mapping({"cel": _mapping({"expression": _TEXT})})),
}

_TOP = _mapping(
    {
        "common": _FREE,
        "global": Key(
            kind="table",
            item=_FREE,
            entries={"tracing": _ignored("tracing is a top-level key since chart 0.4.8", "move it out of global")},
        ),
        "enabled": _BOOLEAN,
        "nameOverride": _TEXT,
        "fullnameOverride": _TEXT,
        "serviceAccountOverride": _TEXT,
        "schedulerName": _TEXT,
        "multinode": _BOOLEAN,
        "tracing": _mapping(
            {
                "enabled": _BOOLEAN,
                "otlpEndpoint": _TEXT,
                "sampling": _mapping({"sampler": _TEXT, "samplerArg": _SCALAR}),
                "serviceNames": _mapping(
                    {"vllmDecode": _TEXT, "vllmPrefill": _TEXT, "vllmEncode": _of("text", since="0.5.0"), "routingProxy": _TEXT}
                ),
                "vllm": _mapping({"collectDetailedTraces": _TEXT}),
            },
            since="0.4",
        ),
        "modelArtifacts": _mapping(
            {
                "name": _TEXT,
                "labels": _LABELS,
                "uri": Key(kind="text", templated=True),
                "size": _SCALAR,
                "authSecretName": _TEXT,
                "mountPath": _TEXT,
                "readOnly": _of("boolean", since="0.4"),
                "imagePullPolicy": _of("text", "Always", "IfNotPresent", "Never"),
            }
        ),
        "accelerator": _mapping(
            {
                "type": _TEXT,
                "dra": _of("boolean", since="0.4"),
                "resources": Key(kind="table", item=_TEXT),
                "env": Key(kind="table", item=_list(_mapping({"name": _TEXT, "value": _SCALAR}))),
                "resourceClaimTemplates": evolve(Key(kind="table", item=_mapping(_CLAIM_TEMPLATE)), since="0.4"),
            }
        ),
        "routing": _ROUTING,
        "requester": _mapping(
            {
                "enable": _BOOLEAN,
                "image": _TEXT,
                "adminPort": _INTEGER,
                "port": _mapping({"probes": _INTEGER, "spi": _INTEGER}),
                "readinessProbe": _mapping({"initialDelaySeconds": _INTEGER, "periodSeconds": _INTEGER}),
                "resources": _mapping({"limits": _mapping({"gpus": _SCALAR, "cpus": _SCALAR, "memory": _SCALAR})}),
                **{
                    name: evolve(_FREE, since="0.4.13")
                    for name in (
                        "inferenceServerConfig",
                        "launcherConfig",
                        "launcherConfigSpec",
                        "LauncherPopulationPolicy",
                        "launcherPopulationPolicySpec",
                        "modelServerConfig",
                    )
                },
            }
        ),
        "decode": _ROLE,
        "prefill": _ROLE,
        "encode": evolve(_ROLE, since="0.5.0"),
        "extraObjects": _list(_FREE, templated=True),
        "dra": _mapping({"enabled": _BOOLEAN, "type": _TEXT, "claimTemplates": _list(_mapping(_CLAIM_TEMPLATE))}),
    }
)

_ALWAYS: Mapping[ChartVersion, tuple[str, ...]] = {"0.3": ("",), "0.4": ("", "0.4")}
"""Which values of `since` each line has."""

_OLD_DRA = _ignored(
    "chart 0.3 read it; later charts ignore it, and the pods ask for NVIDIA devices",
    "write accelerator: {type: …, dra: true}, or render with --chart 0.3",
)


@cache
def keys_of(chart: ChartVersion) -> Key:
    """The keys of one line of charts; keys of other releases are in it as ignored ones that say which release has them."""
    top = _for_chart(_TOP, chart)
    return top if chart == "0.3" else evolve(top, entries={**top.entries, "dra": _OLD_DRA})


def _for_chart(key: Key, chart: ChartVersion) -> Key:
    if key.since not in _ALWAYS[chart]:
        return _ignored(f"chart {chart} does not have this key, chart {key.since} and later do", key.hint)
    return evolve(
        key,
        entries={name: _for_chart(entry, chart) for name, entry in key.entries.items()},
        item=key.item and _for_chart(key.item, chart),
    )
