"""Routing requests to model servers with llm-d's router: the endpoint picker and its configuration, pools and routes.

Names load on first use: what asks whether a picker is among some pods needs neither the flags nor the loader of one.
"""

from constructs_dra.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
