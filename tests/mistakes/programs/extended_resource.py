"""A name without a domain."""

from constructs_dra import ExtendedResource

ExtendedResource("gpu")

# line: 5
# says: ExtendedResource 'gpu': resource: 'gpu' needs a domain, like 'example.com/gpu'
