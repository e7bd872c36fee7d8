"""Model servers by version: what their command lines take, which version is in an image, and what is wrong with how a container starts one."""
