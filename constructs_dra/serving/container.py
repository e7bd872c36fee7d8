"""A container of a model service's pods."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypedDict, Unpack

from attrs import field, frozen

from constructs_dra.engines.versions import standing, unknown_version
from constructs_dra.errors import Problem, Problems, SpecError, shown
from constructs_dra.records import valid
from constructs_dra.records.kubernetes import kubernetes, kubernetes_names
from constructs_dra.records.record import Fragment, Record
from constructs_dra.records.sequence import SequenceNotStr
from constructs_dra.records.values import copied
from constructs_dra.serving import fragments
from constructs_dra.serving.amounts import EnvFrom, Resources
from constructs_dra.serving.env import Env
from constructs_dra.serving.probe import Probe, probe

if TYPE_CHECKING:
    from constructs_dra.engines.vllm_args import VllmArgs

__all__ = ["ClaimRequest", "Container", "ModelCommand", "Port", "check_ports", "mount_list", "port_records"]

ModelCommand = Literal["vllmServe", "imageDefault", "custom"]
"""How the model server is started, in the words of chart llm-d-modelservice."""

PullPolicy = Literal["Always", "IfNotPresent", "Never"]


@frozen(eq=False, repr=False)
class Port(Record):
    """A port that a container listens on.

    Attributes:
        number: The port.
        name: Its name, at most 15 characters; PodMonitors and probes refer to it. Default: none.
        protocol: `TCP`, `UDP` or `SCTP`. Default: none written, which Kubernetes takes for `TCP`.
        host_port: The same port on the node. Default: none.
        host_ip: Address of the node it is bound to. Default: none.
    """

    number: int = field(metadata=valid.port())
    name: str | None = field(default=None, kw_only=True, metadata=valid.port_name())
    protocol: Literal["TCP", "UDP", "SCTP"] | None = field(default=None, kw_only=True, metadata=valid.choice("TCP", "UDP", "SCTP"))
    host_port: int | None = field(default=None, kw_only=True, metadata=valid.port())
    host_ip: str | None = field(default=None, kw_only=True, metadata=valid.text())

    def manifest(self) -> dict[str, Any]:
        """The port as Kubernetes writes it."""
        named = {"containerPort": self.number, "name": self.name, "protocol": self.protocol, "hostPort": self.host_port, "hostIP": self.host_ip}
        return {key: value for key, value in named.items() if value is not None}


def port_records(ports: Sequence[int | Port]) -> tuple[Port, ...]:
    """Ports, numbers made into records."""
    return tuple(item if isinstance(item, Port) else Port(item) for item in ports)


def _plain_mount(name: str, path: object) -> Fragment:
    return {"name": name, "mountPath": path}


def mount_list(mounts: Mapping[str, str] | Sequence[Fragment]) -> list[dict[str, Any]]:
    """Kubernetes' list of volume mounts, in the order given."""
    if isinstance(mounts, Mapping):
        return [{"name": name, "mountPath": path} for name, path in mounts.items()]
    return [copied(item) for item in mounts]


class ClaimRequest(Protocol):
    """One request of a claim, as `claim["request"]` gives it."""

    @property
    def claim(self) -> str:
        """Name of the claim."""
        ...

    @property
    def request(self) -> str:
        """Name of the request in it."""
        ...


def _check_claims(value: object, path: str, problems: Problems) -> None:
    for place, item in valid.items_of(value, path, problems, "claims"):
        if not isinstance(item, str) and not isinstance(getattr(item, "request", None), str):
            valid.wrong(problems, place, item, "the name of a claim of the role")


def check_ports(value: object, path: str, problems: Problems) -> None:
    """Ports are numbers or records."""
    for place, item in valid.items_of(value, path, problems, "port numbers"):
        if not isinstance(item, Port):
            valid.port()["check"](item, place, problems)


def _check_extra(value: object, path: str, problems: Problems) -> None:
    if not isinstance(value, Mapping):
        problems.add(path, f"must be a mapping of Kubernetes Container fields, not {shown(value)}")
        return
    own = kubernetes_names(Container)
    for key in value:
        if key in own:
            problems.add(f"{path}.{key}", "has a field of its own", f"write {own[key]}=…")
    rest = {key: item for key, item in value.items() if key not in own}
    if rest:
        fragments.check_fragment({"name": "x", **rest}, "Container", path, problems)


def _with_options(options: object, args: SequenceNotStr[str]) -> SequenceNotStr[str]:
    """Options written out, and further arguments after them; what is of another type is left for its check."""
    written = getattr(options, "arguments", None)
    if not isinstance(written, tuple):
        raise SpecError([Problem("arguments", f"must be VllmArgs, not {shown(options)}", "write VllmArgs(max_model_len=…)", source="Container.vllm")])
    return (*written, *args) if isinstance(args, list | tuple) else args


