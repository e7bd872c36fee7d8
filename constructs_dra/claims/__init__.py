"""Device claims: requests, constraints, config, and the claims that hold them."""
