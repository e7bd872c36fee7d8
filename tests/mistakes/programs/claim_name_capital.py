"""Names are in lower case."""

from constructs_dra import Claim, NvidiaGpu

Claim("My_GPU", NvidiaGpu())

# line: 5
# says: Claim 'My_GPU': name: 'My_GPU' may only hold lower-case letters, digits and '-'
