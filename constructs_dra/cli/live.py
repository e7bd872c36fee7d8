"""What runs in a cluster, asked through the user's own kubectl: read only, and only the names of objects are sent to it."""

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

from constructs_dra.errors import Problem, SpecError
from constructs_dra.kubernetes.kinds import is_cluster_scoped
from constructs_dra.manifest import Manifest

__all__ = ["Cluster"]


@frozen(kw_only=True)
class Cluster:
    """A cluster that kubectl reaches.

    Attributes:
        kubectl: The program, by name or path.
        context: The context of the kubeconfig; empty: the current one.
        kubeconfig: The file; None: where kubectl looks for it.
        namespace: The namespace of objects that name none; empty: the context's.
        timeout: Seconds after which kubectl has to have answered.
    """

    kubectl: str = "kubectl"
    context: str = ""
    kubeconfig: Path | None = field(default=None)
    namespace: str = ""
    timeout: float = 60

    def placed(self, manifests: Iterable[Any]) -> list[Any]:
        """Manifests as kubectl would apply them: objects of a namespace that name none get the one of the context.

        Raises:
            SpecError: kubectl cannot be run, or says no.
        """
        found = list(manifests)
        if not any(map(_lacks_namespace, found)):
            return found
        namespace = self.namespace or self._run("config", "view", "--minify", "--output", "jsonpath={..namespace}").strip() or "default"
        return [{**each, "metadata": {**each["metadata"], "namespace": namespace}} if _lacks_namespace(each) else each for each in found]

    def objects(self, manifests: Iterable[Any]) -> list[Manifest]:
        """Those objects that are in the cluster, as it has them.

        Raises:
            SpecError: kubectl cannot be run, or says no.
        """
        wanted = [_identity(each) for each in manifests if _is_object(each)]
        if not wanted:
            return []
        named = json.dumps({"apiVersion": "v1", "kind": "List", "items": wanted})
        answer = self._run("get", "--ignore-not-found", "--output", "json", "--filename", "-", given=named)
        try:
            found = json.loads(answer) if answer.strip() else {"items": []}
        except ValueError:
            raise SpecError([Problem("", "what kubectl printed is not JSON", "is it kubectl itself?", source=self.kubectl)]) from None
        return [found] if found.get("kind") != "List" and "items" not in found else list(found["items"])

    def _run(self, *arguments: str, given: str = "") -> str:
        where = [*(("--context", self.context) if self.context else ()), *(("--kubeconfig", str(self.kubeconfig)) if self.kubeconfig else ())]
        command = [self.kubectl, *where, *arguments]
        try:
            # the program is the user's own, named on the command line; no shell reads the arguments
            ended = subprocess.run(command, input=given.encode(), capture_output=True, timeout=self.timeout, check=False)  # noqa: S603
        except FileNotFoundError:
            hint = "install kubectl, or compare with a file of `kubectl get -o yaml`"
            raise SpecError([Problem("", "cannot be found", hint, source=self.kubectl)]) from None
        except subprocess.TimeoutExpired:
            raise SpecError([Problem("", f"gave no answer within {self.timeout:g} s", "is the cluster reachable?", source=self.kubectl)]) from None
        except OSError as error:
            raise SpecError([Problem("", f"cannot be run: {error.strerror or error}", source=self.kubectl)]) from None
        if ended.returncode:
            raise SpecError([Problem("", line, source=self.kubectl) for line in _said(ended.stderr.decode(errors="replace"))])
        return ended.stdout.decode(errors="replace")


def _said(words: str) -> Sequence[str]:
    return list(dict.fromkeys(line.removeprefix("error: ").strip() for line in words.splitlines() if line.strip())) or ["failed without a message"]


def _is_object(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("kind"), str)
        and isinstance(value.get("metadata"), Mapping)
        and isinstance(value["metadata"].get("name"), str)
    )


def _lacks_namespace(value: Any) -> bool:
    return _is_object(value) and not value["metadata"].get("namespace") and not is_cluster_scoped(value.get("apiVersion"), value["kind"])


def _identity(value: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {key: value["metadata"][key] for key in ("name", "namespace") if value["metadata"].get(key)}
    return {"apiVersion": value.get("apiVersion"), "kind": value["kind"], "metadata": metadata}
