"""Everything that is wrong with how a container starts its engine, as problems with places inside the container."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from attrs import frozen

from constructs_dra.engines.finding import UNKNOWN_DEVICES, Devices, Finding
from constructs_dra.engines.findings import findings, version_findings
from constructs_dra.engines.images import Image, image
from constructs_dra.engines.launch import SHELLS, Argument, Key, Launch, container_key, launches_of, starts_engine
from constructs_dra.engines.readings import plain
from constructs_dra.engines.router import router_findings, router_program
from constructs_dra.engines.shell import OPAQUE
from constructs_dra.errors import Problem, shown
from constructs_dra.lazy import lazy_pattern
from constructs_dra.records.valued import Valued

__all__ = ["EngineProblem", "container_router_problems", "engine_problems", "judged"]


@frozen(kw_only=True, eq=False, repr=False)
class EngineProblem(Valued):
    """A finding and its place.

    Attributes:
        finding: What is wrong.
        argument: The argument it is about; None: the launch as a whole, or a variable.
        launch: The launch.
    """

    finding: Finding
    argument: Argument | None
    launch: Launch

    @property
    def path(self) -> str:
        """Its place in the container."""
        if self.finding.variable:
            return f"env[{shown(self.finding.variable)}]"
        if self.finding.field:
            return self.finding.field
        return self.argument.path if self.argument is not None else self.launch.path

    def problem(self, path: str = "") -> Problem:
        """As a problem at a place in the container, by default its own."""
        message = self.finding.message
        if self.argument is not None and self.argument.line:
            message = f"line {self.argument.line} of the script: {message}"
        line, column = (self.argument.line, self.argument.column) if self.argument is not None else self.launch.fault_place
        return Problem(
            path or self.path, message, self.finding.hint, rule=self.finding.rule, severity=self.finding.severity, line=line, column=column
        )


_REFERENCE = lazy_pattern(r"\$\([A-Za-z_.-][A-Za-z0-9_.-]*\)|\$\{[A-Za-z_][A-Za-z0-9_]*\}")

READ_VARIABLES: Final = ("VLLM_", "PYTORCH_")
"""How the variables begin that a check of a start looks at."""


@lru_cache(maxsize=512)
def _router_problems(key: Key) -> tuple[tuple[str, Finding], ...]:
    """What is wrong with the flags of a routing proxy or picker, each with its place; of other containers nothing."""
    reference, command, args, variables = key
    program = router_program(reference)
    if program is None or not args or (command and command[0].rpartition("/")[2] in SHELLS):
        return ()
    environment = dict(variables)
    texts = tuple(_REFERENCE.sub(OPAQUE, text) for text in args)
    return tuple((f"args[{each.index}]" if each.index >= 0 else "args", each) for each in router_findings(*program, texts, environment))


def container_router_problems(container: Mapping[str, Any]) -> tuple[tuple[str, Finding], ...]:
    """What is wrong with the flags of a container that runs a routing proxy or picker; see `router_findings`."""
    reference = container.get("image")
    return _router_problems(container_key(container)) if isinstance(reference, str) and router_program(reference) is not None else ()


@lru_cache(maxsize=2048)
def _problems(key: Key, about: Image, devices: Devices) -> tuple[bool, tuple[EngineProblem, ...]]:
    """Whether vLLM is started, and what is wrong with it."""
    found = [
        EngineProblem(finding=each, argument=None, launch=Launch(engine="vllm", entry=None, arguments=(), environment={}, image=about, path="image"))
        for each in version_findings(about)
    ]
    starts = False
    for launch in launches_of(key, about):
        starts |= launch.engine == "vllm"
        for finding in findings(launch, devices):
            argument = launch.arguments[finding.index] if 0 <= finding.index < len(launch.arguments) else None
            found.append(EngineProblem(finding=finding, argument=argument, launch=launch))
    return starts, tuple(found)


def judged(container: Mapping[str, Any], about: Image | None = None, devices: Devices = UNKNOWN_DEVICES) -> tuple[bool, tuple[EngineProblem, ...]]:
    """Whether a container starts vLLM, and what is wrong with its command line and its variables.

    The same containers of a fleet, which differ in the names of models, are looked at once.

    Args:
        container: As in a manifest.
        about: What is known of its image. Default: what the table says.
        devices: What is known of its devices. Default: nothing.
    """
    reference, command, args, variables = container_key(container)
    if starts_engine(command):
        if not any("$(" in each for each in (*command, *args)):
            variables = tuple(each for each in variables if each[0].startswith(READ_VARIABLES))
        args = plain(args)
    return _problems((reference, command, args, variables), about or image(reference), devices)


def engine_problems(container: Mapping[str, Any], about: Image | None = None, devices: Devices = UNKNOWN_DEVICES) -> tuple[EngineProblem, ...]:
    """What is wrong with the engine of a container; see `judged`."""
    return judged(container, about, devices)[1]
