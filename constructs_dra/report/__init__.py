"""What objects mean: differences between two sets of manifests, and what one set deploys, as a page or a picture."""

from constructs_dra.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
