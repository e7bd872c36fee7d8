"""From the records of a model service to its Kubernetes objects."""

from constructs_dra.serving.manifests.service import service_manifests

__all__ = ["service_manifests"]
