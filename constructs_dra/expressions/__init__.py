"""Selector expressions built from Python operators."""
