"""A taint without an effect."""

from constructs_dra import DeviceTaintRule

DeviceTaintRule("x", driver="gpu.nvidia.com")

# line: 5
# says: DeviceTaintRule: 'key' and 'effect': missing
