"""What DRA drivers publish: how that is written down, and how it is found.

The drivers themselves are in `constructs_dra.drivers`, one file per vendor. A file is read when one of its drivers is asked for.
"""
