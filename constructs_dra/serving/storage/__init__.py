"""Where a model's files lie: the volume, the Job that fills it, and what lets servers start only once it is full."""
