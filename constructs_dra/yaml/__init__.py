"""YAML and JSON as Kubernetes' tools read them, with the line of every place."""
