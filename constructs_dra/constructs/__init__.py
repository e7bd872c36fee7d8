"""The cdk8s door: construct classes over the specs."""
