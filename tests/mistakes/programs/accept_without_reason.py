"""A rule suppressed without saying why."""

from constructs_dra import Claim, Gaudi

Claim("g", Gaudi(), accept={"strict-value": ""})

# line: 5
# says: Claim 'g': accept['strict-value']: needs a reason in words
# hint: say why it is right here; it is written into an annotation
