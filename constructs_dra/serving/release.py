"""Living on where a Helm release of chart llm-d-modelservice left off."""

from collections.abc import Sequence
from typing import Literal, get_args

from attrs import field, frozen

from constructs_dra.errors import Problems, did_you_mean, shown
from constructs_dra.records import valid
from constructs_dra.records.record import Record

__all__ = ["Fix", "HelmRelease"]

Fix = Literal[
    "accelerator-env-once",
    "claim-names-per-release",
    "claims-for-model-container",
    "hf-hub-cache-path",
    "proxy-in-leader-only",
    "proxy-flags-by-version",
    "proxy-resources",
    "replicas-left-to-autoscaler",
    "user-env-wins",
]
"""What the chart does wrong and this library can put right; each changes the running objects, so each is off until asked for.

- `accelerator-env-once`: variables of the accelerator do not repeat a name that the user set.
- `claim-names-per-release`: names of claim templates hold the release's name, so that two releases fit in a namespace.
- `claims-for-model-container`: only the model server gets devices, not every container of the pod.
- `hf-hub-cache-path`: `HF_HUB_CACHE` follows `mount_path` instead of being fixed to `/model-cache`.
- `proxy-in-leader-only`: in a LeaderWorkerSet the routing proxy runs in the leader, not in every worker.
- `proxy-flags-by-version`: flags are spelt as the sidecar's version wants them, not as version 0.6 did.
- `proxy-resources`: the routing proxy gets the `resources` its record states; the chart gives it none.
- `replicas-left-to-autoscaler`: with `autoscaling`, Deployments leave `replicas` out as LeaderWorkerSets do.
- `user-env-wins`: the user's variables come after the chart's, so that the user's value is the one that counts.
"""


def _check_fixes(value: object, path: str, problems: Problems) -> None:
    if not isinstance(value, Sequence | frozenset | set) or isinstance(value, str):
        problems.add(path, f"must be a list of fixes, not {shown(value)}")
        return
    for index, item in enumerate(value):
        if not isinstance(item, str) or item not in get_args(Fix):
            problems.add(f"{path}[{index}]", f"{shown(item)} is not a fix", did_you_mean(item, get_args(Fix)))


@frozen(eq=False, repr=False)
class HelmRelease(Record):
    """A running Helm release whose objects a model service takes over: its names, labels, selectors and claim names stay.

    Applying the result changes nothing in place (selectors of Deployments are immutable). What the chart does wrong stays too, until it is named
    in `fixes`; findings of the cross-checks are warnings, because the release already lives with them.

    Attributes:
        name: The release. Default: the service's name.
        chart: Generation of the chart: `0.4`, or `0.3` with its top-level `dra` block. Default `0.4`.
        fullname: The value `fullnameOverride`. Default: derived from the release as the chart does.
        quoted_model: Whether the release's values write the model's id in quotes, which only the requester's patch shows. Default no.
        warned_resource: Device-plugin resource whose stated number the annotation `llm-d.ai/accelerator-warning` compares with the parallelism,
            where that is not the resource of the role itself; empty for none. Default: the role's own.
        fixes: What to put right; see `Fix`. Default: nothing.
    """

    name: str | None = field(default=None, metadata=valid.dns_subdomain())
    chart: Literal["0.4", "0.3"] = field(default="0.4", kw_only=True, metadata=valid.choice("0.4", "0.3"))
    fullname: str | None = field(default=None, kw_only=True, metadata=valid.dns_subdomain())
    quoted_model: bool = field(default=False, kw_only=True, metadata=valid.boolean())
    warned_resource: str | None = field(default=None, kw_only=True, metadata=valid.text(empty=True))
    fixes: Sequence[Fix] = field(default=(), kw_only=True, metadata=valid.custom(_check_fixes))

    def fixed(self, fix: Fix) -> bool:
        """Whether this fix was asked for."""
        return fix in self.fixes
