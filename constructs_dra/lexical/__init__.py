"""The words of Kubernetes: names, quantities, semantic versions and Kubernetes' own versions. Texts in, answers out; nothing is looked up."""