def _check_version(value: object, path: str, problems: Problems) -> None:
    if not isinstance(value, str):
        problems.add(path, f"must be a version of vLLM, not {shown(value)}", "write it like '0.11.0'")
    elif standing(value) in {"never", "unreadable"}:
        problems.add(path, f"{shown(value)} is not a version of vLLM", unknown_version(value))


class ContainerFields(TypedDict, total=False):
    """What the constructors of `Container` take beside the image (and the command); see `Container`."""

    name: str
    engine_version: str | None
    args: SequenceNotStr[str]
    env: Env
    env_from: Sequence[EnvFrom | Fragment]
    ports: Sequence[int | Port]
    resources: Resources | Fragment
    claims: SequenceNotStr[str | ClaimRequest] | None
    accelerator: bool | None
    mount_model_volume: bool | None
    volume_mounts: Mapping[str, str] | Sequence[Fragment]
    startup_probe: Probe | Fragment | None
    liveness_probe: Probe | Fragment | None
    readiness_probe: Probe | Fragment | None
    lifecycle: Fragment | None
    security_context: Fragment | None
    image_pull_policy: PullPolicy | None
    working_dir: str | None
    stdin: bool | None
    tty: bool | None
    restart_policy: Literal["Always"] | None
    extra: Fragment
    accept: Mapping[str, str]


