"""Selectors read back: what is wrong with one, by itself and against what a driver publishes."""

from constructs_dra.selectors.check import check_selector

__all__ = ["check_selector"]
