"""Labels by which pickers, queries and policies of llm-d find pods, and Kueue workloads.

Source: the guides of llm-d and the filters of its router; the API of Kueue.
"""

from typing import Final

__all__ = ["MODEL", "QUEUE", "QUEUE_PRIORITY", "ROLE", "SERVING"]

ROLE: Final = "llm-d.ai/role"
"""What pods do: `prefill`, `decode`; pods that do both have both words in it, with a hyphen."""

MODEL: Final = "llm-d.ai/model"
"""The model that pods serve, as far as a label can hold its name."""

SERVING: Final = "llm-d.ai/inference-serving"
"""`true` on pods that answer requests."""

QUEUE: Final = "kueue.x-k8s.io/queue-name"
"""The LocalQueue of Kueue that a workload waits in."""

QUEUE_PRIORITY: Final = "kueue.x-k8s.io/priority-class"
"""Its WorkloadPriorityClass there."""
