"""No rule is called so."""

from constructs_dra import Claim, Gaudi

Claim("g", Gaudi(model="Gaudi2"), accept={"strict-valeu": "because"})

# line: 5
# says: Claim 'g': accept['strict-valeu']: there is no rule 'strict-valeu'
# hint: did you mean 'strict-value'?
