"""Offline placement: inventory, allocator and explanation."""
