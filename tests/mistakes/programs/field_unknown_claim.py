"""The field is called model."""

from constructs_dra import Gaudi

Gaudi(modle="Gaudi2")

# line: 5
# says: Gaudi: modle: there is no such field
# hint: did you mean 'model'?
