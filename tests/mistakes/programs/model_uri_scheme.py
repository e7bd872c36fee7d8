"""A scheme that there is not."""

from constructs_dra import ModelArtifacts

ModelArtifacts(uri="s3://bucket/model")

# line: 5
# says: ModelArtifacts: uri: 's3://bucket/model' has the unknown scheme 's3'
# hint: known: 'hf', 'pvc', 'pvc+hf', 'oci'
