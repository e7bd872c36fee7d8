"""Selector expressions: build them from Python operators, check them as the API server does, evaluate them as the scheduler does."""
