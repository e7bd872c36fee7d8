"""A claim for nothing."""

from constructs_dra import Claim

Claim("none")

# line: 5
# says: Claim 'none': requests: are missing: a claim without requests gets no device
# hint: add one, e.g. Request("gpu", intel.gpu)
