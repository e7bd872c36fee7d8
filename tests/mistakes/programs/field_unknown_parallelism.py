"""The field is called tensor."""

from constructs_dra import Parallelism

Parallelism(tensors=2)

# line: 5
# says: Parallelism: tensors: there is no such field
# hint: did you mean 'tensor'?
