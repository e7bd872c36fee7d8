"""No ranks at all."""

from constructs_dra import Parallelism

Parallelism(tensor=0)

# line: 5
# says: Parallelism: tensor: must be at least 1, not 0
