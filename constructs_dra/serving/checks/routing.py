"""How model servers hand over KV caches."""

import json
from collections.abc import Iterator

from constructs_dra.engines.flags import flag_values
from constructs_dra.engines.handover import KV_ROLES
from constructs_dra.errors import Problem, shown
from constructs_dra.serving.checks.view import CheckedPod
from constructs_dra.serving.findings import finding

__all__ = ["routing_problems"]


def routing_problems(view: CheckedPod) -> Iterator[Problem]:
    """How the model servers of one pod hand over KV caches."""
    service = view.context.spec
    for path, record, made in view.containers():
        args = made.get("args", ())
        values = flag_values(args, "--kv-transfer-config")
        for value in values:
            try:
                config = json.loads(value)
            except ValueError as error:
                message = f"--kv-transfer-config is not valid JSON: {error}"
                yield finding(f"{path}.args", "kv-transfer", message, 'quote it as a whole: \'{"kv_connector": "NixlConnector", …}\'')
                continue
            if not isinstance(config, dict) or "kv_connector" not in config or "kv_role" not in config:
                hint = '{"kv_connector": "NixlConnector", "kv_role": "kv_both"} lets both sides send and receive'
                yield finding(f"{path}.args", "kv-transfer", "--kv-transfer-config needs kv_connector and kv_role", hint)
            elif config["kv_role"] not in KV_ROLES.get(view.context.name, (config["kv_role"],)):
                fit = " or ".join(KV_ROLES[view.context.name])
                message = f"kv_role {shown(config['kv_role'])} does not fit {view.context.name}"
                yield finding(f"{path}.args", "kv-transfer", message, f"write {fit}")
        paired = service.prefill is not None and service.decode is not None and view.context.name in {"decode", "prefill"}
        if paired and record.model_command == "vllmServe" and not values:
            hint = """add '--kv-transfer-config={"kv_connector": "NixlConnector", "kv_role": "kv_both"}'"""
            yield finding(f"{path}.args", "kv-transfer", "prefill and decode need --kv-transfer-config to hand over the KV cache", hint)
