"""The path on the volume is missing."""

from constructs_dra import ModelArtifacts

ModelArtifacts(uri="pvc://claim")

# line: 5
# says: ModelArtifacts: uri: 'pvc://claim' does not name a path on the volume
# hint: the form is pvc://<claim>/<path to the model>
