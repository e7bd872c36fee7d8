"""Rules about single objects of any kind: shape, names, values, and what a pod holds."""

from typing import Final

from constructs_dra.rules.rule import Rule, stricter_rule

__all__ = ["RULES"]

_REFUSED: Final = "The API server refuses the object."

RULES: Final[tuple[Rule, ...]] = (
    Rule("annotation", "an annotation whose key is not valid, or annotations that are too large together", why=_REFUSED),
    Rule(
        "duplicate",
        "two entries of one name, or of one key, in a list that needs them distinct",
        why=_REFUSED,
        fix="Rename one of the two, or leave it out.",
        restated=True,
    ),
    Rule("label", "a label whose key or value is not valid", why=_REFUSED, fix="Write letters, digits, '-', '_' and '.', at most 63 characters."),
    Rule(
        "local-reference",
        "a name that nothing in the same object has: a volume, a claim of the pod, a request of the claim",
        why=_REFUSED,
        fix="Correct the name, or add what it names.",
        restated=True,
    ),
    Rule("name", "a name that does not have the form its field needs", why=_REFUSED, fix="Write lower-case letters, digits and '-'."),
    Rule("namespace", "a namespace on an object whose kind has none", why=_REFUSED, fix="Leave the namespace out."),
    Rule(
        "one-of",
        "none, or several, of fields of which exactly one is needed",
        why=_REFUSED,
        fix="Keep one of the fields.",
    ),
    Rule(
        "quantity",
        "a value that is not a valid quantity",
        why=_REFUSED,
        fix="Write a number with at most one suffix, like '500m' or '16Gi'.",
        unreadable=True,
    ),
    Rule("request-limit", "a request that exceeds its limit, or differs from it where the two must be equal", why=_REFUSED, restated=True),
    Rule("required", "a field that is missing or empty and must not be", why=_REFUSED, fix="Write the field."),
    Rule(
        "resource",
        "a resource by a name that a container or pod cannot be given",
        why=_REFUSED,
        fix="Devices of a plugin have a domain, like nvidia.com/gpu; claims go under resources.claims.",
    ),
    Rule("schema", "a value that the schema of a custom resource does not allow", why=_REFUSED, unreadable=True),
    Rule("schema-rule", "a CEL rule of a custom resource's schema that does not hold", why=_REFUSED),
    Rule("selector", "a workload whose selector does not fit the labels of its own pods", why=_REFUSED, fix="Make selector and pod labels agree."),
    Rule("too-long", "content that exceeds the size Kubernetes allows", why=_REFUSED, fix="Shorten it, or divide it over several objects."),
    Rule(
        "unknown-field",
        "a field that the kind does not have in this version of Kubernetes",
        why="kubectl refuses the object; other clients lose the field silently.",
        fix="Correct the spelling, or leave the field out.",
        leniency="left out",
    ),
    Rule("value", "a value outside of what the field allows", why=_REFUSED),
    Rule(
        "wrong-type",
        "a value of another type than the field has",
        why=_REFUSED,
        fix="Write a value of the type that the message names.",
        unreadable=True,
    ),
    stricter_rule(
        "strict-port-duplicate",
        "two ports of one number and protocol in a container",
        why="They are one port; the API server only warns.",
        fix="Leave one out.",
        severity="warning",
    ),
    stricter_rule(
        "strict-port-reference",
        "a probe or hook for a port name the container lacks",
        why="It fails for ever.",
        fix="Correct the name, or name the port.",
    ),
    stricter_rule(
        "strict-env-duplicate",
        "two environment variables of one name in a container",
        why="The last one counts, silently.",
        fix="Leave one of the two out.",
        severity="warning",
    ),
    stricter_rule(
        "strict-run-as-root",
        "`runAsUser: 0` beside `runAsNonRoot: true`",
        why="The container never starts.",
        fix="Write another user, or leave one of the two out.",
        severity="warning",
        of_pieces=True,
    ),
    stricter_rule(
        "strict-volume-source",
        "a volume without a source",
        why="It becomes an emptyDir, which is rarely what a lost line meant.",
        fix="Write emptyDir: {} if that is meant.",
        severity="warning",
    ),
    stricter_rule(
        "strict-pod-template",
        "a rule of pods that is broken in a pod template of a LeaderWorkerSet or another custom resource",
        why="The API server takes the template as it is and then refuses every pod that is made from it.",
    ),
    stricter_rule(
        "strict-selector",
        "a label selector, or a number in a node selector, at which the API server does not look and that is not valid",
        why="It fits nothing.",
    ),
    stricter_rule(
        "strict-name",
        "a name that no object or node label can have: of a volume's claim, a host, a disruption budget, a topology key",
        why="What it names is never there.",
    ),
    stricter_rule(
        "strict-image",
        "an image with blanks around it, or an `image` volume without a reference, in a template",
        why="The image cannot be pulled, or the pods are refused.",
    ),
    stricter_rule(
        "strict-number",
        "a negative number, or a 0, that the API server takes for another number",
        why="It does not do what it says.",
        fix="Write the number that is meant, or leave the field out.",
    ),
    stricter_rule("strict-address", "a `hostIP` that is not an IP address", why="The node cannot bind the port."),
    stricter_rule(
        "strict-data-source",
        "a `dataSource` that is neither a claim nor a snapshot",
        why="The API server drops it, and the volume stays empty.",
        fix="Write it as dataSourceRef.",
    ),
    stricter_rule(
        "plain-text-token",
        "a password, key or token in plain text: in variables, arguments, a ConfigMap, or anywhere else",
        why="Whoever can read the manifest, or the repository it is kept in, can use it.",
        fix="Put it into a Secret and refer to that.",
        fix_in_values="put it into a Secret and write its name as modelArtifacts.authSecretName, or use valueFrom",
    ),
    stricter_rule(
        "strict-claim-unused",
        "a claim of a pod that no container takes",
        why="Its devices are allocated and cannot be used.",
        fix="List the claim under resources.claims of a container.",
        severity="warning",
    ),
)
