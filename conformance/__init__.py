"""Parity and conformance scores, counted on recorded answers: `python -m conformance [DIR] [--verbose] [NAME…]`."""
