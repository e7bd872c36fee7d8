"""The API server's rules for everything but `resource.k8s.io` that a schema cannot say: names, references inside an object, ranges, choices.

Names load on first use: pods need the rules of pods alone.
"""

from constructs_dra.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
