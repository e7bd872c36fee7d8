"""Where the selector checks are stricter than the API server, and why."""

__all__ = ["STRICT_RULES"]

STRICT_RULES: dict[str, str] = {
    "strict-absent": "No device of the class publishes it: reading it stops the allocation of the whole claim, testing it never holds.",
    "strict-deprecated": "The driver will stop publishing it; a warning.",
    "strict-domain": "The domain's map is always empty, so reading from it stops the allocation.",
    "strict-guard": "Some devices do not publish it, and reading it on one of them stops the allocation, whatever the other devices have.",
    "strict-literal": "The literal is no quantity, version, address or URL, so evaluating the call fails on every device.",
    "strict-order": "The driver publishes lists in one text in a fixed order, so this one never comes.",
    "strict-type": "The attribute has another type: the comparison is never true, or fails.",
    "strict-unknown-attribute": "The driver publishes no such attribute: reading it stops the allocation.",
    "strict-unknown-capacity": "The driver publishes no such capacity: reading it stops the allocation.",
    "strict-unsatisfiable": "The selector contradicts itself or what the driver publishes, so no device can match.",
    "strict-value": "The driver never publishes this value: a spelling mistake that leaves the claim pending for ever.",
}
"""Rules beyond Kubernetes' own, with the reason. The API server accepts what they report; the cluster then fails or waits."""
