"""Text that no encoding can write."""

from constructs_dra import ModelArtifacts

ModelArtifacts.hf("a/b", name="x\ud800")

# line: 5
# says: ModelArtifacts 'x\ud800': name: has half of a surrogate pair, which is not a character: no manifest can carry it
