"""Selectors read back: what is wrong with one, by itself and against what a driver publishes."""

from constructs_dra.selectors.check import check_selector
from constructs_dra.selectors.reads import Reading, readings

__all__ = ["Reading", "check_selector", "readings"]
