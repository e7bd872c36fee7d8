"""What makes a pod fit for production: each part in a file of its own, and the preset that has them all."""
