"""YAML and JSON as Kubernetes' tools read them, with the line of every place. Names load on first use, and PyYAML with them."""

from constructs_dra.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
