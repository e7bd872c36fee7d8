"""No taint has that effect."""

from constructs_dra import Claim, Gaudi, Toleration

Claim("g", Gaudi(tolerations=[Toleration(key="a", effect="NoRun")]))

# line: 5
# says: Toleration: effect: 'NoRun' is unknown
# hint: known: '', 'NoExecute', 'NoSchedule', 'None'
