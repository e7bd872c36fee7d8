"""A service that serves nothing."""

from constructs_dra import ModelArtifacts, ModelService

ModelService("x", model=ModelArtifacts.hf("a/b"))

# line: 5
# says: ModelService 'x': has no role
# hint: give it decode=Role(…)
