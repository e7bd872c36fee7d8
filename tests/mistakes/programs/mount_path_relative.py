"""A mount path starts with a slash."""

from constructs_dra import ModelArtifacts

ModelArtifacts.pvc("claim", "llama", mount_path="models")

# line: 5
# says: ModelArtifacts: mount_path: 'models' is not absolute
# hint: start it with '/'
