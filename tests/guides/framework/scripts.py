"""What a container starts in the end: its script is run by a shell that can do nothing but say what it would start.

`bash -r` (restricted: no other programs, no files) runs the text with functions in place of the programs a guide's script calls.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from attrs import frozen

__all__ = ["Start", "start_of", "started", "variables"]

_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_]*)\)")
_SHELLS = ("bash", "/bin/bash", "/bin/sh", "sh")
_OTHERS = ("find", "mkdir", "sleep", "ulimit", "cat", "rm", "chmod", "ldconfig", "nvidia-smi", "pip", "pip3", "apt-get", "curl", "ln", "cp")
_ENGINES = ("vllm", "sglang", "python3", "python", "trtllm-serve")
_STUBS = """
exec() {{ "$@"; }}
BEFORE=()
for word in echo set; do eval "$word() {{ :; }}"; done
for word in {others}; do eval "$word() {{ BEFORE+=(\\"$word \\$*\\"); }}"; done
for word in {engines}; do eval "$word() {{ say $word \\"\\$@\\"; }}"; done
say() {{ printf '%s\\0' "$@"; printf '\\1'; printf '%s\\0' "${{BEFORE[@]}}"; printf '\\1'; variables; exit 0; }}
variables() {{ for name in $(compgen -e); do printf '%s=%s\\0' "$name" "${{!name}}"; done; }}
"""


@frozen
class Start:
    """What a container starts.

    Attributes:
        words: The program and its arguments.
        environment: The variables it starts with.
        read: Variables that a script or the arguments name to work these out.
        before: Other programs that it runs first.
    """

    words: tuple[str, ...]
    environment: Mapping[str, str]
    read: frozenset[str] = frozenset()
    before: tuple[str, ...] = ()


def started(container: Mapping[str, Any], group: Mapping[str, str]) -> Start | None:
    """What a container starts; `None` where it leaves that to its image.

    Args:
        container: The container.
        group: Variables that a controller sets, as LeaderWorkerSet does.
    """
    values = variables(container, group)
    words = [_expanded(word, values) for word in (*container.get("command", ()), *container.get("args", ()))]
    if not words:
        return None
    start = start_of(tuple(words), tuple(values.items()))
    named = {match[1] for word in (*container.get("command", ()), *container.get("args", ())) for match in _REFERENCE.finditer(word) if match[1]}
    return Start(start.words, start.environment, start.read | named, start.before)


def variables(container: Mapping[str, Any], group: Mapping[str, str]) -> dict[str, str]:
    """The variables of a container with their values, in which earlier ones are put in place; those from elsewhere say where from."""
    values = dict(group)
    for variable in container.get("env", ()):
        source = variable.get("valueFrom")
        values[variable["name"]] = _expanded(variable.get("value", ""), values) if source is None else _origin(source)
    return values


def _origin(source: Mapping[str, Any]) -> str:
    (kind, about), *_ = source.items()
    return "=".join([kind, *(str(value) for key, value in sorted(about.items()) if key not in {"apiVersion", "optional"} and value != "0")])


def _expanded(text: str, values: Mapping[str, str]) -> str:
    """Kubernetes' own references; those to unknown variables stay."""
    return _REFERENCE.sub(lambda match: "$" if match[1] is None else values.get(match[1], match[0]), text)


@lru_cache(maxsize=1024)
def start_of(words: tuple[str, ...], values: Sequence[tuple[str, str]]) -> Start:
    """What a command line starts with these variables, a shell's script worked out.

    Raises:
        ValueError: The script cannot be run to where it starts something.
    """
    script = next((index + 1 for index, word in enumerate(words[:3]) if re.fullmatch(r"-[a-z]*c", word)), None)
    if script is not None and words[script] == "--":
        script += 1
    if words[0] not in _SHELLS or script is None:
        return Start(words, dict(values))
    shell = shutil.which("bash")
    if shell is None:
        raise ValueError("there is no bash to work a guide's script out")
    stubs = _STUBS.format(engines=" ".join(_ENGINES), others=" ".join(_OTHERS))
    # a script that ends in a comment, or goes on after the engine, is one list of commands all the same
    command = [shell, "-r", "-c", f"{stubs}\n{words[script]}\n", *words[script + 1 :]]
    ran = subprocess.run(command, env={**dict(values), "PATH": "/nowhere"}, capture_output=True, text=True, check=False, timeout=30)
    said, *rest = ran.stdout.split("\1")
    if len(rest) != 2 and not re.search(rf"\b({'|'.join(_ENGINES)})\b", words[script]):
        return Start(tuple(word.strip() for word in words), dict(values))  # it does something else; its text counts
    if len(rest) != 2:
        raise ValueError(f"a script starts no engine: {ran.stderr.strip()[:300]}")
    before, variables = (part.split("\0") for part in rest)
    found = dict(item.split("=", 1) for item in variables if "=" in item)
    environment = {name: value for name, value in found.items() if name not in {"PATH", "PWD", "SHLVL", "_", "OLDPWD", "SHELLOPTS"}}
    return Start(tuple(said.split("\0")[:-1]), environment, frozenset(_read(words[script])), tuple(filter(None, before)))


def _read(script: str) -> Iterator[str]:
    for match in re.finditer(r"\$\{?!?([A-Za-z_][A-Za-z0-9_]*)", script):
        yield match[1]
    for arithmetic in re.findall(r"\$\(\((.*?)\)\)", script):
        yield from re.findall(r"[A-Za-z_][A-Za-z0-9_]*", arithmetic)
