"""The model service: model, roles, containers, parallelism, and the manifests they become."""
