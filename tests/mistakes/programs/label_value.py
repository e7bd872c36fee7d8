"""A label with a blank."""

from constructs_dra import Claim, Gaudi

Claim("g", Gaudi(), labels={"team": "my team"})

# line: 5
# says: Claim 'g': labels['team']: 'my team' may only hold letters, digits, '-', '_' and '.'