@frozen(kw_only=True, eq=False, repr=False)
class Container(Record):
    """A container: the model server, or one that runs beside it.

    `Container.vllm`, `Container.image_default` and `Container.custom` make one in the words of what it runs.

    Attributes:
        name: Its name in the pod. Default `vllm`.
        image: The image, with a tag or digest.
        engine_version: The version of vLLM in the image, e.g. `0.11.0`. Default: what the table of images, or the image's tag, says.
        model_command: `vllmServe` starts `vllm serve` with model, port and parallelism; `imageDefault` gives the same arguments to the image's own
            entry point; `custom` adds nothing to `command` and `args`. Default `custom`.
        command: The command; only for `custom`. Default: the image's entry point.
        args: Arguments, after those that `model_command` adds. Default: none.
        env: Environment variables, by name; see `Env`. They win over those this library adds. Default: none.
        env_from: ConfigMaps and Secrets whose entries become variables: `[EnvFrom.secret("keys")]`, or Kubernetes' mappings. Default: none.
        ports: Ports it listens on; a number is short for `Port(number)`. Default: none beside what the role needs.
        resources: `Resources(cpu=4, memory="16Gi")`, or limits and requests in Kubernetes' spelling; devices of claims and accelerators are added.
            Default: none.
        claims: Which claims of the role it gets: a claim's name, `claim/request`, or a part of one (`claim["request"]`).
            Default: all of them for the model server, none for others.
        accelerator: Whether it gets the role's device-plugin resource. Default: the model server does, others do not.
        mount_model_volume: Whether the model volume is mounted. Default: yes for `vllmServe` and `imageDefault`, no for `custom`.
        volume_mounts: Volumes, by name, and where they are mounted; or Kubernetes' list where more is to be said (`subPath`, …). Default: none.
        startup_probe: Probe that must succeed before the others start: `HttpProbe("/health", 8000)`, `TcpProbe(…)`, `ExecProbe(…)`,
            `GrpcProbe(…)`, or a mapping in Kubernetes' spelling. Default: none.
        liveness_probe: Probe whose failure restarts the container, written in the same ways. Default: none.
        readiness_probe: Probe whose failure takes the pod out of service, written in the same ways. Default: none.
        lifecycle: Hooks, such as `preStop`. Default: none.
        security_context: Security settings of this container. Default: none.
        image_pull_policy: When the image is pulled. Default: Kubernetes' own.
        working_dir: Folder it starts in. Default: the image's.
        stdin: Whether it keeps a standard input. Default: no.
        tty: Whether it has a terminal. Default: no.
        restart_policy: `Always` makes an init container a sidecar. Default: none.
        extra: Any other field of a Kubernetes Container, in Kubernetes' spelling. Default: none.
        accept: Check rules to suppress, each with the reason, e.g. `{"flag-twice": "the last one wins in this image"}`. Default: none.
    """

    CROSS_CHECKED: ClassVar = frozenset({"command", "model_command"})

    name: str = field(default="vllm", metadata=kubernetes("name", valid.dns_label(), None))
    image: str = field(metadata=kubernetes("image", valid.image(), None))
    engine_version: str | None = field(default=None, metadata=valid.custom(_check_version))
    model_command: ModelCommand = field(default="custom", metadata=valid.choice("vllmServe", "imageDefault", "custom"))
    command: SequenceNotStr[str] = field(default=(), metadata=kubernetes("command", valid.texts(), None))
    args: SequenceNotStr[str] = field(default=(), metadata=kubernetes("args", valid.texts(), None))
    env: Env = field(factory=dict, metadata=kubernetes("env", fragments.env(), None))
    env_from: Sequence[EnvFrom | Fragment] = field(default=(), metadata=kubernetes("envFrom", fragments.fragments("EnvFromSource")))
    ports: Sequence[int | Port] = field(default=(), metadata=kubernetes("ports", valid.custom(check_ports), None))
    resources: Resources | Fragment = field(factory=dict, metadata=kubernetes("resources", fragments.resources(), None))
    claims: SequenceNotStr[str | ClaimRequest] | None = field(default=None, metadata=valid.custom(_check_claims))
    accelerator: bool | None = field(default=None, metadata=valid.boolean())
    mount_model_volume: bool | None = field(default=None, metadata=valid.boolean())
    volume_mounts: Mapping[str, str] | Sequence[Fragment] = field(
        factory=dict, metadata=kubernetes("volumeMounts", fragments.named_fragments("VolumeMount", _plain_mount), None)
    )
    startup_probe: Probe | Fragment | None = field(default=None, metadata=kubernetes("startupProbe", probe("startup")))
    liveness_probe: Probe | Fragment | None = field(default=None, metadata=kubernetes("livenessProbe", probe("liveness")))
    readiness_probe: Probe | Fragment | None = field(default=None, metadata=kubernetes("readinessProbe", probe("readiness")))
    lifecycle: Fragment | None = field(default=None, metadata=kubernetes("lifecycle", fragments.fragment("Lifecycle")))
    security_context: Fragment | None = field(default=None, metadata=kubernetes("securityContext", fragments.fragment("SecurityContext")))
    image_pull_policy: PullPolicy | None = field(
        default=None, metadata=kubernetes("imagePullPolicy", valid.choice("Always", "IfNotPresent", "Never"), None)
    )
    working_dir: str | None = field(default=None, metadata=kubernetes("workingDir", valid.text()))
    stdin: bool | None = field(default=None, metadata=kubernetes("stdin", valid.boolean()))
    tty: bool | None = field(default=None, metadata=kubernetes("tty", valid.boolean()))
    restart_policy: Literal["Always"] | None = field(default=None, metadata=kubernetes("restartPolicy", valid.choice("Always")))
    extra: Fragment = field(factory=dict, metadata={**valid.custom(_check_extra), "piece": True})
    accept: Mapping[str, str] = field(factory=dict, metadata=valid.labels(annotations=True))

    @classmethod
    def vllm(cls, image: str, arguments: "VllmArgs | None" = None, *, vllm: str | None = None, **fields: Unpack[ContainerFields]) -> "Container":
        """A model server started as `vllm serve <model> --port … --tensor-parallel-size …`, then `arguments`, then `args`.

        Args:
            image: The image, with a tag or digest.
            arguments: Options of vLLM by name, e.g. `VllmArgs(max_model_len=32_768)`. Default: none.
            vllm: The version of vLLM in the image, e.g. `0.11.0`. Default: what the table of images, or the tag, says.
            **fields: The other fields of a `Container`.
        """
        if vllm is not None:
            fields["engine_version"] = vllm
        if arguments is not None:
            fields["args"] = _with_options(arguments, fields.get("args", ()))
        return cls(image=image, model_command="vllmServe", **fields)

    @classmethod
    def image_default(cls, image: str, **fields: Unpack[ContainerFields]) -> "Container":
        """A model server started by the image's own entry point, with `--model <model> --port …`, then `args`."""
        return cls(image=image, model_command="imageDefault", **fields)

    @classmethod
    def custom(cls, image: str, command: SequenceNotStr[str] = (), **fields: Unpack[ContainerFields]) -> "Container":
        """A container that runs just what is written here: a model server of another kind, a sidecar, an init container."""
        return cls(image=image, command=command, model_command="custom", **fields)

    @property
    def serves_model(self) -> bool:
        """Whether this library starts the model server in it."""
        return self.model_command != "custom"

    @property
    def mounts_model_volume(self) -> bool:
        """Whether the model volume is mounted."""
        return self.mount_model_volume if self.mount_model_volume is not None else self.serves_model

    @property
    def port_records(self) -> tuple[Port, ...]:
        """The ports, numbers made into records."""
        return port_records(self.ports)

    def cross_check(self, problems: Problems) -> None:
        """Commands fit the kind of command; what has a field of its own is not said again in `extra`."""
        if self.command and self.serves_model:
            problems.add("command", f"is not used with model_command {self.model_command!r}", "use Container.custom(…), or leave the command out")
