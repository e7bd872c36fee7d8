"""Rules about objects of resource.k8s.io."""

from typing import Final

from constructs_dra.rules.rule import Rule, stricter_rule

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "admin-access",
        "a claim with admin access in a namespace that may not carry the label for it",
        why='The API server refuses the claim unless its namespace is labelled resource.kubernetes.io/admin-access: "true".',
        fix="Label the namespace: kubectl label namespace NAMESPACE resource.kubernetes.io/admin-access=true",
        severity="warning",
        suppressible=True,
    ),
    Rule(
        "count",
        "a count of devices that contradicts the allocation mode, or is negative",
        why="The API server refuses the object.",
        fix="Leave count out where the mode is All; else write at least 1.",
    ),
    Rule(
        "too-many",
        "more entries than Kubernetes allows in a list or mapping",
        why="The API server refuses the object.",
        fix="Leave some out, or divide them over several objects.",
    ),
    stricter_rule(
        "strict-required",
        "a field that the schema calls required and the API server does without, such as the `spec` of a claim or class",
        why="Left out, it is empty or 0: a claim without `spec` asks for nothing.",
        fix="Write the field.",
    ),
    stricter_rule(
        "strict-no-requests",
        "a claim without requests",
        why="It is accepted and gets no device.",
        fix="Add a request, or leave the claim out.",
        severity="warning",
    ),
    stricter_rule(
        "strict-count-zero", "`count: 0`", why="The API server takes it for 1, which is not what it says.", fix="Write 1, or leave the request out."
    ),
    stricter_rule(
        "strict-count-limit",
        "more than 32 devices in a request or a claim",
        why="An allocation holds at most 32 devices, so the claim is accepted and waits for ever.",
        fix="Spread the devices over several claims or pods.",
    ),
    stricter_rule(
        "strict-tolerations-limit",
        "more than 16 tolerations in a request",
        why="It is the documented limit, which the API server does not count.",
        fix="Leave some out; a toleration with operator Exists and no key fits every taint.",
    ),
    stricter_rule(
        "strict-toleration-value",
        "a toleration with neither operator, key nor value",
        why="Without an operator values are compared, so it fits only taints with an empty value.",
        fix="Write operator: Exists to fit any value.",
        severity="warning",
    ),
    stricter_rule(
        "strict-toleration-key",
        "a toleration that compares a value without naming the taint's key",
        why="It fits every taint of that value, whatever its key means.",
        fix="Name the taint's key, or leave value and operator out to tolerate every taint.",
    ),
    stricter_rule(
        "strict-toleration-seconds",
        "`tolerationSeconds` with an effect that never evicts",
        why="Only NoExecute evicts pods, so the seconds mean nothing.",
        fix="Use the effect NoExecute, or leave the seconds out.",
    ),
    stricter_rule(
        "strict-taint-device",
        "a taint rule for a device without its driver and pool",
        why="Names of devices are unique in a pool only: every device of that name is tainted.",
        fix="Give the driver and the pool, too.",
    ),
    stricter_rule(
        "strict-capacity-name",
        "a share of a capacity whose name no driver can publish",
        why="No device fits, so the request is never met.",
        fix="Correct the capacity's name.",
    ),
    stricter_rule(
        "strict-attribute-name",
        "an attribute's name with two slashes, or a constraint on a domain in upper case",
        why="No driver publishes such a name, and names are compared as they are.",
        fix="Write DRIVER/NAME, the driver in lower case.",
    ),
    stricter_rule(
        "strict-constraint-both",
        "`distinctAttribute` beside `matchAttribute` in one constraint",
        why="The API server reads the first and ignores the second.",
        fix="Make each a constraint of its own.",
    ),
    stricter_rule(
        "strict-config-request",
        "configuration for a request that has alternatives",
        why="Drivers look for REQUEST/ALTERNATIVE literally, so a configuration for REQUEST alone never reaches an alternative.",
        fix="Name the alternatives: REQUEST/ALTERNATIVE.",
        severity="warning",
    ),
)
