"""Rules about files, documents, references between objects, and what a cluster must have turned on."""

from typing import Final

from constructs_dra.rules.rule import Rule, stricter_rule

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "api-off",
        "an API version that the cluster serves only where it was turned on",
        why="kubectl finds no such kind on the cluster.",
        fix="Use a stable version, or name the API with --runtime-config where the cluster has it turned on.",
    ),
    Rule(
        "api-version",
        "an API version that this version of Kubernetes does not have",
        why="kubectl finds no such kind on the cluster.",
        fix="Write a version that is served.",
    ),
    Rule("kind", "a kind that its API group does not have", why="kubectl finds no such kind on the cluster.", fix="Correct the kind."),
    Rule(
        "kind-unknown",
        "a custom resource of which no schema is at hand",
        why="Its fields are not checked here; the cluster may know it.",
        fix="Nothing, if the cluster has the custom resource.",
        severity="warning",
        suppressible=True,
    ),
    Rule(
        "not-an-object",
        "a document that is configuration of a tool and not an object of a cluster",
        why="A cluster does not know it.",
        fix="Do not apply it.",
        severity="warning",
        suppressible=True,
    ),
    Rule(
        "duplicate-key",
        "a key that appears twice in one mapping of YAML",
        why="kubectl refuses the file; other readers take the last one silently.",
        fix="Leave one of the two out.",
        leniency="left out",
    ),
    stricter_rule(
        "reference",
        "a name of another object that is not among the manifests, in another namespace, or of another kind",
        why="The pod waits, or the object has no effect, until something of that name exists.",
        fix="Correct the name, or add the object; without --complete it may be in the cluster already.",
    ),
    stricter_rule(
        "selects-nothing",
        "a selector that fits no pod among the manifests",
        why="The Service, monitor or budget has no effect.",
        fix="Compare its labels with those of the pods.",
    ),
    stricter_rule(
        "port-unknown",
        "a port that none of the selected pods or services has",
        why="Requests to it are refused, and nothing is scraped from it.",
        fix="Name a port that is there.",
    ),
    stricter_rule(
        "duplicate-object",
        "two objects of one kind and name in one namespace",
        why="Only the last one applied counts.",
        fix="Rename one of the two, or leave it out.",
    ),
    stricter_rule(
        "claim-unused",
        "a claim or template that no pod among the manifests uses",
        why="A claim that no pod uses is never allocated; a template that no pod names makes no claim.",
        fix="Name it in a pod, or leave it out.",
        severity="warning",
    ),
    stricter_rule(
        "suppresses-nothing",
        "a reason, in `accept`, an annotation or `--accept`, for a rule that finds nothing there",
        why="Nothing is wrong now; a mistake that is made later stays unseen.",
        fix="Leave the reason out.",
        severity="warning",
    ),
    stricter_rule(
        "feature-gate",
        "a field or expression that needs a feature gate this cluster has off, or a gate that it does not start with",
        why="The API server drops the field silently, or refuses the expression.",
        fix="Turn the gate on (constructs-dra kubeadm prints how) and check with --feature-gates GATE=true.",
    ),
)
