"""Values of llm-d's router charts, llm-d-router-gateway and llm-d-router-standalone, as a router of this library."""
