"""Not a quantity."""

from constructs_dra import ModelArtifacts

ModelArtifacts.hf("a/b", size="100 GB")

# line: 5
# says: ModelArtifacts: size: '100 GB' is not a valid quantity
# hint: write a number with an optional suffix, such as '16Gi' or '500m'
