"""What the loader of the endpoint picker does with a configuration, stage by stage, and what it refuses on the way.

The loader ends at the first thing it refuses; here every stage is gone through, so that all of them come out at once. The rank of a finding says
when the loader comes to it: its stage, then its place in the stage. One stage is left out because nothing can fail there: producers and consumers
that wait for each other, which the types that exist cannot.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from constructs_dra.picker.catalogue import Picker
from constructs_dra.picker.findings import Finding
from constructs_dra.picker.flags import read_flags
from constructs_dra.picker.loader.data_layer import data_layer, discovery, run_data_layer
from constructs_dra.picker.loader.declaring import declare, depend, feature_gates, stability
from constructs_dra.picker.loader.flow_control import flow_control, saturation
from constructs_dra.picker.loader.parsers import parsers
from constructs_dra.picker.loader.producers import produce
from constructs_dra.picker.loader.profiles import create, scheduler, unused
from constructs_dra.picker.loader.state import State

__all__ = ["Load", "load"]

_STAGES: Final = (
    feature_gates, declare, depend, create, scheduler, data_layer, flow_control, saturation, parsers, produce, discovery, stability,
    run_data_layer, unused,
)  # fmt: skip


@frozen(kw_only=True, eq=False)
class Load:
    """What became of a configuration.

    Attributes:
        findings: Everything the loader does not take as it is written, in no particular order.
        created: Names of the plugins it made by itself, sorted.
    """

    findings: Sequence[Finding]
    created: Sequence[str]


def load(config: Mapping[str, Any], of: Picker, *, flags: Sequence[str] = ()) -> Load:
    """Go through a configuration that decodes.

    Args:
        config: The configuration; its fields have the types of the API.
        of: The version of the picker.
        flags: The picker's flags; `--allow-experimental-plugins` and `--feature-gates` matter to it.
    """
    read = read_flags(flags, version=of.version)
    gates = [*(config.get("featureGates") or ()), *filter(None, read.values.get("feature-gates", "").split(","))]
    state = State(config={**config, "featureGates": gates}, of=of, experimental=read.on("allow-experimental-plugins"))
    for stage in _STAGES:
        stage(state)
    return Load(findings=state.findings, created=sorted(state.made))
