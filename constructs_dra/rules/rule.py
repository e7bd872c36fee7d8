"""What a rule is: the name a finding carries, what it looks for, and whether one may live with it."""

from attrs import field, frozen

from constructs_dra.errors import Severity

__all__ = ["Rule"]


@frozen
class Rule:
    """One check, as people name it.

    Attributes:
        name: Its name in findings, in `accept={…}`, in `--accept` and in `constructs-dra explain`; kebab case, unique in the library.
        summary: What it reports, as one clause without a full stop.
        why: What happens on a cluster where the finding is ignored, in full sentences.
        fix: What to do about it, in words that hold for Python, values files and manifests alike. Empty where each finding says it.
        severity: What a finding of this rule is when nothing is said about it. Default `error`.
        overrulable: Whether a stated reason may suppress it. What a Kubernetes API server refuses cannot be suppressed. Default: no.
        stricter: Whether it goes beyond the API server, which takes what the rule reports. Default: no.
    """

    name: str
    summary: str
    why: str = field(default="", kw_only=True)
    fix: str = field(default="", kw_only=True)
    severity: Severity = field(default="error", kw_only=True)
    overrulable: bool = field(default=False, kw_only=True)
    stricter: bool = field(default=False, kw_only=True)
