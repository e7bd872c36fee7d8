"""Labels that pickers, queries and policies of llm-d find pods by.

Source: the guides of llm-d and the filters of its router.
"""

from typing import Final

__all__ = ["MODEL", "ROLE", "SERVING"]

ROLE: Final = "llm-d.ai/role"
"""What pods do: `prefill`, `decode`; pods that do both have both words in it, with a hyphen."""

MODEL: Final = "llm-d.ai/model"
"""The model that pods serve, as far as a label can hold its name."""

SERVING: Final = "llm-d.ai/inference-serving"
"""`true` on pods that answer requests."""
