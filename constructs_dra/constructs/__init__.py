"""The cdk8s door: construct classes over the specs of the core.

Importing this package starts nothing; the first construct taken from it loads cdk8s, and with it Node. Once `App` was taken, an uncaught `SpecError`
ends the program with its problems and exit status 1, not with a traceback.
"""

from constructs_dra.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
