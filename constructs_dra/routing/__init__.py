"""Routing of requests to a model service: the pool of its pods, the endpoint picker, routes, and the objects around them."""
