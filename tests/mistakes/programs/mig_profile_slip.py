"""40g has no 3g profile of that spelling."""

from constructs_dra import Claim, Mig

Claim("mig", Mig(profile="3g.40g"))

# line: 5
# says: Claim 'mig': requests[0].profile: gpu.nvidia.com/profile has no value of that form: '3g.40g'
# hint: did you mean '3g.40gb'?
