"""A path that leads out of the folder."""

from constructs_dra import write_files

write_files({"../x.yaml": {"kind": "ConfigMap"}})

# line: 5
# says: files['../x.yaml']: the path leads out of the output folder
# hint: give a path relative to the folder, such as 'cluster-a/llama.yaml'
