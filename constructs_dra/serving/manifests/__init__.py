"""From roles and containers to Kubernetes objects."""
