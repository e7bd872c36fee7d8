"""What a rule is: the name a finding carries, what it looks for, and whether one may live with it."""

from functools import partial
from typing import Final, Literal

from attrs import field, frozen

__all__ = ["Leniency", "Rule", "Severity", "stricter_rule"]

Severity = Literal["error", "warning"]

Leniency = Literal["", "warning", "left out"]
"""What `--lenient` makes of an error in a values file: nothing, a warning, or a warning and the release without what it is about."""


@frozen(eq=False)
class Rule:
    """One check, as people name it.

    Attributes:
        name: Its name in findings, in `accept={…}`, in `--accept` and in `constructs-dra explain`; kebab case, unique in the library.
        summary: What it reports, as one clause without a full stop.
        why: What happens on a cluster where the finding is ignored, in full sentences.
        fix: What to do about it, in words that hold for Python, values files and manifests alike. Empty where each finding says it.
        fix_in_values: What to do about it in a values file, where each finding's own hint speaks of Python. Empty where it holds for both.
        severity: What a finding of this rule is when nothing is said about it. Default `error`.
        suppressible: Whether a stated reason may suppress it. What a Kubernetes API server refuses cannot be suppressed. Default: no.
        leniency: What `--lenient` makes of it in a values file. Default: it stays an error.
        unreadable: Whether it means that a value has another type than its field, so that programs cannot read the object. Default no.
        stricter: Whether it goes beyond the API server, which takes what the rule reports. Default: no.
        restated: Whether a service's own checks report the same, in words that know its records; then that is said once. Default: no.
        of_pieces: Whether it is reported of the pieces in Kubernetes' spelling that a record holds, though the API server takes it. Default: no.
        subject: Module of this package that holds it, e.g. `cel`. Filled in by the table.
    """

    name: str
    summary: str
    why: str = field(default="", kw_only=True)
    fix: str = field(default="", kw_only=True)
    fix_in_values: str = field(default="", kw_only=True)
    severity: Severity = field(default="error", kw_only=True)
    suppressible: bool = field(default=False, kw_only=True)
    leniency: Leniency = field(default="", kw_only=True)
    unreadable: bool = field(default=False, kw_only=True)
    stricter: bool = field(default=False, kw_only=True)
    restated: bool = field(default=False, kw_only=True)
    of_pieces: bool = field(default=False, kw_only=True)
    subject: str = field(default="", kw_only=True)


stricter_rule: Final = partial(Rule, stricter=True, suppressible=True)
"""A rule that goes beyond the API server, and that a stated reason may therefore suppress."""
