"""What objects mean, in words: differences between two sets of manifests."""
