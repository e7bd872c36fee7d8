"""Replicas of several pods: LeaderWorkerSet."""

from typing import ClassVar, Literal

from attrs import field, frozen

from constructs_dra.errors import Problems
from constructs_dra.records import valid
from constructs_dra.records.record import Fragment, Record
from constructs_dra.serving import fragments
from constructs_dra.serving.pod import Pod

__all__ = ["LeaderWorkerSet"]


@frozen(kw_only=True, eq=False, repr=False)
class LeaderWorkerSet(Record):
    """Makes each replica of a role a group of pods: one leader and its workers.

    A role whose parallelism needs several pods gets one without asking; this record is for saying more about it.

    Attributes:
        size: Pods in a group. Default: what the parallelism needs.
        leader: The leader's own pod template. Default: the role's.
        routing_proxy: Which pods get the routing proxy: the `leader`, or `all` where every pod answers requests (vLLM
            `--data-parallel-hybrid-lb`). Default `leader`.
        sub_group_size: Pods in a subgroup. Default: no subgroups.
        sub_group_policy_type: `LeaderWorker`, or `LeaderExcluded` where the leader is in no subgroup. Default: the API's (`LeaderWorker`).
        exclusive_topology: Node label; each group has one of its values to itself (annotation
            `leaderworkerset.sigs.k8s.io/exclusive-topology`). Default: none.
        sub_group_exclusive_topology: The same for each subgroup (`…/subgroup-exclusive-topology`). Default: none.
        restart_policy: What restarts when a pod does. Default: the API's (`RecreateGroupOnPodRestart`).
        startup_policy: When workers are made. Default: the API's (`LeaderCreated`).
        subdomain_policy: Whether groups share a headless service. Default: the API's (`Shared`).
        group_identity: `Ordinal`, groups with numbers, or `Hash`, groups without: on scaling down the unready ones go first (LeaderWorkerSet
            ≥ 0.10). Cannot be changed later. Default: the API's (`Ordinal`).
        group_replacement_policy: When a group that went is replaced: `PostTermination`, once all of it is gone, or `Immediate`, which takes
            devices for both and needs `Hash`. Default: the API's (`PostTermination`).
        gang: Whether the pods of each group are placed together or not at all (`spec.scheduling`, kubernetes-sigs/lws#982): the controller, where
            WorkloadAwareScheduling is on, makes a PodGroup for each (Kubernetes 1.37). Default no.
        rollout_strategy: How a change is rolled out, in the API's spelling. Default: the API's.
    """

    size: int | None = field(default=None, metadata=valid.integer(1))
    leader: Pod | None = field(default=None, metadata=valid.instance(Pod))
    routing_proxy: Literal["leader", "all"] = field(default="leader", metadata=valid.choice("leader", "all"))
    sub_group_size: int | None = field(default=None, metadata=valid.integer(1))
    sub_group_policy_type: Literal["LeaderWorker", "LeaderExcluded"] | None = field(
        default=None, metadata=valid.choice("LeaderWorker", "LeaderExcluded")
    )
    exclusive_topology: str | None = field(default=None, metadata=valid.label_key())
    sub_group_exclusive_topology: str | None = field(default=None, metadata=valid.label_key())
    restart_policy: Literal["Default", "RecreateGroupOnPodRestart", "RecreateGroupAfterStart", "None"] | None = field(
        default=None, metadata=valid.choice("Default", "RecreateGroupOnPodRestart", "RecreateGroupAfterStart", "None")
    )
    startup_policy: Literal["LeaderCreated", "LeaderReady"] | None = field(default=None, metadata=valid.choice("LeaderCreated", "LeaderReady"))
    subdomain_policy: Literal["Shared", "UniquePerReplica"] | None = field(default=None, metadata=valid.choice("Shared", "UniquePerReplica"))
    group_identity: Literal["Ordinal", "Hash"] | None = field(default=None, metadata=valid.choice("Ordinal", "Hash"))
    group_replacement_policy: Literal["PostTermination", "Immediate"] | None = field(
        default=None, metadata=valid.choice("PostTermination", "Immediate")
    )
    gang: bool = field(default=False, metadata=valid.boolean())
    rollout_strategy: Fragment | None = field(
        default=None,
        metadata=fragments.part(
            "leaderworkerset.x-k8s.io/v1",
            "LeaderWorkerSet",
            "spec.rolloutStrategy",
            lambda value: {"rolloutStrategy": value, "leaderWorkerTemplate": {"workerTemplate": {"spec": {"containers": []}}}},
        ),
    )

    CROSS_CHECKED: ClassVar = frozenset(
        {"size", "sub_group_size", "startup_policy", "group_identity", "group_replacement_policy", "gang", "rollout_strategy"}
    )

    def cross_check(self, problems: Problems) -> None:
        """Subgroups divide the group (with or without its leader); groups without numbers have no ordered rollout."""
        size, part = self.size, self.sub_group_size
        if size and part and size % part and (size - 1) % part:
            problems.add("sub_group_size", f"{part} divides neither the group's {size} pods nor its {size - 1} workers")
        if self.group_replacement_policy == "Immediate" and self.group_identity != "Hash":
            problems.add("group_replacement_policy", "'Immediate' needs group_identity 'Hash'", 'add group_identity="Hash", or leave it out')
        if self.gang and self.startup_policy == "LeaderReady":
            message = "workers are only made once their leader is ready, and a leader that waits for them is never placed"
            problems.add("startup_policy", message, "leave it out, or leave out gang=True")
        partition = ((self.rollout_strategy or {}).get("rollingUpdateConfiguration") or {}).get("partition")
        if self.group_identity == "Hash" and partition:
            place = "rollout_strategy.rollingUpdateConfiguration.partition"
            problems.add(place, "groups of identity 'Hash' have no numbers to stop a rollout at", "leave it out, or use group_identity 'Ordinal'")
