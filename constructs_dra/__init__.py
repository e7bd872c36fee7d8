"""Describe LLM serving on Kubernetes, with devices from Dynamic Resource Allocation, as typed Python.

Specs and checks are plain Python; the construct classes (`ModelServiceDeployment`, `GaudiClaim`, …) load cdk8s, and with it Node, on first use.
Every public name loads on first use, so that a command which needs one family pays for one family.
"""

from constructs_dra.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
