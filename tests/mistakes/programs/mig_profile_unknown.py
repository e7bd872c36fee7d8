"""No profile is called so."""

from constructs_dra import Claim, Mig

Claim("mig", Mig(profile="banana"))

# line: 5
# says: Claim 'mig': requests[0].profile: gpu.nvidia.com/profile has no value of that form: 'banana'
# hint: known: '1g.5gb', '2g.10gb', '3g.20gb', '4g.20gb', '7g.40gb', '1g.10gb', '1g.10gb+me', '1g.20gb', '2g.20gb', '3g.40gb', '
