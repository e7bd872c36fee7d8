"""Not a quantity."""

from constructs_dra import Device, ResourceSlice

ResourceSlice("node-1", "gpu.nvidia.com", devices=[Device("gpu-0", capacity={"memory": "80 GB"})])

# line: 5
# says: ResourceSlice 'node-1': devices[0].capacity['memory']: '80 GB' is not a valid quantity
# hint: write e.g. '16Gi'
