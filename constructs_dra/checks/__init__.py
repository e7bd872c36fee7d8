"""Several objects at once, or an object against a catalogue: what one object by itself does not show.

Names load on first use: who writes a set needs what its objects say about each other, and not their schemas.
"""

from constructs_dra.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
