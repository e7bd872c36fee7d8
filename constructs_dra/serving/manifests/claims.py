"""The objects made for the claims of a role."""

from typing import Any

from constructs_dra.manifest import Manifest
from constructs_dra.serving.context import RoleContext
from constructs_dra.suppression import ACCEPT_ANNOTATION

__all__ = ["claim_manifests"]


def claim_manifests(context: RoleContext) -> list[Manifest]:
    """The claim templates (and shared claims) that are made for a role."""
    made: list[Manifest] = []
    for item in context.claims:
        if item.claim.existing:
            continue
        claim: Any = item.claim.spec
        labels = context.conventions.labels() if claim.shared else context.conventions.claim_labels(context.name)
        devices = context.role.parallelism.devices_per_pod
        defaults = context.conventions.writes_claim_defaults
        names = {"name": item.object_name, "namespace": context.spec.namespace}
        manifest = claim.manifest(**names, devices_per_pod=devices, labels=labels, defaults=defaults)
        metadata = manifest["metadata"]
        if "annotations" in metadata:
            annotations = context.conventions.claim_annotations(metadata.pop("annotations"), ACCEPT_ANNOTATION)
            metadata |= {"annotations": annotations} if annotations else {}
        made.append(manifest)
    return made
