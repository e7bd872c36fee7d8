"""A record for each type of the endpoint picker's plugins; each loads on first use."""

from constructs_dra.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
