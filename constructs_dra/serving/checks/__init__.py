"""Cross-checks: is the service as a whole right?"""
