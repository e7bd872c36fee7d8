"""A program that writes no file."""

from constructs_dra import write_files

write_files({})

# line: 5
# says: files: there is nothing to write
# hint: give at least one path and its manifests
