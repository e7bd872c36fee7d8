"""A name that no object can have."""

from constructs_dra import ExistingClaimTemplate

ExistingClaimTemplate("Platform_GPU")

# line: 5
# says: ExistingClaimTemplate 'Platform_GPU': object_name: 'Platform_GPU' may only hold lower-case letters, digits, '-' and '.'
