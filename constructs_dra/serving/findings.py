"""Findings of the cross-checks of a model service."""

from constructs_dra.errors import Problem

__all__ = ["finding"]


def finding(path: str, rule: str, message: str, hint: str = "") -> Problem:
    """A finding of a rule; its severity comes from the table."""
    return Problem(path, message, hint, rule=rule)
