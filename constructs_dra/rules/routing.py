"""Rules about pools, pickers, routes and scalers."""

from typing import Final

from constructs_dra.rules.rule import Rule, stricter_rule

__all__ = ["RULES"]

_PAGE: Final = "Judge it with the version of the router that runs."

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "picker-crash",
        "a configuration with which the endpoint picker crashes",
        why="The picker's pod restarts over and over.",
        fix=_PAGE,
        leniency="warning",
    ),
    Rule(
        "picker-deprecated",
        "a field, API version or type of plugins of the endpoint picker that is deprecated",
        why="It works, and stops working with a later version of the router.",
        severity="warning",
        suppressible=True,
    ),
    Rule(
        "picker-events",
        "an index of caches in an endpoint picker that no server fills",
        why="Everything is ready, and requests go anywhere: the picker knows of no cached prompt, or of none that it counts as the servers do.",
        fix="Let the servers publish (`KvEvents()`), at the picker's port and with blocks of its size.",
        suppressible=True,
    ),
    Rule(
        "picker-file",
        "a configuration file of an endpoint picker that its ConfigMap does not hold",
        why="The picker does not find its file and does not start.",
        fix="Name a key of the ConfigMap, or add it.",
        leniency="warning",
    ),
    Rule(
        "picker-flag",
        "a flag of an endpoint picker that its version does not take",
        why="The picker prints how it is used and ends.",
        fix="Correct or remove it.",
        leniency="warning",
    ),
    Rule(
        "picker-ignored",
        "something in a configuration of the endpoint picker that it ignores",
        why="The picker starts and says nothing, or only in its log; what was meant does not happen.",
        severity="warning",
        suppressible=True,
    ),
    Rule(
        "picker-meaning",
        "a configuration that the endpoint picker takes and that does something else than it seems to say",
        why="The picker starts; requests go where nobody meant them to go.",
        severity="warning",
        suppressible=True,
    ),
    Rule(
        "picker-port",
        "a port of a picker's Service that leads to none the picker listens on",
        why="The gateway reaches no picker; with failure mode FailOpen requests go to any pod, with FailClose they fail.",
        fix="Let the pool, the Service and the picker's flags name the same port.",
        leniency="warning",
    ),
    Rule(
        "picker-role",
        "profiles of the picker that do not fit the roles of the pool's pods: a filter for a role that none has, or roles that no filter tells apart",
        why="A profile that finds no endpoint never runs, or fails requests; without filters prefill pods get requests that no decode pod sees.",
        severity="warning",
        suppressible=True,
    ),
    Rule(
        "picker-refused",
        "a configuration that the loader of the endpoint picker refuses",
        why="The picker does not start, and no request is routed.",
        fix=_PAGE,
        leniency="warning",
    ),
    Rule(
        "picker-replaced",
        "a value that the endpoint picker silently replaces by another one",
        why="The picker works with its own value instead of the one that is written.",
        severity="warning",
        suppressible=True,
    ),
    stricter_rule(
        "policy-blocks",
        "a NetworkPolicy that keeps the endpoint picker, the routing proxy or a scraper from pods they have to reach",
        why="The picker sees no load and no caches, prompts are not prefilled elsewhere, or metrics stay empty; nothing says why.",
        fix="Admit them under ingress, by their labels and on the port.",
        severity="warning",
    ),
    Rule(
        "pool-picker",
        "a pool and a picker that do not name each other",
        why="The picker chooses among the pods of another pool, or of none.",
        fix="Name the pool in the picker's --pool-name and --pool-namespace, and the picker's Service in the pool.",
    ),
    stricter_rule(
        "model-label",
        "pods whose label names another model than the one they serve",
        why="Pools, queries and policies that go by the label find the wrong pods, or none.",
        fix="Label the pods with the model they serve.",
        severity="warning",
    ),
    Rule(
        "pool-port",
        "a port of a pool that its pods do not listen on",
        why="Requests that the endpoint picker sends there fail.",
        fix="Name a port that a container of the pods listens on.",
    ),
    Rule(
        "rewrite-model",
        "a rewrite to a model name that no server answers to",
        why="Requests that are rewritten to it fail.",
        fix="Name what the servers are started with: --served-model-name, or the model itself.",
    ),
    Rule(
        "route-pool",
        "a route, an objective or a gateway without what it leads to",
        why="Requests end at the gateway.",
        fix="Add what the message names, or leave the object out.",
    ),
)
