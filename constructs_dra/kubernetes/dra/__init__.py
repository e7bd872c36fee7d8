"""The API server's own rules for `resource.k8s.io`: what a schema cannot say about claims, classes, slices and taint rules.

Names load on first use: a claim needs the rules of claims alone.
"""

from constructs_dra.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
