"""Programs that run inside pods: whole modules, whose text becomes the argument of a Python interpreter there."""
