"""Kubernetes' own rules: names, labels, quantities, versions, feature gates and schemas."""
